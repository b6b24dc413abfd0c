// SPDX-License-Identifier: Apache-2.0
// Inside verify(): the list of faults and the checks of one node. A node reaches check_shapes and check_types
// only after its ids, operand counts, attribute kind and the shapes of its values were found sound.
#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::ir {

/// Elements of a shape; nothing when a dimension is negative or the product passes 2^40.
std::optional<std::uint64_t> checked_element_count(const Shape&);

class Faults {
 public:
  template <typename... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    list_.push_back(where_ + fmt::format(format, std::forward<Arguments>(arguments)...));
  }
  void in_node(const Node& node) { where_ = fmt::format("node '{}' ({}): ", node.name, operator_name(node)); }
  void in_graph() { where_.clear(); }
  std::size_t count() const { return list_.size(); }
  std::vector<std::string> take() { return std::move(list_); }

 private:
  std::string where_;
  std::vector<std::string> list_;
};

/// A node's operands by position; nullptr for one that is left out.
struct Operands {
  const Graph& graph;
  const Node& node;
  const Value* input(std::size_t i) const { return at(node.inputs, i); }
  const Value* output(std::size_t i) const { return at(node.outputs, i); }

 private:
  const Value* at(const std::vector<ValueId>& ids, std::size_t i) const {
    return i < ids.size() && ids[i] != kNoValue ? &graph.values[ids[i]] : nullptr;
  }
};

// ---- What shape rules share (verify_shapes.cpp).

std::string text(const Shape&);  // "[1,3]"
/// Nothing is expected of a value that is left out.
void expect(const char* what, const Value*, const Shape& expected, Faults&);
bool has_rank(const char* what, const Value&, std::size_t rank, Faults&);
/// A bias or the like: rank at most 2, one element per column, or one for all, along the last axis.
void expect_per_channel(const char* what, const Value*, std::int64_t channels, Faults&);
/// NumPy's rule; nothing when two axes disagree.
std::optional<Shape> broadcast(const Shape&, const Shape&);
/// Numbers of a window that no later product can make overflow.
bool sane(const char* what, const std::int64_t* values, std::size_t count, std::int64_t lowest, Faults&);
/// The axis counted from the front; nothing, and a fault, when there is none.
std::optional<std::size_t> axis_of(const Operands&, Faults&);

/// How many operands an operator takes, and its kind of attributes: an index in Attributes, or kAnyAttributes
/// where none are read (verify_counts.cpp).
struct OpRule {
  std::size_t inputs_min, inputs_max, outputs_max, attributes;
};
inline constexpr std::size_t kAnyAttributes = std::variant_size_v<Attributes>;
OpRule rule_of(Op);

void check_shapes(const Operands&, Faults&);
void check_window_shapes(const Operands&, Faults&);  // conv, conv_transpose, pools
void check_move_shapes(const Operands&, Faults&);    // transpose, gather, concat, slice, pad, expand, resize
void check_recurrent_shapes(const Operands&, Faults&);  // lstm, gru, rnn
void check_types(const Operands&, Faults&);

}  // namespace nnp::ir
