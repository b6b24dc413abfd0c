// SPDX-License-Identifier: Apache-2.0
// ONNX or a topology in, Graph out. The only room that includes ONNX.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "compiler/ir/graph.h"

namespace nnp::compiler {

struct ImportOptions {
  std::map<std::string, std::int64_t>
      dims;                // --dim NAME=N: symbolic dimensions by name; `batch` fills an unnamed first one
  std::int64_t batch = 0;  // --batch: replaces the first dimension of every input that is symbolic (0: leave)
  std::map<std::string, ir::Tensor> constants = {};  // inputs that get their values now: shape operands
  std::uint64_t seed = 1;                            // of weights that the file does not hold: topologies
};

/// A file that ends in .csv is a SCALE-Sim topology (topology.h), any other ONNX.
bool is_topology(const std::filesystem::path&);
ir::Graph import_network(const std::filesystem::path&, const ImportOptions& = {});

/// Checks with ONNX's checker, takes operator sets 7 to 17 (older ones where the operators are the same),
/// infers shapes, makes every shape static. Throws ModelFileError (unreadable, not ONNX, checker's complaint)
/// or CompileError (operator, attribute or dynamic shape; names node, operator and what is supported).
ir::Graph import_onnx(const std::filesystem::path&, const ImportOptions& = {});

/// Every operator the frontend accepts, sorted.
std::vector<std::string> supported_operators();

}  // namespace nnp::compiler
