// SPDX-License-Identifier: Apache-2.0
// One Op::onnx node with its operands and attributes at hand: what every function of this folder works on.
#pragma once

#include "compiler/ir/onnx_attributes.h"
#include "host_runtime/reference/naive/call.h"
#include "host_runtime/reference/naive/typed.h"

namespace nnp::reference::naive {

class OnnxCall {
 public:
  explicit OnnxCall(Call& call);

  const std::string& op() const { return attributes_of_node_->op; }
  std::int64_t opset() const { return attributes_of_node_->opset; }

  // ---- operands
  std::size_t inputs() const { return call_.node().inputs.size(); }
  bool has(std::size_t i) const { return call_.has(i); }
  const ir::Tensor& input(std::size_t i) const { return call_.input(i); }
  const ir::Shape& shape(std::size_t i) const { return call_.input(i).shape(); }
  ir::DType type(std::size_t i) const { return call_.input(i).type(); }
  template <typename T>
  std::span<const T> data(std::size_t i) const {
    return call_.data<T>(i);
  }
  /// An integer tensor of any width.
  std::vector<std::int64_t> integers(std::size_t i) const;
  /// One integer; `otherwise` where it is left out.
  std::int64_t scalar(std::size_t i, std::int64_t otherwise) const;
  /// Elements as float, of any type.
  std::vector<float> floats(std::size_t i) const;

  // ---- attributes
  bool has_attribute(const std::string& key) const { return attributes_.contains(key); }
  std::int64_t integer(const std::string& key, std::int64_t otherwise) const;
  float number(const std::string& key, float otherwise) const;
  std::string text(const std::string& key, const std::string& otherwise) const;
  std::vector<std::int64_t> list(const std::string& key, std::vector<std::int64_t> otherwise) const;
  std::vector<float> numbers(const std::string& key, std::vector<float> otherwise) const;
  /// Counted from the front. Fails where there is none.
  std::size_t axis(std::int64_t given, std::size_t rank) const;

  // ---- results
  bool wants(std::size_t i) const { return call_.wants(i); }
  std::size_t outputs() const { return call_.node().outputs.size(); }
  const ir::Value& result(std::size_t i = 0) const { return call_.output_value(i); }
  /// Output i, zero filled. Fails where the graph declares another type or shape.
  ir::Tensor& make(std::size_t i, ir::DType, const ir::Shape&);
  template <typename T>
  std::span<T> make_data(std::size_t i, const ir::Shape& shape) {
    return make(i, ir::kDTypeOf<T>, shape).template data<T>();
  }
  [[noreturn]] void fail(const std::string& what) const { call_.fail(what); }

 private:
  template <typename T>
  T attribute(const std::string& key, T otherwise) const;

  Call& call_;
  const ir::OnnxAttributes* attributes_of_node_;
  ir::OnnxAttributeMap attributes_;
};

/// Elements before and behind an axis of a shape.
struct AxisSplit {
  std::size_t outer, size, inner;
};
AxisSplit split_at(const ir::Shape&, std::size_t axis);

/// Calls f(T{}) for the C++ type; with_element_type on an OnnxCall's input.
template <typename F>
void with_input_type(const OnnxCall& call, std::size_t i, F&& f) {
  ir::with_element_type(call.type(i), std::forward<F>(f));
}

}  // namespace nnp::reference::naive
