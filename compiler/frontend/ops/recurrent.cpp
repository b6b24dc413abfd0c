// SPDX-License-Identifier: Apache-2.0
// LSTM, GRU and RNN. Each direction becomes a node of its own; Concat joins
// their outputs. ONNX's Y [T, D, B, H] is made of the IR's [T, B, H] by Reshape, so that the Squeeze which
// exporters put behind it cancels. layout 1 (batch first) becomes Transposes around.
// Cells that are none of the usual ones go step by step: recurrent_steps.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/ops/recurrent_steps.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

struct Cell {
  ir::Op op;
  std::int64_t gates;
  std::size_t states;  // h, and c of an LSTM
};
Cell cell_of(const OnnxNode& node) {
  if (node.op == "LSTM") return {ir::Op::lstm, 4, 2};
  if (node.op == "GRU") return {ir::Op::gru, 3, 1};
  return {ir::Op::rnn, 1, 1};
}

std::int64_t directions_of(const OnnxNode& node) {
  const std::string direction = node.text("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional")
    refuse(node, fmt::format("direction '{}'", direction));
  return direction == "bidirectional" ? 2 : 1;
}

/// Whether the IR's cell says what direction d of the node asks for.
bool is_usual(const OnnxNode& node, std::int64_t directions, std::int64_t d) {
  return are_usual(node, cell_functions(node, directions, d)) && !(node.number("clip", 0) > 0) &&
         !(node.op == "LSTM" && node.integer("input_forget", 0) != 0);
}

/// Lengths are accepted where they say what the shape says.
void check_lengths(const GraphBuilder& builder, const OnnxNode& node, std::int64_t steps) {
  if (!node.has_input(4)) return;
  const auto lengths = integers_of(node, builder.required_constant(node, 4, "sequence_lens"));
  if (std::ranges::any_of(lengths, [&](std::int64_t length) { return length != steps; })) {
    refuse(node, fmt::format("sequence_lens other than the whole {} steps are not supported", steps));
  }
}

ir::Shape transposed_shape(const ir::Shape& shape) {
  ir::Shape swapped = shape;
  std::swap(swapped[0], swapped[1]);
  return swapped;
}

class Importer {
 public:
  Importer(GraphBuilder& builder, const OnnxNode& node)
      : builder_(builder), node_(node), cell_(cell_of(node)) {
    directions_ = directions_of(node);
    first_is_reverse_ = node.text("direction", "forward") == "reverse";
    batch_first_ = node.integer("layout", 0) != 0;
    builder.expect_float(node, 0, 3);
    x_shape_ = builder.input_shape(node, 0);
    if (batch_first_) x_shape_ = transposed_shape(x_shape_);
    const ir::Shape& recurrence = builder.input_shape(node, 2);
    hidden_ = node.integer("hidden_size", recurrence.empty() ? 0 : recurrence.back());
    const std::int64_t rows = cell_.gates * hidden_;
    expect_shape(1, "W", {directions_, rows, x_shape_[2]});
    expect_shape(2, "R", {directions_, rows, hidden_});
    expect_shape(3, "B", {directions_, 2 * rows});
    check_lengths(builder, node, x_shape_[0]);
    const ir::Shape state = batch_first_ ? ir::Shape{x_shape_[1], directions_, hidden_}
                                         : ir::Shape{directions_, x_shape_[1], hidden_};
    for (std::size_t i = 0; i < cell_.states; ++i) expect_shape(5 + i, "an initial state", state);
    if (cell_.op == ir::Op::lstm) expect_shape(7, "P", {directions_, 3 * hidden_});
  }

  void run() {
    x_ = batch_first_ ? turn(builder_.input(node_, 0), ".x", x_shape_) : builder_.input(node_, 0);
    std::vector<std::vector<ir::ValueId>> results;  // by direction: Y, Y_h, Y_c
    for (std::int64_t d = 0; d < directions_; ++d) results.push_back(emit_direction(d));
    for (std::size_t i = 0; i <= cell_.states; ++i) {
      if (!builder_.wants(node_, i)) continue;
      std::vector<ir::ValueId> parts;
      for (const auto& result : results) parts.push_back(result[i]);
      i == 0 ? finish_sequence(std::move(parts)) : finish_state(i, std::move(parts));
    }
  }

 private:
  void expect_shape(std::size_t i, const char* name, const ir::Shape& wanted) const {
    if (!node_.has_input(i)) return;
    builder_.expect_float(node_, i);
    if (const ir::Shape& shape = builder_.input_shape(node_, i); shape != wanted)
      refuse(node_, fmt::format("{} has shape {}; expected {}", name, describe(shape), describe(wanted)));
  }

