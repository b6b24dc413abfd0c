// SPDX-License-Identifier: Apache-2.0
// Rung 1: integer RNN, GRU and LSTM in every form, against the steps of docs/guide/numerics.md in scalar
// code.
#include <fmt/format.h>

#include <cmath>

#include "host_runtime/compare/comparison.h"
#include "tests/unit/reference/chip_double.h"
#include "tests/unit/reference/recurrent_case.h"

namespace nnp {
namespace {

using testing::code_at;
using testing::Random;
using testing::RecurrentCase;
using testing::RecurrentKind;
using Codes = std::vector<std::int64_t>;

std::int64_t saturated(double x, double lo = -32768, double hi = 32767) {
  return static_cast<std::int64_t>(std::min(hi, std::max(lo, std::nearbyint(x))));
}

/// An integer times a factor, as the chip has it: both float32, the product too.
std::int64_t scaled(std::int64_t product, double factor) {
  return saturated(static_cast<double>(static_cast<float>(product) * static_cast<float>(factor)));
}

std::int64_t table16(bool is_tanh, std::int64_t code, double in_scale, double out_scale) {
  const auto entry = [&](std::int64_t i) {
    const double real = in_scale * static_cast<double>(128 * i - 32768),
                 f = is_tanh ? std::tanh(real) : 1 / (1 + std::exp(-real));
    return saturated(f / out_scale, -32767, 32767);
  };
  const std::int64_t u = code + 32768, i = u / 128, f = u % 128;
  const std::int64_t step = (entry(i + 1) - entry(i)) * f + 64;
  return entry(i) + (step >= 0 ? step / 128 : -((-step + 127) / 128));
}

/// The numerics page in 64-bit integers, one batch row and one hidden unit at a time.
class Page {
 public:
  explicit Page(const RecurrentCase& c) : c_(c), s_(static_cast<double>(c.x_quant.scale[0])) {
    for (std::size_t i = 0; i < static_cast<std::size_t>(c.B * c.H); ++i)
      h.push_back(code_at(c.initial_h, i)), cell.push_back(code_at(c.initial_c, i));
    y.resize(static_cast<std::size_t>(c.T) * h.size());
    for (std::int64_t turn = 0; turn < c.T; ++turn) {
      const std::int64_t t = c.kind.reverse ? c.T - 1 - turn : turn;
      const Codes before = h;
      for (std::int64_t b = 0; b < c.B; ++b) step(t, b, before);
      std::ranges::copy(h, y.begin() + static_cast<std::ptrdiff_t>(t * c.B * c.H));
    }
  }
  Codes h, cell, y;

 private:
  std::int64_t of_x(std::int64_t row, std::int64_t t, std::int64_t b) const {
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < c_.I; ++i)
      sum += code_at(c_.W, static_cast<std::size_t>(row * c_.I + i)) *
             code_at(c_.x, static_cast<std::size_t>((t * c_.B + b) * c_.I + i));
    return sum;
  }
  std::int64_t of_h(std::int64_t row, const Codes& values) const {
    std::int64_t sum = 0;
    for (std::int64_t i = 0; i < c_.H; ++i)
      sum += code_at(c_.R, static_cast<std::size_t>(row * c_.H + i)) * values[static_cast<std::size_t>(i)];
    return sum;
  }
  std::int64_t bias(std::int64_t row, bool recurrent) const {
    return code_at(c_.bias, static_cast<std::size_t>(row + (recurrent ? c_.gates * c_.H : 0)));
  }
  std::int64_t drained(std::int64_t row, std::int64_t sum) const {
    return scaled(sum, s_ * static_cast<double>(c_.weight_quant.scale[static_cast<std::size_t>(row)]) * 4096);
  }

  void step(std::int64_t t, std::int64_t b, const Codes& all) {
    const Codes before(all.begin() + static_cast<std::ptrdiff_t>(b * c_.H),
                       all.begin() + static_cast<std::ptrdiff_t>((b + 1) * c_.H));
    const auto gate = [&](std::int64_t index, std::int64_t j) {
      const std::int64_t row = index * c_.H + j;
      return drained(row, of_x(row, t, b) + of_h(row, before) + bias(row, false) + bias(row, true));
    };
    const auto sigmoid = [&](std::int64_t index, std::int64_t j) {
      return table16(false, gate(index, j), 1.0 / 4096, 1.0 / 32768);
    };
    const auto peeping = [&](std::int64_t index, std::int64_t j, std::int64_t c) {
      if (!c_.kind.peeps) return sigmoid(index, j);
      const std::int64_t p = code_at(c_.peepholes, static_cast<std::size_t>(index * c_.H + j));
      const double factor =
          static_cast<double>(c_.peephole_scale) * static_cast<double>(c_.cell_scale) * 4096;
      const auto sum = static_cast<double>(gate(index, j) + scaled(p * c, factor));
      return table16(false, saturated(sum), 1.0 / 4096, 1.0 / 32768);
    };
    const auto tanh = [](std::int64_t code) { return table16(true, code, 1.0 / 4096, 1.0 / 32768); };
    Codes reset;
    for (std::int64_t j = 0; c_.kind.op == ir::Op::gru && j < c_.H; ++j)
      reset.push_back(scaled(sigmoid(1, j) * before[static_cast<std::size_t>(j)], std::ldexp(1, -15)));
    for (std::int64_t j = 0; j < c_.H; ++j) {
      const auto at = static_cast<std::size_t>(b * c_.H + j);
      if (c_.kind.op == ir::Op::rnn) {
        h[at] = table16(true, gate(0, j), 1.0 / 4096, s_);
      } else if (c_.kind.op == ir::Op::lstm) {
        const double s_c = static_cast<double>(c_.cell_scale);
        const std::int64_t kept = scaled(peeping(2, j, cell[at]) * cell[at], std::ldexp(1, -15)),
                           added =
                               scaled(peeping(0, j, cell[at]) * tanh(gate(3, j)), std::ldexp(1, -30) / s_c);
        cell[at] = saturated(static_cast<double>(kept + added));
        h[at] = scaled(peeping(1, j, cell[at]) * table16(true, cell[at], s_c, 1.0 / 32768),
                       std::ldexp(1, -30) / s_);
      } else {
        const std::int64_t row = 2 * c_.H + j;
        std::int64_t sum;
        if (c_.kind.resets_after) {
          const std::int64_t u = drained(row, of_x(row, t, b) + bias(row, false)),
                             v = drained(row, of_h(row, before) + bias(row, true));
          sum = saturated(static_cast<double>(u + scaled(sigmoid(1, j) * v, std::ldexp(1, -15))));
        } else {
          sum = drained(row, of_x(row, t, b) + of_h(row, reset) + bias(row, false) + bias(row, true));
        }
        const std::int64_t z = sigmoid(0, j), n = tanh(sum);
        const std::int64_t fresh = scaled((z - 32768) * n, -std::ldexp(1, -30) / s_),
                           kept = scaled(z * before[static_cast<std::size_t>(j)], std::ldexp(1, -15));
        const auto end = [&](float bound) { return static_cast<double>(bound) / s_; };
        h[at] = saturated(static_cast<double>(fresh + kept), std::max(-32768.0, end(c_.clamp.lo)),
                          std::min(32767.0, end(c_.clamp.hi)));
      }
    }
  }

