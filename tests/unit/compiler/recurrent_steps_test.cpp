// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM with other functions than the usual ones, clipped gates or input_forget: against ONNX's
// formulas in binary64, one unit at a time.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>

#include "compiler/compile_error.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "host_runtime/reference/reference.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp {
namespace {

using test::OnnxMaker;
using test::pattern;
using Function = std::function<double(double)>;
using Row = std::vector<double>;

constexpr std::int64_t kSteps = 3, kBatch = 2, kInput = 3, kHidden = 4;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct Case {
  const char* op;
  std::vector<std::string> activations;  // none: the usual ones
  std::vector<Function> functions;
  std::vector<float> alpha, beta;
  bool reverse = false, states = false, peeps = false, resets_after = false, input_forget = false;
  double clip = 0;
};

std::int64_t gates_of(const Case& c) {
  return std::string(c.op) == "LSTM" ? 4 : std::string(c.op) == "GRU" ? 3 : 1;
}

OnnxMaker model(const Case& c) {
  OnnxMaker maker;
  const std::int64_t rows = gates_of(c) * kHidden;
  maker.input("x", {static_cast<int>(kSteps), static_cast<int>(kBatch), static_cast<int>(kInput)});
  maker.floats("w", {1, rows, kInput}).floats("r", {1, rows, kHidden}).floats("b", {1, 2 * rows});
  maker.floats("h0", {1, kBatch, kHidden}).floats("c0", {1, kBatch, kHidden}).floats("p", {1, 3 * kHidden});
  std::map<std::string, OnnxMaker::Attribute> attributes{{"hidden_size", static_cast<int>(kHidden)}};
  if (c.reverse) attributes["direction"] = "reverse";
  if (!c.activations.empty()) attributes["activations"] = c.activations;
  if (!c.alpha.empty()) attributes["activation_alpha"] = c.alpha;
  if (!c.beta.empty()) attributes["activation_beta"] = c.beta;
  if (c.resets_after) attributes["linear_before_reset"] = 1;
  if (c.input_forget) attributes["input_forget"] = 1;
  if (c.clip > 0) attributes["clip"] = static_cast<float>(c.clip);
  std::vector<std::string> inputs{"x", "w", "r", "b"}, outputs{"y", "yh"};
  const bool is_lstm = gates_of(c) == 4;
  if (c.states || c.peeps) inputs.insert(inputs.end(), {"", c.states ? "h0" : ""});
  if (is_lstm && (c.states || c.peeps)) inputs.push_back(c.states ? "c0" : "");
  if (c.peeps) inputs.push_back("p");
  if (is_lstm) outputs.push_back("yc");
  for (const std::string& output : outputs) maker.output(output);
  maker.node(c.op, inputs, outputs, attributes);
  return maker;
}

/// ONNX's formulas.
class Formula {
 public:
  Formula(const Case& c, const std::vector<float>& x) : c_(c), x_(x), h(kBatch, Row(kHidden)), cell(h) {
    const std::vector<float> initial = pattern(kBatch * kHidden);
    for (std::size_t i = 0; c.states && i < initial.size(); ++i)
      h[i / kHidden][i % kHidden] = cell[i / kHidden][i % kHidden] = static_cast<double>(initial[i]);
    y.resize(kSteps, h);
    for (std::int64_t turn = 0; turn < kSteps; ++turn) {
      t_ = c.reverse ? kSteps - 1 - turn : turn;
      for (std::int64_t b = 0; b < kBatch; ++b) step(b);
      y[static_cast<std::size_t>(t_)] = h;
    }
  }

 private:
  const Case& c_;
  const std::vector<float>& x_;
  std::int64_t t_ = 0;

