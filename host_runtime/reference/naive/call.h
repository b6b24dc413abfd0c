// SPDX-License-Identifier: Apache-2.0
// One node with its operands at hand: what every operator function of this folder works on. Operands are
// checked against the graph's declared types and shapes here, once, so that the loops may trust them.
#pragma once

#include <span>
#include <stdexcept>
#include <string>

#include "host_runtime/reference/reference.h"

namespace nnp::reference::naive {

/// Read side: the inputs of a node. Constants come from the graph itself, so `values` need not hold them.
class Operands {
 public:
  Operands(const ir::Graph& graph, const ir::Node& node, const Tensors& values)
      : graph_(graph), node_(node), values_(values) {}

  const ir::Graph& graph() const { return graph_; }
  const ir::Node& node() const { return node_; }
  bool has(std::size_t index) const {
    return index < node_.inputs.size() && node_.inputs[index] != ir::kNoValue;
  }
  /// Throws std::runtime_error when it is left out, not computed yet, or not of the declared type and shape.
  const ir::Tensor& input(std::size_t index) const;
  /// Its elements; throws when they are not of type T.
  template <typename T>
  std::span<const T> data(std::size_t index) const {
    need_type(input(index).type(), ir::kDTypeOf<T>, "input", index);
    return input(index).data<T>();
  }
  const ir::Value& input_value(std::size_t index) const;
  const ir::Value& output_value(std::size_t index = 0) const;
  bool wants(std::size_t index) const {
    return index < node_.outputs.size() && node_.outputs[index] != ir::kNoValue;
  }
  template <typename A>
  const A& attributes() const {
    const A* found = std::get_if<A>(&node_.attributes);
    if (!found) fail("carries another operator's attributes");
    return *found;
  }
  /// std::runtime_error naming node and operator.
  [[noreturn]] void fail(const std::string& what) const;
  void need_type(ir::DType, ir::DType needed, const char* what, std::size_t index) const;

 private:
  const ir::Graph& graph_;
  const ir::Node& node_;
  const Tensors& values_;
};

/// Read and write side.
class Call : public Operands {
 public:
  using CellObserver = std::function<void(std::span<const float>)>;

  Call(const ir::Graph& graph, const ir::Node& node, Tensors& values, CellObserver see_cell = {})
      : Operands(graph, node, values), values_(values), see_cell_(std::move(see_cell)) {}

  /// Makes the output, zero filled, of its declared type and shape.
  ir::Tensor& output(std::size_t index = 0);
  template <typename T>
  std::span<T> output_data(std::size_t index = 0) {
    need_type(output_value(index).type, ir::kDTypeOf<T>, "output", index);
    return output(index).data<T>();
  }
  void see_cell(std::span<const float> cells) const {
    if (see_cell_) see_cell_(cells);
  }

 private:
  Tensors& values_;
  CellObserver see_cell_;
};

std::string to_text(const ir::Shape&);

}  // namespace nnp::reference::naive
