// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/known_tensors.h"

#include <fmt/format.h>

#include "compiler/compile_error.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {

using onnx::NodeProto;

namespace {

std::string type_name(int type) {
  return onnx::TensorProto::DataType_IsValid(type)
             ? onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(type))
             : std::to_string(type);
}

}  // namespace

std::string input_of(const NodeProto& node, int i) { return i < node.input_size() ? node.input(i) : ""; }

KnownTensors::KnownTensors(const onnx::GraphProto& graph) {
  for (const auto& input : graph.input()) types_[input.name()] = input.type().tensor_type().elem_type();
  for (const auto& tensor : graph.initializer())
    constants_[tensor.name()] = &tensor, types_[tensor.name()] = tensor.data_type();
  for (const auto& node : graph.node())
    for (const auto& attribute : node.attribute())
      if (node.op_type() == "Constant" && attribute.name() == "value" && node.output_size() == 1)
        constants_[node.output(0)] = &attribute.t();
}

bool KnownTensors::is_constant(const std::string& name) const {
  return name.empty() || constants_.contains(name);
}

ir::Tensor KnownTensors::constant(const std::string& name) const {
  return tensor_from_proto(*constants_.at(name), fmt::format("constant '{}'", name));
}

bool KnownTensors::is_one_number(const std::string& name) const {
  return name.empty() || (is_constant(name) && constant(name).size() == 1);
}

int KnownTensors::rank(const std::string& name) const {
  return constants_.contains(name) ? constants_.at(name)->dims_size() : 0;
}

void KnownTensors::check_zero_point(const NodeProto& node) {
  const std::string zero = input_of(node, 2);
  if (zero.empty() || !constants_.contains(zero)) return;
  const int type = constants_.at(zero)->data_type();
  if (node.op_type() == "QuantizeLinear") {
    if (node.output_size() == 1) types_[node.output(0)] = type;
    return;
  }
  const auto codes = types_.find(input_of(node, 0));
  if (codes == types_.end() || codes->second == type) return;
  throw CompileError(fmt::format(
      "node '{}' ({}): zero point '{}' is {}, the codes '{}' are {}; they must be of one type", node.name(),
      node.op_type(), zero, type_name(type), codes->first, type_name(codes->second)));
}

}  // namespace nnp::compiler
