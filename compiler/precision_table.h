// SPDX-License-Identifier: Apache-2.0
// Precision layer by layer: what a user asks for, and what it means for the layers of one network.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "compiler/ir/graph.h"
#include "compiler/quantize/layer_precision.h"
#include "isa/arch/arch_spec.h"

namespace nnp::compiler {

/// Absent: float on the host.
using AskedPrecision = std::optional<isa::Precision>;

/// By name of a layer or of an ONNX node in it, and by operator; a name beats an operator.
struct PrecisionTable {
  std::string source;  // for messages: the file
  std::map<std::string, AskedPrecision> layers, operators;
  bool empty() const { return layers.empty() && operators.empty(); }
};

/// A network's layers, each with what it runs in.
struct PrecisionPlan {
  isa::Precision otherwise = isa::Precision::int8;
  std::map<std::string, AskedPrecision> asked;  // by node name: those that the table names
  LayerPrecisions integers;                     // for quantize()

  AskedPrecision of(const ir::Node& node) const {
    const auto found = asked.find(node.name);
    return found == asked.end() ? AskedPrecision(otherwise) : found->second;
  }
};

/// Throws CompileError for names that the optimised graph does not have (with the nearest), and for
/// precisions that the chip does not have.
PrecisionPlan plan_precisions(const PrecisionTable&, const ir::Graph& optimised, isa::Precision otherwise,
                              const isa::ArchSpec&, const std::string& chip);

/// A quantised graph whose float layers become bf16 where the plan says so, with Casts from codes to bf16
/// and back on the chip; then chip or host, node by node.
void lower_mixed(ir::Graph&, const PrecisionPlan&);

}  // namespace nnp::compiler