  double weight(std::int64_t count, std::int64_t i) const {
    return static_cast<double>(pattern(static_cast<std::size_t>(count))[static_cast<std::size_t>(i)]);
  }
  double of_x(std::int64_t b, std::int64_t g, std::int64_t j) const {
    const std::int64_t rows = gates_of(c_) * kHidden, row = g * kHidden + j;
    double sum = weight(2 * rows, row);
    for (std::int64_t i = 0; i < kInput; ++i)
      sum += weight(rows * kInput, row * kInput + i) *
             static_cast<double>(x_[static_cast<std::size_t>((t_ * kBatch + b) * kInput + i)]);
    return sum;
  }
  double of_h(const Row& state, std::int64_t g, std::int64_t j) const {
    const std::int64_t rows = gates_of(c_) * kHidden, row = g * kHidden + j;
    double sum = weight(2 * rows, rows + row);
    for (std::int64_t i = 0; i < kHidden; ++i)
      sum += weight(rows * kHidden, row * kHidden + i) * state[static_cast<std::size_t>(i)];
    return sum;
  }
  double f(std::size_t i, double x) const {
    return c_.functions[i](c_.clip > 0 ? std::clamp(x, -c_.clip, c_.clip) : x);
  }
  double peep(std::int64_t g, std::int64_t j, double c) const {
    return c_.peeps ? weight(3 * kHidden, g * kHidden + j) * c : 0;
  }

  void step(std::int64_t b) {
    Row& state = h[static_cast<std::size_t>(b)];
    const Row before = state;
    Row reset = before;
    for (std::int64_t j = 0; gates_of(c_) == 3 && j < kHidden; ++j)
      reset[static_cast<std::size_t>(j)] *= f(0, of_x(b, 1, j) + of_h(before, 1, j));
    for (std::int64_t j = 0; j < kHidden; ++j) {
      const auto at = static_cast<std::size_t>(j);
      const auto sum = [&](std::int64_t g) { return of_x(b, g, j) + of_h(before, g, j); };
      if (gates_of(c_) == 1) {
        state[at] = f(0, sum(0));
      } else if (gates_of(c_) == 3) {
        const double z = f(0, sum(0)), r = f(0, sum(1));
        const double n = f(1, of_x(b, 2, j) + (c_.resets_after ? r * of_h(before, 2, j) : of_h(reset, 2, j)));
        state[at] = (1 - z) * n + z * before[at];
      } else {
        double& c = cell[static_cast<std::size_t>(b)][at];
        const double i = f(0, sum(0) + peep(0, j, c)),
                     forget = c_.input_forget ? 1 - i : f(0, sum(2) + peep(2, j, c));
        c = forget * c + i * f(1, sum(3));
        state[at] = f(0, sum(1) + peep(1, j, c)) * c_.functions[2](c);
      }
    }
  }

