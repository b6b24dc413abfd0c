// SPDX-License-Identifier: Apache-2.0
// The LSTM of the plain loops, against its formula in float64.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "compiler/ir/half.h"
#include "tests/unit/gpu/memory.h"

namespace nnp::gpu {
namespace {

using testing::Bench;

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

struct States {
  std::vector<double> y, h, c;
};

/// [T, B, I], [4H, I], [4H, H], [4H], [B, H], [B, H].
struct Operands {
  std::vector<float> x, w, r, bias, h, c;
};

States by_formula(const Lstm& l, const Operands& o) {
  const auto at = [](int a, int b, int size) { return static_cast<std::size_t>(a * size + b); };
  States s;
  s.y.resize(static_cast<std::size_t>(l.T * l.B * l.H));
  s.h.assign(o.h.begin(), o.h.end()), s.c.assign(o.c.begin(), o.c.end());
  for (int step = 0; step < l.T; ++step) {
    const int t = l.reverse ? l.T - 1 - step : step;
    const std::vector<double> before = s.h;
    for (int b = 0; b < l.B; ++b)
      for (int unit = 0; unit < l.H; ++unit) {
        double p[4];
        for (int gate = 0; gate < 4; ++gate) {
          const int n = gate * l.H + unit;
          p[gate] = o.bias[static_cast<std::size_t>(n)];
          for (int k = 0; k < l.I; ++k) p[gate] += double{o.w[at(n, k, l.I)]} * o.x[at(t * l.B + b, k, l.I)];
          for (int k = 0; k < l.H; ++k) p[gate] += double{o.r[at(n, k, l.H)]} * before[at(b, k, l.H)];
        }
        double& c = s.c[at(b, unit, l.H)];
        c = sigmoid(p[2]) * c + sigmoid(p[0]) * std::tanh(p[3]);
        s.h[at(b, unit, l.H)] = s.y[at(t * l.B + b, unit, l.H)] = sigmoid(p[1]) * std::tanh(c);
      }
  }
  return s;
}

TEST(LoopsLstm, TakesItsGatesInTheOrderOfOnnxStepByStepForwardsAndBack) {
  for (const bool reverse : {false, true})
    for (const bool from_zero : {false, true}) {
      SCOPED_TRACE(fmt::format("reverse {}, from zero {}", reverse, from_zero));
      std::mt19937 engine(3);
      std::normal_distribution<float> normal;
      const auto numbers = [&](int count) {
        std::vector<float> made(static_cast<std::size_t>(count));
        for (float& x : made) x = normal(engine) / 2;
        return made;
      };
      Bench bench;
      Lstm l;
      l.T = 5, l.B = 3, l.I = 4, l.H = 6, l.reverse = reverse;
      Operands o{numbers(l.T * l.B * l.I), numbers(4 * l.H * l.I), numbers(4 * l.H * l.H),
                 numbers(4 * l.H),         numbers(l.B * l.H),     numbers(l.B * l.H)};
      l.x = bench.place(o.x), l.w = bench.place(o.w), l.r = bench.place(o.r), l.bias = bench.place(o.bias);
      if (from_zero)
        o.h.assign(o.h.size(), 0), o.c.assign(o.c.size(), 0);
      else
        l.first_h = bench.place(o.h), l.first_c = bench.place(o.c);
      const auto states = static_cast<std::size_t>(l.B * l.H), steps = static_cast<std::size_t>(l.T);
      l.y = bench.room<float>(steps * states);
      l.last_h = bench.room<float>(states), l.last_c = bench.room<float>(states);
      bench.run(l);
      const States expected = by_formula(l, o);
      const auto near = [](const std::vector<double>& wanted, const std::vector<float>& got) {
        for (std::size_t i = 0; i < wanted.size(); ++i)
          EXPECT_NEAR(got[i], wanted[i], 1e-5) << "element " << i;
      };
      near(expected.y, bench.read<float>(l.y, steps * states));
      near(expected.h, bench.read<float>(l.last_h, states));
      near(expected.c, bench.read<float>(l.last_c, states));
    }
}

TEST(LoopsLstm, KeepsItsStateInFloat32BetweenStepsAndRoundsWhatItWrites) {
  constexpr std::size_t kSteps = 8;
  Bench bench;
  Lstm l;
  l.T = kSteps, l.H = 1, l.element = Element::bf16;
  const auto zeros = [&](std::size_t count) {
    return bench.place<ir::BFloat16>(std::vector<ir::BFloat16>(count, ir::BFloat16(0)));
  };
  l.x = zeros(kSteps), l.w = zeros(4), l.r = zeros(4);
  // i = 1, o = 1, f = 1: c grows by tanh(bias) a step, h = tanh c.
  const ir::BFloat16 one(100), candidate(0.05F);
  l.bias = bench.place<ir::BFloat16>({one, one, one, candidate});
  l.y = bench.room<ir::BFloat16>(kSteps);
  bench.run(l);
  const auto y = bench.read<ir::BFloat16>(l.y, kSteps);
  const float grown = std::tanh(static_cast<float>(candidate));
  float c = 0;
  ir::BFloat16 rounded(0);
  for (std::size_t t = 0; t < kSteps; ++t) {
    c += grown, rounded = ir::BFloat16(static_cast<float>(rounded) + grown);
    EXPECT_EQ(y[t], ir::BFloat16(std::tanh(c))) << "step " << t;
  }
  ASSERT_NE(ir::BFloat16(std::tanh(static_cast<float>(rounded))), y.back());  // the test can tell
}

}  // namespace
}  // namespace nnp::gpu
