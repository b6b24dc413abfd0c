// SPDX-License-Identifier: Apache-2.0
#include "compiler/export/model_writer.h"

#include <fmt/format.h>

#include <limits>

#include "compiler/compile_error.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {
namespace {

std::string unique(std::set<std::string>& taken, const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; !taken.insert(name).second; ++i) name = fmt::format("{}_{}", wanted, i);
  return name;
}

struct AttributeWriter {
  onnx::AttributeProto& attribute;
  void operator()(std::int64_t value) const {
    attribute.set_type(onnx::AttributeProto::INT), attribute.set_i(value);
  }
  void operator()(float value) const {
    attribute.set_type(onnx::AttributeProto::FLOAT), attribute.set_f(value);
  }
  void operator()(const std::string& text) const {
    attribute.set_type(onnx::AttributeProto::STRING), attribute.set_s(text);
  }
  void operator()(const std::vector<std::int64_t>& list) const {
    attribute.set_type(onnx::AttributeProto::INTS);
    attribute.mutable_ints()->Add(list.begin(), list.end());
  }
  void operator()(const std::vector<float>& list) const {
    attribute.set_type(onnx::AttributeProto::FLOATS);
    attribute.mutable_floats()->Add(list.begin(), list.end());
  }
  void operator()(const ir::Tensor& tensor) const {
    attribute.set_type(onnx::AttributeProto::TENSOR);
    *attribute.mutable_t() = tensor_to_proto(tensor, "");
  }
};

}  // namespace

void describe(onnx::ValueInfoProto& info, const std::string& tensor, ir::DType type, const ir::Shape& shape) {
  info.set_name(tensor);
  auto& described = *info.mutable_type()->mutable_tensor_type();
  described.set_elem_type(onnx_type_of(type));
  described.mutable_shape();  // a scalar has one without dimensions
  for (const std::int64_t size : shape) described.mutable_shape()->add_dim()->set_dim_value(size);
}

ModelWriter::ModelWriter(const std::string& graph_name) : graph_(*model_.mutable_graph()) {
  model_.set_producer_name("nnpsim");
  graph_.set_name(graph_name.empty() ? "network" : graph_name);
}

std::string ModelWriter::tensor(const std::string& wanted) { return unique(tensors_, wanted); }

void ModelWriter::node(const std::string& op, const std::string& name, Names inputs, const Names& outputs,
                       const ir::OnnxAttributeMap& attributes) {
  while (!inputs.empty() && inputs.back().empty()) inputs.pop_back();
  onnx::NodeProto& node = *graph_.add_node();
  node.set_op_type(op);
  node.set_name(unique(nodes_, name));
  for (const std::string& input : inputs) node.add_input(input);
  for (const std::string& output : outputs) node.add_output(output);
  for (const auto& [key, value] : attributes) {
    onnx::AttributeProto& attribute = *node.add_attribute();
    attribute.set_name(key);
    std::visit(AttributeWriter{attribute}, value);
  }
}

std::string ModelWriter::constant(const std::string& wanted, const ir::Tensor& values) {
  const std::string name = tensor(wanted);
  *graph_.add_initializer() = tensor_to_proto(values, name);
  return name;
}
std::string ModelWriter::floats(const std::string& wanted, const std::vector<float>& values) {
  return constant(wanted, ir::Tensor::of<float>({static_cast<std::int64_t>(values.size())}, values));
}
std::string ModelWriter::number(const std::string& wanted, float value) {
  return constant(wanted, ir::Tensor::of<float>({}, {&value, 1}));
}
std::string ModelWriter::integers(const std::string& wanted, const std::vector<std::int64_t>& values) {
  return constant(wanted, ir::Tensor::of<std::int64_t>({static_cast<std::int64_t>(values.size())}, values));
}

void ModelWriter::input(const std::string& tensor, ir::DType type, const ir::Shape& shape) {
  describe(*graph_.add_input(), tensor, type, shape);
}
void ModelWriter::output(const std::string& tensor, ir::DType type, const ir::Shape& shape) {
  describe(*graph_.add_output(), tensor, type, shape);
}

std::string ModelWriter::finish() {
  model_.set_ir_version(opset_ <= 17 ? 8 : 10);  // of ONNX 1.12 with set 17, of 1.16 with set 21
  model_.add_opset_import()->set_version(opset_);
  if (const std::size_t size = model_.ByteSizeLong(); size > std::numeric_limits<int>::max())
    throw CompileError(fmt::format("the network takes {} bytes as ONNX; a file (protobuf) has at most {}",
                                   size, std::numeric_limits<int>::max()));
  std::string bytes;
  model_.SerializeToString(&bytes);
  return bytes;
}

}  // namespace nnp::compiler
