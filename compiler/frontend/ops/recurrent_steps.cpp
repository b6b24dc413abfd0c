// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/ops/recurrent_steps.h"

#include <fmt/format.h>

#include <map>

namespace nnp::compiler {
namespace {

using ir::BinaryFunction;
using ir::Op;
using ir::ValueId;

/// Nodes named after the ONNX node, values [rows, columns] in the way.
class Steps {
 public:
  Steps(GraphBuilder& builder, const OnnxNode& node, const StepwiseCell& cell)
      : builder_(builder),
        node_(node),
        c_(cell),
        gates_(static_cast<std::int64_t>(cell.r.size()) / (cell.hidden * cell.hidden)),
        resets_after_(node.op == "GRU" && node.integer("linear_before_reset", 0) != 0),
        clip_(node.number("clip", 0)) {}

  std::vector<ValueId> run() {
    const std::int64_t T = c_.steps, B = c_.batch, H = c_.hidden;
    const ValueId rows = reshaped("x", c_.x, {T * B, c_.input});
    of_x_ = gemm("x_products", rows, c_.w, T * B, c_.input, 0, gates_, x_bias());
    h_ = state(c_.initial_h, "h0"), cell_ = state(c_.initial_c, "c0");
    std::vector<ValueId> all(static_cast<std::size_t>(T));
    for (std::int64_t turn = 0; turn < T; ++turn) {
      const std::int64_t t = c_.reverse ? T - 1 - turn : turn;
      step_ = fmt::format("t{}.", t);
      node_.op == "LSTM" ? lstm(t) : node_.op == "GRU" ? gru(t) : rnn(t);
      all[static_cast<std::size_t>(t)] = h_;
    }
    step_.clear();
    const ValueId joined =
        T == 1 ? all[0] : emit("joined", Op::concat, all, {T * B, H}, ir::AxisAttributes{0});
    std::vector<ValueId> results{reshaped("y", joined, {T, B, H}), reshaped("y_h", h_, {1, B, H})};
    if (node_.op == "LSTM") results.push_back(reshaped("y_c", cell_, {1, B, H}));
    return results;
  }

 private:
  // ---- cells
  void rnn(std::int64_t t) { h_ = apply(0, clipped("sum", plus_h("sum", of_x(t, 0), 0, h_)), "h"); }

  void lstm(std::int64_t t) {
    const auto gate = [&](std::int64_t g, const char* name, ValueId seen) {
      ValueId sum = plus_h(name, of_x(t, g), g, h_);
      if (!c_.peepholes.empty() && g < 3 && seen != ir::kNoValue)
        sum = add(std::string(name) + ".peeped", sum, mul(std::string(name) + ".peep", seen, peephole(g)));
      return apply(g == 3 ? 1 : 0, clipped(name, sum), std::string(name) + ".gate");
    };
    const ValueId i = gate(0, "i", cell_), fresh = mul("added", i, gate(3, "g", ir::kNoValue));
    if (cell_ != ir::kNoValue) {
      const bool coupled = node_.integer("input_forget", 0) != 0;
      const ValueId f = coupled ? one_minus("f", i) : gate(2, "f", cell_);
      cell_ = add("c", mul("kept", f, cell_), fresh);
    } else {
      cell_ = fresh;
    }
    const ValueId o = gate(1, "o", cell_);
    h_ = mul("h", o, apply(2, cell_, "c.seen"));
  }

  void gru(std::int64_t t) {
    const auto gate = [&](std::int64_t g, const char* name) {
      return apply(0, clipped(name, plus_h(name, of_x(t, g), g, h_)), std::string(name) + ".gate");
    };
    const ValueId z = gate(0, "z");
    ValueId sum = of_x(t, 2);
    if (resets_after_) {
      const ValueId linear = h_ == ir::kNoValue
                                 ? constant("linear", {1, c_.hidden}, h_bias())
                                 : gemm(step_ + "linear", h_, c_.r, c_.batch, c_.hidden, 2, 1, h_bias());
      sum = add("n", sum, mul("reset", gate(1, "r"), linear));
    } else if (h_ != ir::kNoValue) {
      sum = plus_h("n", sum, 2, mul("reset", gate(1, "r"), h_));
    }
    const ValueId n = apply(1, clipped("n", sum), "n.gate"), fresh = mul("fresh", one_minus("rest", z), n);
    h_ = h_ == ir::kNoValue ? fresh : add("h", fresh, mul("kept", z, h_));
  }

  // ---- sums
  /// Wb + Rb of each gate's rows; of a GRU that resets afterwards the last gate's Rb stays with R.
  std::vector<float> x_bias() const {
    const auto rows = static_cast<std::size_t>(gates_ * c_.hidden);
    std::vector<float> bias(rows, 0.0f);
    for (std::size_t i = 0; i < rows && !c_.bias.empty(); ++i) {
      const bool apart = resets_after_ && i >= rows - static_cast<std::size_t>(c_.hidden);
      bias[i] = c_.bias[i] + (apart ? 0 : c_.bias[rows + i]);
    }
    return bias;
  }
  std::vector<float> h_bias() const {
    if (c_.bias.empty()) return std::vector<float>(static_cast<std::size_t>(c_.hidden), 0.0f);
    return {c_.bias.end() - c_.hidden, c_.bias.end()};
  }

  /// Gate g of step t in the products of x.
  ValueId of_x(std::int64_t t, std::int64_t g) {
    ir::SliceAttributes slice{{t * c_.batch, g * c_.hidden}, {1, 1}};
    return emit(fmt::format("x{}", g), Op::slice, {of_x_}, {c_.batch, c_.hidden}, slice);
  }

