// SPDX-License-Identifier: Apache-2.0
// The operators the frontend knows, by name: one table to read, one line to add.
#pragma once

#include <string>
#include <vector>

#include "compiler/frontend/graph_builder.h"

namespace nnp::compiler {

/// Emits the IR nodes of one ONNX node.
using OperatorImporter = void (*)(GraphBuilder&, const OnnxNode&);

/// Null for an operator that only exists in constant shape arithmetic, and for unknown ones.
OperatorImporter find_importer(const std::string& op);

/// Imported as nodes, or folded when its inputs are constant.
bool is_supported(const std::string& op);

std::vector<std::string> supported_operators();

/// Those that may become an Op::onnx.
std::vector<std::string> host_operators();

}  // namespace nnp::compiler
