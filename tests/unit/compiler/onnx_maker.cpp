// SPDX-License-Identifier: Apache-2.0
// Writes small ONNX models for tests.
#include "tests/unit/compiler/onnx_maker.h"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <atomic>
#include <fstream>

#include "host_runtime/reference/reference.h"

namespace nnp::test {
namespace {

int onnx_type(ir::DType type) {
  switch (type) {
    case ir::DType::f32:
      return onnx::TensorProto::FLOAT;
    case ir::DType::i64:
      return onnx::TensorProto::INT64;
    case ir::DType::i32:
      return onnx::TensorProto::INT32;
    case ir::DType::u8:
      return onnx::TensorProto::UINT8;
    case ir::DType::s8:
      return onnx::TensorProto::INT8;
    case ir::DType::s16:
      return onnx::TensorProto::INT16;
    default:
      return onnx::TensorProto::BOOL;
  }
}

void fill(onnx::TensorProto& proto, const ir::Tensor& tensor) {
  proto.set_data_type(onnx_type(tensor.type()));
  for (const std::int64_t dim : tensor.shape()) proto.add_dims(dim);
  proto.set_raw_data(tensor.bytes().data(), tensor.bytes().size());
}

struct AttributeWriter {
  onnx::AttributeProto& proto;
  void operator()(int value) const {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(value);
  }
  void operator()(OnnxMaker::NoField) const { proto.set_type(onnx::AttributeProto::INT); }
  void operator()(float value) const {
    proto.set_type(onnx::AttributeProto::FLOAT);
    proto.set_f(value);
  }
  void operator()(const char* value) const {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(value);
  }
  void operator()(const OnnxMaker::Ints& values) const {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) proto.add_ints(value);
  }
  void operator()(const std::vector<float>& values) const {
    proto.set_type(onnx::AttributeProto::FLOATS);
    for (const float value : values) proto.add_floats(value);
  }
  void operator()(const std::vector<std::string>& values) const {
    proto.set_type(onnx::AttributeProto::STRINGS);
    for (const std::string& value : values) proto.add_strings(value);
  }
  void operator()(const ir::Tensor& tensor) const {
    proto.set_type(onnx::AttributeProto::TENSOR);
    fill(*proto.mutable_t(), tensor);
  }
};

}  // namespace

struct OnnxMaker::State {
  onnx::ModelProto model;
  onnx::GraphProto& graph() { return *model.mutable_graph(); }
};

OnnxMaker::OnnxMaker(int opset) : state_(std::make_unique<State>()) {
  state_->model.set_ir_version(8);
  state_->model.add_opset_import()->set_version(opset);
  state_->graph().set_name("test");
}
OnnxMaker::OnnxMaker(OnnxMaker&&) noexcept = default;
OnnxMaker::~OnnxMaker() = default;

OnnxMaker& OnnxMaker::domain(const std::string& name) {
  auto& import = *state_->model.add_opset_import();
  import.set_domain(name), import.set_version(1);
  return *this;
}

OnnxMaker& OnnxMaker::input(const std::string& name, std::vector<Dim> dims, ir::DType type) {
  auto& input = *state_->graph().add_input();
  input.set_name(name);
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(onnx_type(type));
  tensor.mutable_shape();
  for (const Dim& dim : dims) {
    auto& written = *tensor.mutable_shape()->add_dim();
    if (const int* size = std::get_if<int>(&dim))
      written.set_dim_value(*size);
    else if (const std::string symbol = std::get<const char*>(dim); !symbol.empty())
      written.set_dim_param(symbol);
  }
  return *this;
}

OnnxMaker& OnnxMaker::output(const std::string& name, ir::DType type) {
  auto& output = *state_->graph().add_output();
  output.set_name(name);
  output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx_type(type));
  return *this;
}

OnnxMaker& OnnxMaker::floats(const std::string& name, ir::Shape shape, std::vector<float> values) {
  if (values.empty()) values = pattern(static_cast<std::size_t>(ir::element_count(shape)));
  auto& proto = *state_->graph().add_initializer();
  proto.set_name(name);
  fill(proto, ir::Tensor::of<float>(std::move(shape), values));
  return *this;
}

OnnxMaker& OnnxMaker::ints(const std::string& name, ir::Shape shape, Ints values) {
  auto& proto = *state_->graph().add_initializer();
  proto.set_name(name);
  fill(proto, ir::Tensor::of<std::int64_t>(std::move(shape), values));
  return *this;
}

OnnxMaker& OnnxMaker::tensor(const std::string& name, const ir::Tensor& values) {
  auto& proto = *state_->graph().add_initializer();
  proto.set_name(name);
  fill(proto, values);
  return *this;
}

OnnxMaker& OnnxMaker::node(const std::string& op, std::vector<std::string> inputs,
                           std::vector<std::string> outputs, std::map<std::string, Attribute> attributes) {
  auto& node = *state_->graph().add_node();
  const std::size_t dot = op.rfind('.');
  node.set_op_type(op.substr(dot == std::string::npos ? 0 : dot + 1));
  if (dot != std::string::npos) node.set_domain(op.substr(0, dot));
  node.set_name(outputs.front() + "_node");
  for (const auto& name : inputs) node.add_input(name);
  for (const auto& name : outputs) node.add_output(name);
  for (const auto& [key, value] : attributes) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(key);
    std::visit(AttributeWriter{attribute}, value);
  }
  return *this;
}

OnnxMaker& OnnxMaker::broken_initializer(const std::string& name, ir::Shape shape, std::size_t raw_bytes,
                                         bool external) {
  auto& proto = *state_->graph().add_initializer();
  proto.set_name(name);
  proto.set_data_type(onnx::TensorProto::FLOAT);
  for (const std::int64_t dim : shape) proto.add_dims(dim);
  if (external) {
    proto.set_data_location(onnx::TensorProto::EXTERNAL);
    auto& entry = *proto.add_external_data();
    entry.set_key("location");
    entry.set_value("weights.bin");
  } else {
    proto.set_raw_data(std::string(raw_bytes, '\0'));
  }
  return *this;
}

std::string OnnxMaker::bytes() const { return state_->model.SerializeAsString(); }

ir::Graph OnnxMaker::import(const compiler::ImportOptions& options) const {
  return compiler::import_onnx(TemporaryFile(bytes()).path(), options);
}

std::vector<float> pattern(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<float>(static_cast<int>(7 * i % 13) - 6) / 8;
  return values;
}

TemporaryFile::TemporaryFile(const std::string& bytes) {
  static std::atomic<int> count = 0;
  path_ = std::filesystem::temp_directory_path() / fmt::format("nnpsim_test_{}_{}.onnx", getpid(), count++);
  std::ofstream(path_, std::ios::binary) << bytes;
}
TemporaryFile::~TemporaryFile() { std::filesystem::remove(path_); }

std::vector<float> run(const ir::Graph& graph, const std::vector<float>& input) {
  const ir::Tensor tensor = ir::Tensor::of<float>(graph.values.at(graph.inputs.at(0)).shape, input);
  const auto outputs = reference::Naive().run(graph, {tensor});
  return {outputs.at(0).data<float>().begin(), outputs.at(0).data<float>().end()};
}

}  // namespace nnp::test
