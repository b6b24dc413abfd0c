// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/published_checks.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "models/networks/zoo.h"
#include "onnx/checker.h"
#include "onnx/shape_inference/implementation.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

std::int64_t elements(const onnx::TensorProto& tensor) {
  std::int64_t count = 1;
  for (const std::int64_t size : tensor.dims()) count *= size;
  return count;
}

bool is_learnt(const onnx::TensorProto& tensor) {
  return tensor.data_type() == onnx::TensorProto_DataType_FLOAT &&
         tensor.name().find(".running_") == std::string::npos;
}

// Height x width of every convolution's output, as ONNX infers them.
std::map<std::string, std::int64_t> inferred_pixels(onnx::ModelProto model) {
  onnx::shape_inference::InferShapes(model, onnx::OpSchemaRegistry::Instance(),
                                     {true, 1, false});  // types, errors are errors
  std::map<std::string, std::int64_t> pixels;
  for (const auto& value : model.graph().value_info()) {
    const auto& shape = value.type().tensor_type().shape();
    if (shape.dim_size() == 4) pixels[value.name()] = shape.dim(2).dim_value() * shape.dim(3).dim_value();
  }
  return pixels;
}

std::int64_t count_macs(const onnx::ModelProto& model) {
  std::map<std::string, std::int64_t> sizes;
  for (const auto& tensor : model.graph().initializer()) sizes[tensor.name()] = elements(tensor);
  const auto pixels = inferred_pixels(model);
  std::int64_t macs = 0;
  for (const auto& node : model.graph().node()) {
    if (node.op_type() == "Conv") macs += sizes.at(node.input(1)) * pixels.at(node.output(0));
    if (node.op_type() == "Gemm" || node.op_type() == "MatMul") macs += sizes.at(node.input(1));
    if (node.op_type() == "LSTM") macs += sizes.at(node.input(1)) + sizes.at(node.input(2));
  }
  return macs;
}

void expect_symbolic(const onnx::ModelProto& model, const NetworkInfo& info) {
  for (const auto* values : {&model.graph().input(), &model.graph().output()}) {
    for (const onnx::ValueInfoProto& value : *values) {
      std::set<std::string> symbols;
      for (const auto& dimension : value.type().tensor_type().shape().dim()) {
        if (dimension.has_dim_param()) symbols.insert(dimension.dim_param());
      }
      EXPECT_EQ(symbols, info.default_steps > 0 ? (std::set<std::string>{"batch", "steps"})
                                                : std::set<std::string>{"batch"})
          << value.name();
    }
  }
}

}  // namespace

void PrintTo(const Published& network, std::ostream* out) { *out << network.name; }

void expect_as_published(const Published& published) {
  TemporaryCache cache;
  const onnx::ModelProto model = load(network_file(published.name));
  onnx::checker::check_model(model);
  EXPECT_EQ(model.ir_version(), 8);
  ASSERT_EQ(model.opset_import_size(), 1);
  EXPECT_EQ(model.opset_import(0).version(), 13);

  std::int64_t parameters = 0;
  for (const auto& tensor : model.graph().initializer())
    parameters += is_learnt(tensor) ? elements(tensor) : 0;
  const auto near = [&](std::int64_t value) { return static_cast<double>(value) * published.tolerance; };
  EXPECT_NEAR(static_cast<double>(parameters), static_cast<double>(published.parameters),
              near(published.parameters));
  EXPECT_NEAR(static_cast<double>(count_macs(model)), static_cast<double>(published.macs),
              near(published.macs));
  for (const NetworkInfo& info : networks()) {
    if (info.name == published.name) expect_symbolic(model, info);
  }
}

}  // namespace nnp::models::test
