// SPDX-License-Identifier: Apache-2.0
// Rung 1: the LSTM, float against ONNX's equations and integer against the four steps of
// docs/guide/numerics.md, both in scalar code.
#include "host_runtime/reference/reference.h"
#include "tests/unit/reference/lstm_case.h"

namespace nnp {
namespace {

using ir::Tensor;
using testing::code_at;
using testing::GraphBuilder;
using testing::LstmCase;
using testing::Random;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

TEST(NaiveLstm, FloatFollowsTheEquationsAndShowsEveryCellState) {
  const std::int64_t T = 3, B = 2, I = 3, H = 2;
  Random random(5);
  const Tensor x = random.reals({T, B, I}), W = random.reals({1, 4 * H, I}), R = random.reals({1, 4 * H, H}),
               bias = random.reals({1, 8 * H}), h0 = random.reals({1, B, H}), c0 = random.reals({1, B, H});
  GraphBuilder builder;
  const auto y = builder.value({T, B, H}, ir::DType::f32), y_h = builder.value({1, B, H}, ir::DType::f32),
             y_c = builder.value({1, B, H}, ir::DType::f32);
  builder.node(ir::Op::lstm,
               {builder.input({T, B, I}), builder.constant(W), builder.constant(R), builder.constant(bias),
                ir::kNoValue, builder.constant(h0), builder.constant(c0)},
               {y, y_h, y_c}, ir::LstmAttributes{H, 0});
  std::vector<float> cells;
  reference::Naive naive;
  const auto out =
      naive.run(builder.finish({y, y_h, y_c}), {x}, {{}, [&](std::size_t node, std::span<const float> c) {
                                                       EXPECT_EQ(node, 0u);
                                                       cells.insert(cells.end(), c.begin(), c.end());
                                                     }});
  ASSERT_EQ(cells.size(), static_cast<std::size_t>(T * B * H));
  for (std::int64_t b = 0; b < B; ++b) {
    std::vector<double> h = {h0.data<float>()[static_cast<std::size_t>(b * H)],
                             h0.data<float>()[static_cast<std::size_t>(b * H + 1)]};
    std::vector<double> c = {c0.data<float>()[static_cast<std::size_t>(b * H)],
                             c0.data<float>()[static_cast<std::size_t>(b * H + 1)]};
    for (std::int64_t t = 0; t < T; ++t) {
      const auto gate = [&](std::int64_t index, std::int64_t j) {  // i, o, f, c
        const std::int64_t row = index * H + j;
        double sum = static_cast<double>(bias.data<float>()[static_cast<std::size_t>(row)]) +
                     static_cast<double>(bias.data<float>()[static_cast<std::size_t>(4 * H + row)]);
        for (std::int64_t i = 0; i < I; ++i)
          sum += static_cast<double>(W.data<float>()[static_cast<std::size_t>(row * I + i)]) *
                 static_cast<double>(x.data<float>()[static_cast<std::size_t>((t * B + b) * I + i)]);
        for (std::int64_t i = 0; i < H; ++i)
          sum += static_cast<double>(R.data<float>()[static_cast<std::size_t>(row * H + i)]) *
                 h[static_cast<std::size_t>(i)];
        return sum;
      };
      std::vector<double> next(2);
      for (std::int64_t j = 0; j < H; ++j) {
        const auto at = static_cast<std::size_t>(j);
        c[at] = sigmoid(gate(2, j)) * c[at] + sigmoid(gate(0, j)) * std::tanh(gate(3, j));
        next[at] = sigmoid(gate(1, j)) * std::tanh(c[at]);
        EXPECT_NEAR(static_cast<double>(cells[static_cast<std::size_t>((t * B + b) * H + j)]), c[at], 1e-6);
        EXPECT_NEAR(static_cast<double>(out[0].data<float>()[static_cast<std::size_t>((t * B + b) * H + j)]),
                    next[at], 1e-6);
      }
      h = next;
    }
    for (std::size_t j = 0; j < 2; ++j) {
      EXPECT_NEAR(static_cast<double>(out[1].data<float>()[static_cast<std::size_t>(b * H) + j]), h[j], 1e-6);
      EXPECT_NEAR(static_cast<double>(out[2].data<float>()[static_cast<std::size_t>(b * H) + j]), c[j], 1e-6);
    }
  }
}

TEST(NaiveLstm, FloatTakesABiasThatIsAlreadyJoined) {
  Random random(6);
  const Tensor x = random.reals({2, 1, 2}), W = random.reals({1, 4, 2}), R = random.reals({1, 4, 1}),
               both = random.whole<float>({1, 8}, -3, 3);
  Tensor joined(ir::DType::f32, {1, 4});
  for (std::size_t i = 0; i < 4; ++i)
    joined.data<float>()[i] = both.data<float>()[i] + both.data<float>()[4 + i];
  std::vector<float> results[2];
  for (int i = 0; i < 2; ++i) {
    GraphBuilder builder;
    const auto y = builder.value({2, 1, 1}, ir::DType::f32);
    builder.node(ir::Op::lstm,
                 {builder.input({2, 1, 2}), builder.constant(W), builder.constant(R),
                  builder.constant(i == 0 ? both : joined)},
                 {y}, ir::LstmAttributes{1, 0});
    reference::Naive naive;
    const Tensor out = naive.run(builder.finish({y}), {x}).at(0);
    results[i].assign(out.data<float>().begin(), out.data<float>().end());
  }
  EXPECT_EQ(results[0], results[1]);
}

// ---- Integer.

std::int64_t saturated(double x) {
  return static_cast<std::int64_t>(std::min(32767.0, std::max(-32768.0, std::nearbyint(x))));
}

// The 513-entry table, interpolated, from the definition.
std::int64_t table16(bool is_tanh, std::int64_t code, double in_scale) {
  const auto entry = [&](std::int64_t i) {
    const double real = in_scale * static_cast<double>(128 * i - 32768),
                 f = is_tanh ? std::tanh(real) : sigmoid(real);
    return static_cast<std::int64_t>(std::min(32767.0, std::max(-32767.0, std::nearbyint(f * 32768))));
  };
  const std::int64_t u = code + 32768, i = u / 128, f = u % 128;
  const std::int64_t scaled = (entry(i + 1) - entry(i)) * f + 64;
  return entry(i) + (scaled >= 0 ? scaled / 128 : -((-scaled + 127) / 128));
}

TEST(NaiveLstm, IntegerFollowsTheFourStepsOfTheNumericsPage) {
  for (std::uint32_t seed = 0; seed < 10; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const LstmCase l(random, 4, random.within(1, 3), random.within(1, 9), random.within(1, 6));
    const double s = static_cast<double>(l.x_quant.scale[0]), s_c = static_cast<double>(l.cell_scale);
    std::vector<std::int64_t> h(static_cast<std::size_t>(l.B * l.H)), c(h.size()), y, sums;
    for (std::size_t i = 0; i < h.size(); ++i) h[i] = code_at(l.initial_h, i), c[i] = code_at(l.initial_c, i);
    for (std::int64_t t = 0; t < l.T; ++t) {
      const std::vector<std::int64_t> before = h;
      for (std::int64_t b = 0; b < l.B; ++b) {
        std::vector<std::int64_t> p;
        for (std::int64_t row = 0; row < 4 * l.H; ++row) {
          std::int64_t sum = 0;
          for (std::int64_t i = 0; i < l.I; ++i)
            sum += code_at(l.W, static_cast<std::size_t>(row * l.I + i)) *
                   code_at(l.x, static_cast<std::size_t>((t * l.B + b) * l.I + i));
          for (std::int64_t i = 0; i < l.H; ++i)
            sum += code_at(l.R, static_cast<std::size_t>(row * l.H + i)) *
                   before[static_cast<std::size_t>(b * l.H + i)];
          sums.push_back(sum);
          sum += code_at(l.bias, static_cast<std::size_t>(row)) +
                 code_at(l.bias, static_cast<std::size_t>(4 * l.H + row));
          const float product =
              static_cast<float>(sum) *
              static_cast<float>(
                  s * static_cast<double>(l.weight_quant.scale[static_cast<std::size_t>(row)]) * 4096);
          p.push_back(saturated(static_cast<double>(product)));
        }
        for (std::int64_t j = 0; j < l.H; ++j) {
          const auto gate = [&](std::int64_t index) {
            return table16(index == 3, p[static_cast<std::size_t>(index * l.H + j)], 1.0 / 4096);
          };
          const auto scaled = [](std::int64_t product, double factor) {
            return saturated(static_cast<double>(static_cast<float>(product) * static_cast<float>(factor)));
          };
          std::int64_t& cell = c[static_cast<std::size_t>(b * l.H + j)];
          const std::int64_t kept = scaled(gate(2) * cell, std::ldexp(1, -15)),
                             added = scaled(gate(0) * gate(3), std::ldexp(1, -30) / s_c);
          cell = saturated(static_cast<double>(kept + added));
          h[static_cast<std::size_t>(b * l.H + j)] =
              scaled(gate(1) * table16(true, cell, s_c), std::ldexp(1, -30) / s);
        }
      }
      y.insert(y.end(), h.begin(), h.end());
    }
    reference::Naive naive;
    const auto out = naive.run(l.graph, {l.x});
    for (std::size_t i = 0; i < y.size(); ++i) ASSERT_EQ(code_at(out[0], i), y[i]) << "h " << i;
    for (std::size_t i = 0; i < h.size(); ++i) ASSERT_EQ(code_at(out[1], i), h[i]) << "last h " << i;
    for (std::size_t i = 0; i < c.size(); ++i) ASSERT_EQ(code_at(out[2], i), c[i]) << "last c " << i;
    const Tensor raw = reference::accumulators(l.graph, l.graph.nodes[0], {l.x});
    ASSERT_EQ(raw.shape(), (ir::Shape{l.T * l.B, 4 * l.H}));
    for (std::size_t i = 0; i < sums.size(); ++i) ASSERT_EQ(code_at(raw, i), sums[i]) << "sum " << i;
  }
}

}  // namespace
}  // namespace nnp