  const RecurrentCase& c_;
  double s_;
};

const RecurrentKind kKinds[] = {
    {ir::Op::rnn, false, false, true},        {ir::Op::rnn, true, false, false},
    {ir::Op::gru, false, false, true},        {ir::Op::gru, true, false, false},
    {ir::Op::gru, false, true, false},        {ir::Op::gru, true, true, true},
    {ir::Op::lstm, false, false, false},      {ir::Op::lstm, true, false, true},
    {ir::Op::lstm, false, false, true, true}, {ir::Op::lstm, true, false, false, true},
};

template <typename F>
void for_each_case(F&& f) {
  for (std::uint32_t seed = 0; seed < 60; ++seed) {
    const RecurrentKind kind = kKinds[seed % std::size(kKinds)];
    SCOPED_TRACE(fmt::format("seed {}: {}{}{}{}{}", seed, ir::to_string(kind.op),
                             kind.reverse ? " reverse" : "", kind.resets_after ? " linear_before_reset" : "",
                             kind.has_states ? " with states" : "", kind.peeps ? " with peepholes" : ""));
    Random random(seed);
    const ir::Clamp clamp = kind.op == ir::Op::gru && seed % 3 == 0 ? ir::Clamp{-0.5f, 0.25f} : ir::Clamp{};
    f(RecurrentCase(random, kind, random.within(1, 5), random.within(1, 3), random.within(1, 9),
                    random.within(1, 6), clamp));
  }
}

TEST(NaiveRecurrent, IntegersFollowTheStepsOfTheNumericsPage) {
  for_each_case([](const RecurrentCase& c) {
    ASSERT_EQ(ir::verify(c.graph), std::vector<std::string>{});
    const Page page(c);
    reference::Naive naive;
    const auto out = naive.run(c.graph, {c.x});
    for (std::size_t i = 0; i < page.y.size(); ++i) ASSERT_EQ(code_at(out[0], i), page.y[i]) << "Y " << i;
    for (std::size_t i = 0; i < page.h.size(); ++i) ASSERT_EQ(code_at(out[1], i), page.h[i]) << "Y_h " << i;
    for (std::size_t i = 0; out.size() > 2 && i < page.cell.size(); ++i)
      ASSERT_EQ(code_at(out[2], i), page.cell[i]) << "Y_c " << i;
  });
}

TEST(NaiveRecurrent, OneDnnComputesTheSameSums) {
  for_each_case([](const RecurrentCase& c) {
    reference::OneDnn judge;
    const ir::Node& node = c.graph.nodes[0];
    const ir::Tensor sums = reference::accumulators(c.graph, node, {c.x}),
                     judged = judge.accumulators(c.graph, node, {c.x});
    ASSERT_EQ(sums.shape(), (ir::Shape{c.T * c.B, ir::recurrent_shape(c.graph, node).columns}));
    ASSERT_EQ(judged.shape(), sums.shape());
    for (std::size_t i = 0; i < sums.size(); ++i) ASSERT_EQ(code_at(judged, i), code_at(sums, i)) << i;
    const auto verdict = compare::compare_onednn(c.graph, nullptr, {c.x}, testing::run_chip(c.graph, {c.x}));
    EXPECT_EQ(verdict.status, compare::Status::passed) << verdict.reason;
  });
}

TEST(NaiveRecurrent, AWrongSumIsFoundInEveryKind) {
  for_each_case([](const RecurrentCase& c) {
    const ir::Node& node = c.graph.nodes[0];
    const auto size = static_cast<std::size_t>(ir::recurrent_shape(c.graph, node).columns * c.T * c.B);
    compare::ChipEvidence evidence = testing::run_chip(c.graph, {c.x});
    evidence.accumulators[node.name].data<std::int32_t>()[size - 1] += 1;
    EXPECT_EQ(compare::compare_onednn(c.graph, nullptr, {c.x}, evidence).status, compare::Status::failed);
    EXPECT_EQ(compare::compare_naive(c.graph, {c.x}, evidence).status, compare::Status::failed);
  });
}

}  // namespace
}  // namespace nnp
