// SPDX-License-Identifier: Apache-2.0
// Operand lookup and its complaints.
#include "host_runtime/reference/naive/call.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "host_runtime/reference/node_error.h"

namespace nnp::reference::naive {

std::string to_text(const ir::Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

void Operands::fail(const std::string& what) const {
  throw NodeError(fmt::format("node '{}' ({}): {}", node_.name, ir::operator_name(node_), what));
}

void Operands::need_type(ir::DType type, ir::DType needed, const char* what, std::size_t index) const {
  if (type != needed)
    fail(fmt::format("{} {} is {}, needed {}", what, index, ir::to_string(type), ir::to_string(needed)));
}

const ir::Value& Operands::input_value(std::size_t index) const {
  if (!has(index)) fail(fmt::format("input {} is missing", index));
  if (node_.inputs[index] >= graph_.values.size())
    fail(fmt::format("input {} names value {} of {}", index, node_.inputs[index], graph_.values.size()));
  return graph_.values[node_.inputs[index]];
}

const ir::Tensor& Operands::input(std::size_t index) const {
  const ir::Value& value = input_value(index);
  const ir::ValueId id = node_.inputs[index];
  if (!value.constant && id >= values_.size()) fail(fmt::format("input '{}' has no tensor", value.name));
  const ir::Tensor& tensor = value.constant ? *value.constant : values_[id];
  if (tensor.type() != value.type || tensor.shape() != value.shape ||
      tensor.bytes().size() != tensor.size() * ir::size_of(value.type))
    fail(fmt::format("input '{}' is {} {}, declared {} {}", value.name, ir::to_string(tensor.type()),
                     to_text(tensor.shape()), ir::to_string(value.type), to_text(value.shape)));
  return tensor;
}

const ir::Value& Operands::output_value(std::size_t index) const {
  if (!wants(index) || node_.outputs[index] >= graph_.values.size())
    fail(fmt::format("output {} is missing", index));
  return graph_.values[node_.outputs[index]];
}

ir::Tensor& Call::output(std::size_t index) {
  const ir::Value& value = output_value(index);
  const ir::ValueId id = node().outputs[index];
  if (values_.size() < graph().values.size()) values_.resize(graph().values.size());
  values_[id] = ir::Tensor(value.type, value.shape);
  return values_[id];
}

}  // namespace nnp::reference::naive
