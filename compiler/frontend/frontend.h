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
  std::uint64_t seed = 1;  // of weights that the file does not hold: topologies
};

/// A file that ends in .csv is a SCALE-Sim topology (topology.h), any other ONNX.
ir::Graph import_network(const std::filesystem::path&, const ImportOptions& = {});

/// Checks with ONNX's checker, upgrades opset 7..17 as needed, infers shapes, makes every shape static.
/// Throws ModelFileError (unreadable, not ONNX, checker's complaint) or CompileError (operator, attribute or
/// dynamic shape; names node, operator and what is supported).
ir::Graph import_onnx(const std::filesystem::path&, const ImportOptions& = {});

/// Every operator the frontend accepts, sorted.
std::vector<std::string> supported_operators();

}  // namespace nnp::compiler
