// SPDX-License-Identifier: Apache-2.0
#include "models/networks/graph_builder.h"

#include <bit>
#include <cstring>
#include <stdexcept>

#include "models/networks/seeded_normal.h"

namespace nnp::models {
namespace {

static_assert(std::endian::native == std::endian::little, "ONNX raw data is little-endian");

std::size_t elements(const Shape& shape) {
  std::size_t count = 1;
  for (const std::int64_t size : shape) count *= static_cast<std::size_t>(size);
  return count;
}

void describe(onnx::ValueInfoProto& value, const std::string& name, onnx::TensorProto_DataType type,
              const std::vector<Dimension>& shape) {
  value.set_name(name);
  onnx::TypeProto_Tensor& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  for (const Dimension& dimension : shape) {
    onnx::TensorShapeProto_Dimension& written = *tensor.mutable_shape()->add_dim();
    if (const auto* size = std::get_if<std::int64_t>(&dimension)) {
      written.set_dim_value(*size);
    } else {
      written.set_dim_param(std::get<std::string>(dimension));
    }
  }
}

}  // namespace

GraphBuilder::GraphBuilder(const std::string& name, std::uint64_t seed)
    : seed_(seed), graph_(*model_.mutable_graph()) {
  model_.set_ir_version(8);
  model_.set_producer_name("nnpsim");
  model_.add_opset_import()->set_version(13);
  graph_.set_name(name);
}

std::string GraphBuilder::input(const std::string& name, onnx::TensorProto_DataType type,
                                const std::vector<Dimension>& shape) {
  describe(*graph_.add_input(), name, type, shape);
  return name;
}

void GraphBuilder::output(const std::string& value, const std::string& name,
                          const std::vector<Dimension>& shape) {
  // Outputs have names of their own: the node that makes the value is renamed, which is possible as long as
  // no one reads it.
  for (onnx::NodeProto& node : *graph_.mutable_node()) {
    for (std::string& made : *node.mutable_output()) {
      if (made == value) made = name;
    }
  }
  describe(*graph_.add_output(), name, onnx::TensorProto_DataType_FLOAT, shape);
}

onnx::TensorProto& GraphBuilder::add_tensor(const std::string& name, const Shape& shape,
                                            onnx::TensorProto_DataType type) {
  onnx::TensorProto& tensor = *graph_.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const std::int64_t size : shape) tensor.add_dims(size);
  return tensor;
}

std::string GraphBuilder::weights(const std::string& name, const Shape& shape, double standard_deviation,
                                  double mean) {
  std::string& raw = *add_tensor(name, shape, onnx::TensorProto_DataType_FLOAT).mutable_raw_data();
  raw.resize(elements(shape) * sizeof(float));
  SeededNormal normal(seed_, name);
  for (std::size_t at = 0; at < raw.size(); at += sizeof(float)) {
    const auto value = static_cast<float>(mean + standard_deviation * normal.next());
    std::memcpy(raw.data() + at, &value, sizeof(float));
  }
  return name;
}

std::string GraphBuilder::floats(const std::string& name, const Shape& shape,
                                 const std::vector<float>& values) {
  if (values.size() != elements(shape))
    throw std::logic_error(name + ": as many values as its shape has elements");
  add_tensor(name, shape, onnx::TensorProto_DataType_FLOAT)
      .set_raw_data(values.data(), values.size() * sizeof(float));
  return name;
}

std::string GraphBuilder::integers(const std::string& name, const std::vector<std::int64_t>& values) {
  add_tensor(name, {static_cast<std::int64_t>(values.size())}, onnx::TensorProto_DataType_INT64)
      .set_raw_data(values.data(), values.size() * sizeof(std::int64_t));
  return name;
}

const onnx::TensorProto& GraphBuilder::find_tensor(const std::string& name) const {
  for (const onnx::TensorProto& tensor : graph_.initializer()) {
    if (tensor.name() == name) return tensor;
  }
  throw std::logic_error(name + " is not an initializer");
}

std::vector<float> GraphBuilder::values(const std::string& initializer) const {
  const std::string& raw = find_tensor(initializer).raw_data();
  std::vector<float> result(raw.size() / sizeof(float));
  std::memcpy(result.data(), raw.data(), raw.size());
  return result;
}

Shape GraphBuilder::shape(const std::string& initializer) const {
  const auto& dims = find_tensor(initializer).dims();
  return {dims.begin(), dims.end()};
}

std::string GraphBuilder::node(const std::string& op, const std::string& name,
                               const std::vector<std::string>& inputs, const Attributes& attributes) {
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(op);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  for (const auto& [key, value] : attributes) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(key);
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      attribute.set_type(onnx::AttributeProto_AttributeType_INT);
      attribute.set_i(*number);
    } else {
      attribute.set_type(onnx::AttributeProto_AttributeType_INTS);
      for (const std::int64_t element : std::get<Shape>(value)) attribute.add_ints(element);
    }
  }
  const std::string made = name + "_output";
  node.add_output(made);
  return made;
}

onnx::ModelProto GraphBuilder::finish() && { return std::move(model_); }

}  // namespace nnp::models
