// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/pieces.h"

#include <algorithm>

namespace nnp::compiler {

std::int64_t least_vector_lines(Bytes bytes_a_line, const isa::ArchSpec& arch) {
  const Bytes least = static_cast<Bytes>(kInstructionCycles * kLeastShare) * arch.buffer_word_bytes;
  return static_cast<std::int64_t>(ceil_div(least, std::max<Bytes>(bytes_a_line, 1)));
}

std::vector<std::int64_t> piece_ends(std::int64_t lines, std::int64_t least,
                                     const std::vector<std::int64_t>& ready) {
  std::vector<std::int64_t> ends;
  std::int64_t begin = 0;
  const auto cut_to = [&](std::int64_t end) {  // evenly
    const std::int64_t pieces = std::max<std::int64_t>(1, (end - begin) / std::max<std::int64_t>(least, 1));
    for (std::int64_t i = 1; i <= pieces; ++i) ends.push_back(begin + (end - begin) * i / pieces);
    begin = end;
  };
  for (const std::int64_t place : ready)
    if (place - begin >= least && lines - place >= least) cut_to(place);
  if (begin < lines) cut_to(lines);
  return ends;
}

}  // namespace nnp::compiler
