// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/chip_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/chips/chip_file.h"
#include "models/chips/parameters.h"

namespace nnp::cli {

std::optional<sim::PluggedArray> array_of_this_build() {
#ifdef NNPSIM_RTL
  return sim::plugged_array();
#else
  return std::nullopt;
#endif
}

models::ChipSpec load_chip(const ChipChoice& choice) {
  models::ChipSpec chip = models::load_chip(choice.chip, choice.overrides);
  const bool by_kind = chip.array.kind_of_plugged;
  if (!by_kind && chip.array.model != models::ArrayModel::rtl) return chip;
  const auto array = array_of_this_build();
  if (!array)
    throw models::ChipError(
        fmt::format("{} = \"rtl\" is not allowed: no array is plugged into this build. Configure with cmake "
                    "-DNNPSIM_RTL=ON "
                    "(docs/howto/rtl-array.md), or take one of \"{}\"",
                    by_kind ? "core.array.kind" : "core.array.model",
                    by_kind ? fmt::join(models::array_kind_names(), "\", \"")
                            : fmt::join(models::array_model_names(), "\", \"")));
  if (by_kind) chip.arch.array_kind = array->dataflow;
  chip.array.kind_of_plugged = false;
  return chip;
}

}  // namespace nnp::cli