 public:
  std::vector<Row> h, cell;         // by batch row
  std::vector<std::vector<Row>> y;  // by step
};

void expect_formula(const Case& c) {
  SCOPED_TRACE(fmt::format(
      "{} {} reverse {} states {} peepholes {} linear_before_reset {} input_forget {} clip {}", c.op,
      fmt::join(c.activations, ","), c.reverse, c.states, c.peeps, c.resets_after, c.input_forget, c.clip));
  ir::Graph graph = model(c).import();
  ASSERT_EQ(ir::verify(graph), std::vector<std::string>{});
  compiler::optimise(graph);
  for (const ir::Node& node : graph.nodes)
    EXPECT_TRUE(compiler::chip_has_operation(graph, node)) << node.name;
  std::vector<float> x = pattern(kSteps * kBatch * kInput);
  for (float& value : x) value *= 2;
  reference::Naive naive;
  const auto results = naive.run(graph, {ir::Tensor::of<float>({kSteps, kBatch, kInput}, x)});
  const Formula formula(c, x);
  const auto expect_near = [&](const ir::Tensor& result, std::size_t i, double wanted, const char* what) {
    EXPECT_NEAR(static_cast<double>(result.data<float>()[i]), wanted, 1e-5 * std::max(1.0, std::abs(wanted)))
        << what << ' ' << i;
  };
  for (std::size_t i = 0; i < kBatch * kHidden; ++i) {
    for (std::size_t t = 0; t < kSteps; ++t)
      expect_near(results[0], t * kBatch * kHidden + i, formula.y[t][i / kHidden][i % kHidden], "Y");
    expect_near(results[1], i, formula.h[i / kHidden][i % kHidden], "Y_h");
    if (results.size() > 2) expect_near(results[2], i, formula.cell[i / kHidden][i % kHidden], "Y_c");
  }
}

TEST(RecurrentSteps, KnowEveryFunctionOfOnnxsList) {
  const auto tanh = [](double x) { return std::tanh(x); };
  const auto rnn = [](const char* name, const Function& f, std::vector<float> alpha = {},
                      std::vector<float> beta = {}) {
    expect_formula({"RNN", {name}, {f}, std::move(alpha), std::move(beta)});
  };
  rnn("Relu", [](double x) { return std::max(x, 0.0); });
  rnn("sigmoid", sigmoid);
  rnn("Affine", [](double x) { return 0.25 * x - 0.5; }, {0.25f}, {-0.5f});
  rnn("LeakyRelu", [](double x) { return x < 0 ? 0.01 * x : x; });
  rnn("LeakyRelu", [](double x) { return x < 0 ? 0.25 * x : x; }, {0.25f});
  rnn("ThresholdedRelu", [](double x) { return x > 0.5 ? x : 0; }, {0.5f});
  rnn("ScaledTanh", [](double x) { return 1.5 * std::tanh(0.5 * x); }, {1.5f}, {0.5f});
  rnn("HardSigmoid", [](double x) { return std::clamp(0.2 * x + 0.5, 0.0, 1.0); });
  rnn("Elu", [](double x) { return x < 0 ? 0.5 * std::expm1(x) : x; }, {0.5f});
  rnn("Softsign", [](double x) { return x / (1 + std::abs(x)); });
  rnn("Softplus", [](double x) { return std::log1p(std::exp(x)); });
  expect_formula(
      {"LSTM",
       {"HardSigmoid", "ScaledTanh", "Relu"},
       {[](double x) { return std::clamp(0.25 * x + 0.5, 0.0, 1.0); },
        [](double x) { return 1.5 * std::tanh(0.5 * x); }, [](double x) { return std::max(x, 0.0); }},
       {0.25f, 1.5f},
       {0.5f, 0.5f}});
  expect_formula(
      {"GRU", {"Softsign", "Tanh"}, {[](double x) { return x / (1 + std::abs(x)); }, tanh}, {}, {}});
}

TEST(RecurrentSteps, KnowEveryFormOfACell) {
  const auto tanh = [](double x) { return std::tanh(x); };
  const auto relu = [](double x) { return std::max(x, 0.0); };
  for (const bool reverse : {false, true})
    for (const bool states : {false, true}) {
      expect_formula({"RNN", {"Relu"}, {relu}, {}, {}, reverse, states});
      expect_formula({"RNN", {}, {tanh}, {}, {}, reverse, states, false, false, false, 0.5});
      for (const bool option : {false, true}) {
        expect_formula({"GRU", {"Sigmoid", "Relu"}, {sigmoid, relu}, {}, {}, reverse, states, false, option});
        expect_formula(
            {"LSTM", {"Sigmoid", "Relu", "Tanh"}, {sigmoid, relu, tanh}, {}, {}, reverse, states, option});
        expect_formula({"LSTM", {}, {sigmoid, tanh, tanh}, {}, {}, reverse, states, option, false, true});
        expect_formula(
            {"LSTM", {}, {sigmoid, tanh, tanh}, {}, {}, reverse, states, option, false, false, 0.5});
      }
    }
}

TEST(RecurrentSteps, NamesAFunctionThatOnnxHasNot) {
  Case c{"RNN", {"Gelu"}, {}, {}, {}};
  try {
    model(c).import();
    FAIL() << "not refused";
  } catch (const compiler::CompileError& error) {
    EXPECT_NE(std::string(error.what()).find("activation 'Gelu'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace nnp