  /// Swaps the first two axes.
  ir::ValueId turn(ir::ValueId id, const std::string& suffix, ir::Shape shape) {
    return builder_.emit_inner(node_, {suffix, suffix}, ir::Op::transpose, {id}, std::move(shape),
                               ir::TransposeAttributes{{1, 0, 2}});
  }

  /// Input i of one direction: constants are cut here, others by a Slice.
  ir::ValueId part(std::size_t i, std::int64_t direction) {
    if (!node_.has_input(i)) return ir::kNoValue;
    if (directions_ == 1) return builder_.input(node_, i);
    ir::Shape shape = builder_.input_shape(node_, i);
    shape[0] = 1;
    const std::string suffix = fmt::format(".{}.{}", i, direction);
    if (const ir::Tensor* whole = builder_.constant(node_, i)) {
      ir::Tensor tensor(whole->type(), shape);
      const std::size_t bytes = tensor.bytes().size();
      std::ranges::copy(whole->bytes().subspan(static_cast<std::size_t>(direction) * bytes, bytes),
                        tensor.bytes().begin());
      return builder_.add_constant(node_.inputs[i] + suffix, std::move(tensor));
    }
    ir::SliceAttributes slice{std::vector<std::int64_t>(shape.size(), 0),
                              std::vector<std::int64_t>(shape.size(), 1)};
    slice.starts[0] = direction;
    return builder_.emit_inner(node_, {suffix, suffix}, ir::Op::slice, {builder_.input(node_, i)}, shape,
                               slice);
  }

  /// Initial state [1, B, H]; constant zeros are the same as none.
  ir::ValueId initial_state(std::size_t i, std::int64_t direction) {
    if (!node_.has_input(i)) return ir::kNoValue;
    if (const ir::Tensor* tensor = builder_.constant(node_, i);
        tensor != nullptr && std::ranges::all_of(tensor->data<float>(), [](float v) { return v == 0; }))
      return ir::kNoValue;
    if (!batch_first_) return part(i, direction);
    const std::string suffix = fmt::format(".state{}.{}", i, direction);
    const ir::Shape shape{x_shape_[1], 1, hidden_};
    ir::ValueId state = builder_.input(node_, i);
    if (directions_ == 2)
      state = builder_.emit_inner(node_, {suffix + ".cut", suffix + ".cut"}, ir::Op::slice, {state}, shape,
                                  ir::SliceAttributes{{0, direction, 0}, {1, 1, 1}});
    return turn(state, suffix, {1, x_shape_[1], hidden_});
  }

  /// Weights or peepholes of one direction.
  std::vector<float> constant_part(std::size_t i, const char* what, std::int64_t direction) const {
    if (!node_.has_input(i)) return {};
    const auto all = builder_.required_constant(node_, i, what).data<float>();
    const auto size = static_cast<std::ptrdiff_t>(all.size()) / directions_;
    return {all.begin() + direction * size, all.begin() + (direction + 1) * size};
  }

  std::vector<ir::ValueId> emit_by_steps(std::int64_t direction, bool reverse) {
    const bool has_cell = cell_.states == 2;
    return emit_steps(builder_, node_,
                      {x_shape_[0], x_shape_[1], x_shape_[2], hidden_, reverse,
                       direction == 1 ? ".reverse" : "", cell_functions(node_, directions_, direction), x_,
                       initial_state(5, direction), has_cell ? initial_state(6, direction) : ir::kNoValue,
                       constant_part(1, "W", direction), constant_part(2, "R", direction),
                       constant_part(3, "B", direction), constant_part(7, "P", direction)});
  }

