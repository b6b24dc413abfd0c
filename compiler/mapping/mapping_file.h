// SPDX-License-Identifier: Apache-2.0
// A mapping as TOML that people read and change: a table a layer, sizes by the letters of Timeloop's loop
// nests (P, Q: lines and columns of the output, M: its channels, C: channels of the input, R x S: the filter,
// N: images), and the loop nest that they make as a comment.
//
//   sub_batch = 8 # inferences that go through the network together; all when absent
//
//   [layer."layer1.0.conv2"]  # Conv N=1 P=56 Q=56 M=64 C=64 R=3 S=3
//   P = 56        # output lines of a band
//   M = 64        # output channels of a slice
//   PQ = 1568     # output positions of a matrix instruction
//   buffers = 2   # bands of input at hand; 1 when absent
#pragma once

#include <stdexcept>

#include "compiler/codegen/codegen.h"
#include "models/chips/toml_reader.h"

namespace nnp::compiler {

/// Lines of file:line:col: message.
struct MappingFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct MappingFile {
  std::string path;  // for messages
  Mapping mapping;
  std::map<std::string, models::Place> places;  // of each layer's first key
  models::Place sub_batch;                      // of its key
};

/// Throws MappingFileError with every fault.
MappingFile parse_mapping(const std::string& text, const std::string& path);

/// Throws MappingFileError with every layer that the network does not have (and the nearest that it has) or
/// that cannot be cut so on this chip, and why; or why the batch cannot go in such parts.
void require_legal(const MappingFile&, const ir::Graph& scheduled, std::uint32_t batch, const isa::ArchSpec&);

/// What parse_mapping reads, with comments. `title`: a line about network and chip.
std::string mapping_text(const Mapping&, const std::string& title, const PlacedPart&, const isa::ArchSpec&);

/// The loops of one layer, outermost first, a line each: "for p in 2  bands of 28 lines: device memory ->
/// buffer".
std::vector<std::string> loop_nest(const MacShape&, const MacTiling&, const isa::ArchSpec&);

/// "N=1 P=56 Q=56 M=64 C=64 R=3 S=3".
std::string shape_words(const MacShape&);

}  // namespace nnp::compiler
