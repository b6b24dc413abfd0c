// SPDX-License-Identifier: Apache-2.0
// The smallest chip file that loads, and the words of a refusal.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "models/chips/chip_file.h"

namespace nnp::models::test {

/// Every required key and no other, one table a line, so that tests can say where things stand.
inline constexpr std::string_view kMinimalChip =
    "[chip]\nname = \"mini\"\n"                                                     // 1, 2
    "[core]\nfrequency = \"1 GHz\"\nprecisions = [\"int8\"]\n"                      // 3 .. 5
    "[core.array]\nkind = \"weight_stationary\"\nrows = 8\ncols = 8\n"              // 6 .. 9
    "[core.accumulators]\nrows = 64\n"                                              // 10, 11
    "[core.weight_fifo]\ntiles = 4\n"                                               // 12, 13
    "[core.buffer]\nsize = \"64 KiB\"\nword = \"16 B\"\nchannel_align = \"8 B\"\n"  // 14 .. 17
    "[memory]\npreset = \"ddr4_2400\"\ncapacity = \"1 GiB\"\n";                     // 18 .. 20

/// kMinimalChip with `from`, which must be there, replaced by `to`.
inline std::string minimal_with(std::string_view from, std::string_view to) {
  std::string text(kMinimalChip);
  const std::size_t at = text.find(from);
  if (at == std::string::npos) throw std::logic_error("the minimal chip has no " + std::string(from));
  return text.replace(at, from.size(), to);
}

/// The message with which the file is refused, empty when it loads.
inline std::string refusal(std::string_view toml, const std::vector<std::string>& overrides = {}) {
  try {
    parse_chip(toml, "chip.toml", overrides);
    return {};
  } catch (const ChipError& error) {
    return error.what();
  }
}

}  // namespace nnp::models::test
