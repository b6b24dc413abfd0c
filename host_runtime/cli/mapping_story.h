// SPDX-License-Identifier: Apache-2.0
// Why a layer is cut as it is: its loops, what the search looked at, and what the runners-up would have cost.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compile.h"
#include "compiler/mapping/search.h"
#include "host_runtime/cli/options.h"
#include "models/chips/chip_spec.h"

namespace nnp::cli {

struct MappingStory {
  std::string places;              // a line: where input and output live
  std::vector<std::string> loops;  // outermost first
  compiler::MacTiling tiling;      // what the program has
  bool given = false;              // by a mapping file, else by the search
  std::size_t looked_at = 0;
  std::vector<compiler::Candidate> ranking;  // the best first, each timed alone
};

/// Times the best few of a Conv, Gemm or MatMul on the chip, each alone; nullopt for other layers.
std::optional<MappingStory> mapping_story(const compiler::CompiledNetwork&, std::size_t layer,
                                          const MappingChoice&, const models::ChipSpec&);

std::string text_of(const MappingStory&);
nlohmann::ordered_json json_of(const MappingStory&);

}  // namespace nnp::cli
