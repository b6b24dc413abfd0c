// SPDX-License-Identifier: Apache-2.0
#include "models/networks/graph_builder.h"

#include <algorithm>
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

GraphBuilder::GraphBuilder(const std::string& name, const WeightSource& source)
    : source_(source), graph_(*model_.mutable_graph()) {
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

std::string GraphBuilder::output(const std::string& value, const std::string& name,
                                 const std::vector<Dimension>& shape) {
  for (onnx::NodeProto& node : *graph_.mutable_node()) {
    std::replace(node.mutable_output()->begin(), node.mutable_output()->end(), value, name);
    std::replace(node.mutable_input()->begin(), node.mutable_input()->end(), value, name);
  }
  describe(*graph_.add_output(), name, onnx::TensorProto_DataType_FLOAT, shape);
  return name;
}

onnx::TensorProto& GraphBuilder::add_tensor(const std::string& name, const Shape& shape,
                                            onnx::TensorProto_DataType type) {
  shapes_[name] = shape;
  onnx::TensorProto& tensor = *graph_.add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(type);
  for (const std::int64_t size : shape) tensor.add_dims(size);
  return tensor;
}

std::string GraphBuilder::weights(const std::string& name, const Shape& shape, double standard_deviation,
                                  double mean) {
  if (!source_.values) {
    shapes_[name] = shape;
    return input(name, onnx::TensorProto_DataType_FLOAT, {shape.begin(), shape.end()});
  }
  std::string& raw = *add_tensor(name, shape, onnx::TensorProto_DataType_FLOAT).mutable_raw_data();
  raw.resize(elements(shape) * sizeof(float));
  SeededNormal normal(source_.seed, name);
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

std::string GraphBuilder::scalar(const std::string& name, float value) { return floats(name, {}, {value}); }

std::string GraphBuilder::integer(const std::string& name, std::int64_t value) {
  add_tensor(name, {}, onnx::TensorProto_DataType_INT64).set_raw_data(&value, sizeof value);
  return name;
}

std::string GraphBuilder::booleans(const std::string& name, const Shape& shape,
                                   const std::vector<bool>& values) {
  add_tensor(name, shape, onnx::TensorProto_DataType_BOOL)
      .set_raw_data(std::string(values.begin(), values.end()));  // a byte each
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

Shape GraphBuilder::shape(const std::string& weights) const { return shapes_.at(weights); }

std::string GraphBuilder::node(const std::string& op, const std::string& name,
                               const std::vector<std::string>& inputs, const Attributes& attributes) {
  return node_of_many(op, name, inputs, 1, attributes).front();
}

std::vector<std::string> GraphBuilder::node_of_many(const std::string& op, const std::string& name,
                                                    const std::vector<std::string>& inputs,
                                                    std::size_t outputs, const Attributes& attributes) {
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
    } else if (const auto* text = std::get_if<std::string>(&value)) {
      attribute.set_type(onnx::AttributeProto_AttributeType_STRING);
      attribute.set_s(*text);
    } else {
      attribute.set_type(onnx::AttributeProto_AttributeType_INTS);
      for (const std::int64_t element : std::get<Shape>(value)) attribute.add_ints(element);
    }
  }
  std::vector<std::string> made;
  for (std::size_t i = 0; i < outputs; ++i) {
    made.push_back(name + "_output" + (i == 0 ? "" : std::to_string(i)));
    node.add_output(made.back());
  }
  return made;
}

onnx::ModelProto GraphBuilder::finish() && { return std::move(model_); }

}  // namespace nnp::models