  /// Plus R's rows of gate g times `values`, nothing where there is no state yet.
  ValueId plus_h(const std::string& name, ValueId sum, std::int64_t g, ValueId values) {
    if (values == ir::kNoValue) return sum;
    const ValueId product = gemm(step_ + name + ".h", values, c_.r, c_.batch, c_.hidden, g, 1, {});
    return add(name + ".sum", sum, product);
  }

  /// Rows of `weights` [.., terms] of `count` gates from `first` on.
  ValueId gemm(const std::string& name, ValueId a, const std::vector<float>& weights, std::int64_t rows,
               std::int64_t terms, std::int64_t first, std::int64_t count, const std::vector<float>& bias) {
    const std::int64_t columns = count * c_.hidden;
    // One constant a gate serves all steps.
    const std::string of = fmt::format("{}{}", &weights == &c_.w ? "w" : "r", first);
    if (!weights_.contains(of)) {
      const auto begin = weights.begin() + first * c_.hidden * terms;
      weights_[of] = constant(of, {columns, terms}, {begin, begin + columns * terms});
    }
    std::vector<ValueId> inputs{a, weights_[of]};
    if (!bias.empty()) inputs.push_back(constant(of + ".bias", {columns}, bias));
    ir::GemmAttributes attributes;
    attributes.transpose_b = true;
    return emit_named(name, Op::gemm, std::move(inputs), {rows, columns}, attributes);
  }

  // ---- elementwise
  ir::Shape shape() const { return {c_.batch, c_.hidden}; }
  ValueId add(const std::string& name, ValueId a, ValueId b) { return emit(name, Op::add, {a, b}, shape()); }
  ValueId mul(const std::string& name, ValueId a, ValueId b) { return emit(name, Op::mul, {a, b}, shape()); }
  ValueId one_minus(const std::string& name, ValueId x) {
    return emit(name, Op::binary, {constant("one", {}, {1.0f}), x}, shape(),
                ir::BinaryAttributes{BinaryFunction::sub});
  }
  ValueId peephole(std::int64_t g) {
    const auto begin = c_.peepholes.begin() + g * c_.hidden;
    return constant(fmt::format("p{}", g), {1, c_.hidden}, {begin, begin + c_.hidden});
  }
  ValueId clipped(const std::string& name, ValueId x) {
    if (!(clip_ > 0)) return x;
    const ValueId low = constant("clip.low", {}, {-clip_}), high = constant("clip.high", {}, {clip_});
    return emit(name + ".clipped", Op::clip, {x, low, high}, shape());
  }
  /// Function i of the cell.
  ValueId apply(std::size_t i, ValueId x, const std::string& name) {
    const std::vector<FunctionNode> nodes = nodes_of(c_.functions.at(i));
    for (std::size_t k = 0; k < nodes.size(); ++k) {
      std::vector<ValueId> inputs{x};
      if (nodes[k].constant)
        inputs.push_back(constant(fmt::format("f{}.{}", i, k), {}, {*nodes[k].constant}));
      const std::string suffix = k + 1 < nodes.size() ? fmt::format(".{}", k) : "";
      x = emit(name + suffix, nodes[k].op, std::move(inputs), shape(), nodes[k].attributes);
    }
    return x;
  }

  // ---- graph
  ValueId state(ValueId initial, const char* name) {
    return initial == ir::kNoValue ? initial : reshaped(name, initial, shape());
  }
  ValueId reshaped(const std::string& name, ValueId x, ir::Shape to) {
    return emit(name, Op::reshape, {x}, std::move(to));
  }
  ValueId constant(const std::string& name, const ir::Shape& shape, const std::vector<float>& values) {
    const std::string whole = c_.suffix + "." + name;
    if (!constants_.contains(whole))
      constants_[whole] =
          builder_.add_constant(node_.outputs[0] + whole, ir::Tensor::of<float>(shape, values));
    return constants_[whole];
  }
  ValueId emit(const std::string& name, Op op, std::vector<ValueId> inputs, ir::Shape shape,
               ir::Attributes attributes = {}) {
    return emit_named(step_ + name, op, std::move(inputs), std::move(shape), std::move(attributes));
  }
  ValueId emit_named(const std::string& name, Op op, std::vector<ValueId> inputs, ir::Shape shape,
                     ir::Attributes attributes) {
    const std::string suffix = c_.suffix + "." + name;
    return builder_.emit_inner(node_, {suffix, suffix}, op, std::move(inputs), std::move(shape),
                               std::move(attributes));
  }

  GraphBuilder& builder_;
  const OnnxNode& node_;
  const StepwiseCell& c_;
  std::int64_t gates_;
  bool resets_after_;
  float clip_;        // of what the functions get; 0: none
  std::string step_;  // of names
  ValueId of_x_ = ir::kNoValue, h_ = ir::kNoValue, cell_ = ir::kNoValue;
  std::map<std::string, ValueId> weights_, constants_;
};

}  // namespace

std::vector<ValueId> emit_steps(GraphBuilder& builder, const OnnxNode& node, const StepwiseCell& cell) {
  if (cell.steps < 1 || cell.batch < 1 || cell.input < 1 || cell.hidden < 1)
    refuse(node, "it has no step, no row, no input or no unit");
  if (cell.steps > kMostSteps)
    refuse(node, fmt::format("{} steps of a cell that is none of the usual ones; at most {} are taken",
                             cell.steps, kMostSteps));
  return Steps(builder, node, cell).run();
}

}  // namespace nnp::compiler
