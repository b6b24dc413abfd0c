// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/counts.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>
#include <vector>

#include "onnx/shape_inference/implementation.h"

namespace nnp::models::test {
namespace {

using Sizes = std::vector<std::int64_t>;

std::int64_t product(const Sizes& sizes) {
  std::int64_t count = 1;
  for (const std::int64_t size : sizes) count *= size;
  return count;
}

void bind(google::protobuf::RepeatedPtrField<onnx::ValueInfoProto>& values, std::int64_t steps) {
  for (onnx::ValueInfoProto& value : values) {
    for (auto& dim : *value.mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim()) {
      if (dim.dim_param() == "batch") dim.set_dim_value(1);
      if (dim.dim_param() == "steps") dim.set_dim_value(steps);
      if (dim.dim_param() == "steps_and_one") dim.set_dim_value(steps + 1);
    }
  }
}

Sizes integers(const onnx::TensorProto& tensor) {
  Sizes values(tensor.raw_data().size() / sizeof(std::int64_t));
  std::memcpy(values.data(), tensor.raw_data().data(), tensor.raw_data().size());
  return values;
}

// Sizes that nodes take from the shapes of graph inputs become constants: ONNX infers what a Slice leaves
// only from those.
void fold_sizes(onnx::GraphProto& graph) {
  std::map<std::string, Sizes> known;
  for (const onnx::TensorProto& tensor : graph.initializer())
    if (tensor.data_type() == onnx::TensorProto_DataType_INT64) known[tensor.name()] = integers(tensor);
  for (const onnx::ValueInfoProto& input : graph.input())
    for (const auto& dim : input.type().tensor_type().shape().dim())
      known["shape of " + input.name()].push_back(dim.dim_value());
  google::protobuf::RepeatedPtrField<onnx::NodeProto> others;
  for (const onnx::NodeProto& node : graph.node()) {
    const std::string& op = node.op_type();
    const auto of = [&](int i) -> const Sizes& {
      return known[(op == "Shape" ? "shape of " : "") + node.input(i)];
    };
    Sizes made;
    if (op == "Shape") made = of(0);
    if (op == "Gather" && !of(0).empty())
      for (const std::int64_t index : of(1)) made.push_back(of(0).at(static_cast<std::size_t>(index)));
    if (op == "Concat")
      for (int i = 0; i < node.input_size(); ++i)
        for (const std::int64_t size : of(i)) made.push_back(size);
    if (made.empty()) {
      *others.Add() = node;
      continue;
    }
    known[node.output(0)] = made;
    onnx::TensorProto& tensor = *graph.add_initializer();
    tensor.set_name(node.output(0));
    tensor.set_data_type(onnx::TensorProto_DataType_INT64);
    tensor.add_dims(static_cast<std::int64_t>(made.size()));
    tensor.set_raw_data(made.data(), made.size() * sizeof(std::int64_t));
  }
  graph.mutable_node()->Swap(&others);
}

std::map<std::string, Sizes> inferred_shapes(onnx::ModelProto& model) {
  onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                     {true, 1, true});  // types, errors are errors, values of shapes too
  std::map<std::string, Sizes> shapes;
  const auto add = [&](const auto& values) {
    for (const onnx::ValueInfoProto& value : values) {
      if (!value.type().tensor_type().has_shape()) continue;
      Sizes& sizes = shapes[value.name()];
      for (const auto& dim : value.type().tensor_type().shape().dim())
        sizes.push_back(dim.has_dim_value() ? dim.dim_value() : -1);
    }
  };
  add(model.graph().input());
  add(model.graph().value_info());
  add(model.graph().output());
  for (const onnx::TensorProto& tensor : model.graph().initializer())
    shapes[tensor.name()] = {tensor.dims().begin(), tensor.dims().end()};
  return shapes;
}

}  // namespace

std::int64_t elements(const onnx::TensorProto& tensor) {
  return product({tensor.dims().begin(), tensor.dims().end()});
}

std::set<std::string> symbols_of(const onnx::ValueInfoProto& value) {
  std::set<std::string> symbols;
  for (const auto& dim : value.type().tensor_type().shape().dim())
    if (dim.has_dim_param()) symbols.insert(dim.dim_param());
  return symbols;
}

std::int64_t count_parameters(const onnx::ModelProto& outline) {
  std::int64_t count = 0;
  for (const onnx::ValueInfoProto& input : outline.graph().input()) {
    if (!symbols_of(input).empty()) continue;
    Sizes sizes;
    for (const auto& dim : input.type().tensor_type().shape().dim()) sizes.push_back(dim.dim_value());
    count += product(sizes);
  }
  for (const onnx::TensorProto& tensor : outline.graph().initializer()) {
    if (tensor.data_type() == onnx::TensorProto_DataType_FLOAT && tensor.dims_size() > 0 &&
        tensor.name().find(".running_") == std::string::npos)
      count += elements(tensor);
  }
  return count;
}

std::int64_t count_macs(onnx::ModelProto outline, std::int64_t steps) {
  bind(*outline.mutable_graph()->mutable_input(), steps);
  bind(*outline.mutable_graph()->mutable_output(), steps);
  fold_sizes(*outline.mutable_graph());
  const auto shapes = inferred_shapes(outline);
  const auto fixed = [&](const std::string& value) {
    const auto found = shapes.find(value);
    if (found == shapes.end() || std::ranges::count(found->second, -1) != 0)
      throw std::logic_error(value + ": ONNX infers no fixed shape");
    return found->second;
  };
  std::int64_t macs = 0;
  for (const onnx::NodeProto& node : outline.graph().node()) {
    const std::string& op = node.op_type();
    const auto in = [&](int i) { return fixed(node.input(i)); };
    const auto out = [&] { return fixed(node.output(0)); };
    if (op == "Conv") macs += product(out()) * product(in(1)) / out()[1];  // / outputs
    if (op == "Gemm" || op == "MatMul") macs += product(out()) * in(0).back();
    if (op == "LSTM" || op == "GRU") macs += out()[0] * (product(in(1)) + product(in(2)));
  }
  return macs;
}

}  // namespace nnp::models::test
