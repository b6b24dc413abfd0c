// SPDX-License-Identifier: Apache-2.0
// Quantised ONNX models for tests, and their way to an integer graph and its codes.
#pragma once

#include <string>

#include "compiler/passes/passes.h"
#include "compiler/quantize/quantize.h"
#include "host_runtime/reference/reference.h"
#include "tests/unit/compiler/codes.h"
#include "tests/unit/compiler/graph_maker.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp::test {

template <typename T>
ir::Tensor tensor_of(const ir::Shape& shape, const Codes& codes) {
  const std::vector<T> values(codes.begin(), codes.end());
  return ir::Tensor::of<T>(shape, std::span<const T>(values));
}

inline bool is_signed(const Code& code) { return code.lo < 0; }

inline ir::Tensor code_tensor(const ir::Shape& shape, const Codes& codes, const Code& how) {
  return is_signed(how) ? tensor_of<std::int8_t>(shape, codes) : tensor_of<std::uint8_t>(shape, codes);
}

inline ir::DType code_type(const Code& how) { return is_signed(how) ? ir::DType::s8 : ir::DType::u8; }

class QuantisedMaker : public OnnxMaker {
 public:
  using OnnxMaker::OnnxMaker;

  QuantisedMaker& input(const std::string& name, std::vector<Dim> dims, ir::DType type = ir::DType::f32) {
    return OnnxMaker::input(name, std::move(dims), type), *this;
  }
  QuantisedMaker& output(const std::string& name, ir::DType type = ir::DType::f32) {
    return OnnxMaker::output(name, type), *this;
  }
  QuantisedMaker& floats(const std::string& name, ir::Shape shape, std::vector<float> values = {}) {
    return OnnxMaker::floats(name, std::move(shape), std::move(values)), *this;
  }
  QuantisedMaker& tensor(const std::string& name, const ir::Tensor& values) {
    return OnnxMaker::tensor(name, values), *this;
  }
  QuantisedMaker& domain(const std::string& name) { return OnnxMaker::domain(name), *this; }
  QuantisedMaker& node(const std::string& op, std::vector<std::string> inputs,
                       std::vector<std::string> outputs, std::map<std::string, Attribute> attributes = {}) {
    return OnnxMaker::node(op, std::move(inputs), std::move(outputs), std::move(attributes)), *this;
  }

  /// Constants name.scale and name.zero.
  QuantisedMaker& params(const std::string& name, const Code& how) {
    floats(name + ".scale", {}, {static_cast<float>(how.scale)});
    tensor(name + ".zero", code_tensor({}, {how.zero}, how));
    return *this;
  }
  /// real `from` to codes `to` at the params of `how`, and back.
  QuantisedMaker& quantize(const std::string& from, const std::string& to, const std::string& how) {
    node("QuantizeLinear", {from, how + ".scale", how + ".zero"}, {to});
    return *this;
  }
  QuantisedMaker& dequantize(const std::string& from, const std::string& to, const std::string& how) {
    node("DequantizeLinear", {from, how + ".scale", how + ".zero"}, {to});
    return *this;
  }
  /// Weights `name` of s8 codes, a scale each index of `axis`.
  QuantisedMaker& weights(const std::string& name, const ir::Shape& shape, const Codes& codes,
                          const std::vector<float>& scales, int axis) {
    const auto count = static_cast<std::int64_t>(scales.size());
    tensor(name + ".codes", tensor_of<std::int8_t>(shape, codes));
    floats(name + ".scale", {count}, scales);
    tensor(name + ".zero", tensor_of<std::int8_t>({count}, Codes(scales.size(), 0)));
    node("DequantizeLinear", {name + ".codes", name + ".scale", name + ".zero"}, {name}, {{"axis", axis}});
    return *this;
  }
  /// Biases `name` of int32 codes at x's scale times the weights'.
  QuantisedMaker& bias(const std::string& name, const Codes& codes, const std::vector<float>& scales) {
    const auto count = static_cast<std::int64_t>(scales.size());
    tensor(name + ".codes", tensor_of<std::int32_t>({count}, codes));
    floats(name + ".scale", {count}, scales);
    node("DequantizeLinear", {name + ".codes", name + ".scale"}, {name}, {{"axis", 0}});
    return *this;
  }
};

/// Imported and optimised.
inline ir::Graph optimised(const OnnxMaker& maker) {
  ir::Graph graph = maker.import();
  compiler::optimise(graph);
  EXPECT_EQ(faults(graph), "");
  return graph;
}

/// Quantised by what the model says alone: without a sample, calibration would throw.
inline ir::Graph integers(const OnnxMaker& maker) {
  reference::Naive runner;
  ir::Graph graph = compiler::quantize(optimised(maker), {}, runner, isa::Precision::int8);
  EXPECT_EQ(faults(graph), "");
  compiler::partition(graph);
  return graph;
}

inline Codes codes_of(const ir::Tensor& tensor) {
  Codes codes;
  ir::with_element_type(tensor.type(), [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>)
      for (const T code : tensor.data<T>()) codes.push_back(static_cast<int>(code));
  });
  return codes;
}

/// Nodes of an operator that are not on the host.
inline std::size_t on_chip(const ir::Graph& graph, const std::string& op) {
  std::size_t count = 0;
  for (const ir::Node& node : graph.nodes) count += !node.on_host && ir::operator_name(node) == op;
  return count;
}
inline std::size_t on_host(const ir::Graph& graph, const std::string& op) {
  std::size_t count = 0;
  for (const ir::Node& node : graph.nodes) count += node.on_host && ir::operator_name(node) == op;
  return count;
}

}  // namespace nnp::test