  std::vector<ir::ValueId> emit_direction(std::int64_t direction) {
    const bool reverse = direction == 1 || first_is_reverse_;
    if (!is_usual(node_, directions_, direction)) return emit_by_steps(direction, reverse);
    std::vector<ir::ValueId> inputs{
        x_,           part(1, direction),         part(2, direction), part(3, direction),
        ir::kNoValue, initial_state(5, direction)};
    if (cell_.states == 2) inputs.push_back(initial_state(6, direction));
    if (cell_.op == ir::Op::lstm && node_.has_input(7)) inputs.push_back(part(7, direction));
    const std::string suffix = direction == 1 ? ".reverse" : "";
    const ir::Shape state{1, x_shape_[1], hidden_};
    std::vector<ir::ValueId> outputs(cell_.states + 1, ir::kNoValue);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      static constexpr const char* kNames[] = {".sequence", ".last_h", ".last_c"};
      if (!builder_.wants(node_, i)) continue;
      outputs[i] = builder_.add_inner(node_, kNames[i] + suffix,
                                      i == 0 ? ir::Shape{x_shape_[0], x_shape_[1], hidden_} : state);
    }
    ir::Attributes attributes;
    if (cell_.op == ir::Op::lstm)
      attributes = ir::LstmAttributes{hidden_, 0, reverse};
    else
      attributes = ir::RecurrentAttributes{hidden_, reverse, node_.integer("linear_before_reset", 0) != 0};
    builder_.add_node(node_, suffix, cell_.op, std::move(inputs), outputs, std::move(attributes));
    return outputs;
  }

  /// [T, B, H] of each direction to [T, D, B, H], or [B, T, D, H] with layout 1.
  void finish_sequence(std::vector<ir::ValueId> parts) {
    const std::int64_t T = x_shape_[0], B = x_shape_[1];
    if (directions_ == 1 && !batch_first_)
      return builder_.emit(node_, ir::Op::reshape, std::move(parts), {}, ".shape");
    for (std::size_t d = 0; d < parts.size(); ++d) {
      const std::string suffix = fmt::format(".y{}", d);
      parts[d] =
          builder_.emit_inner(node_, {suffix, suffix}, ir::Op::reshape, {parts[d]}, {T, 1, B, hidden_});
    }
    const ir::AxisAttributes axis{1};
    if (!batch_first_) return builder_.emit(node_, ir::Op::concat, std::move(parts), axis, ".y");
    const ir::ValueId joined = directions_ == 1
                                   ? parts[0]
                                   : builder_.emit_inner(node_, {".y", ".y"}, ir::Op::concat, parts,
                                                         {T, directions_, B, hidden_}, axis);
    builder_.emit(node_, ir::Op::transpose, {joined}, ir::TransposeAttributes{{2, 0, 1, 3}}, ".y_layout");
  }

  /// [1, B, H] of each direction to [D, B, H], or [B, D, H].
  void finish_state(std::size_t i, std::vector<ir::ValueId> parts) {
    const std::string suffix = fmt::format(".state{}", i);
    const ir::AxisAttributes axis{0};
    if (!batch_first_ && directions_ == 1)
      return builder_.emit(node_, ir::Op::identity, std::move(parts), {}, suffix, i);
    if (!batch_first_) return builder_.emit(node_, ir::Op::concat, std::move(parts), axis, suffix, i);
    const ir::ValueId joined = directions_ == 1
                                   ? parts[0]
                                   : builder_.emit_inner(node_, {suffix, suffix}, ir::Op::concat, parts,
                                                         {directions_, x_shape_[1], hidden_}, axis);
    builder_.emit(node_, ir::Op::transpose, {joined}, ir::TransposeAttributes{{1, 0, 2}}, suffix + ".layout",
                  i);
  }

  GraphBuilder& builder_;
  const OnnxNode& node_;
  Cell cell_;
  std::int64_t directions_ = 1, hidden_ = 0;
  bool first_is_reverse_ = false, batch_first_ = false;
  ir::Shape x_shape_;  // [T, B, I]
  ir::ValueId x_ = ir::kNoValue;
};

}  // namespace

namespace {

/// An LSTM of the usual functions with shorter sequences, or with clipped gates that cannot go step by step,
/// is the host's.
bool only_host_has(const GraphBuilder& builder, const OnnxNode& node) {
  const std::int64_t directions = directions_of(node);
  if (node.op != "LSTM" || node.integer("layout", 0) != 0 || node.integer("input_forget", 0) != 0)
    return false;
  for (std::int64_t d = 0; d < directions; ++d)
    if (!are_usual(node, cell_functions(node, directions, d))) return false;
  const bool computed = std::ranges::any_of(std::array<std::size_t, 4>{1, 2, 3, 7}, [&](std::size_t i) {
    return node.has_input(i) && builder.constant(node, i) == nullptr;
  });
  const ir::Shape& x = builder.input_shape(node, 0);
  if (node.number("clip", 0) > 0 && (computed || (x.size() == 3 && x[0] > kMostSteps))) return true;
  if (!node.has_input(4)) return false;
  const ir::Tensor* lengths = builder.constant(node, 4);
  const std::int64_t steps = builder.input_shape(node, 0).at(0);
  return lengths == nullptr || std::ranges::any_of(integers_of(node, *lengths),
                                                   [&](std::int64_t length) { return length != steps; });
}

}  // namespace

void import_recurrent(GraphBuilder& builder, const OnnxNode& node) {
  if (only_host_has(builder, node)) return builder.emit_on_host(node);
  Importer(builder, node).run();
}

}  // namespace nnp::compiler
