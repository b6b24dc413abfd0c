// SPDX-License-Identifier: Apache-2.0
// How far a table of 513 entries and a whole recurrent step may be from real numbers: the bounds hold, for
// every code of a table, and are not much wider than what occurs.
#include "host_runtime/compare/step_distance.h"

#include <cmath>

#include "host_runtime/compare/code_agreement.h"
#include "tests/unit/reference/binary32_steps.h"
#include "tests/unit/reference/recurrent_case.h"

namespace nnp::compare {
namespace {

using ir::Function16;
using nnp::testing::binary32_steps;
using nnp::testing::Random;
using nnp::testing::RecurrentCase;
using nnp::testing::RecurrentKind;

double exact(Function16 function, double x) {
  return function == Function16::sigmoid ? 1 / (1 + std::exp(-x)) : std::tanh(x);
}

struct TableCase {
  Function16 function;
  double in_scale, out_scale;
};

TEST(StepDistance, OfATableHoldsForEveryCodeAndIsNearlyReached) {
  for (const TableCase c : {TableCase{Function16::sigmoid, 0x1p-12, 0x1p-15},
                            {Function16::tanh, 0x1p-12, 0x1p-15},
                            {Function16::tanh, 0x1p-13, 0x1p-15},
                            {Function16::tanh, 0x1p-11, 0x1p-15},
                            {Function16::tanh, 0x1p-12, 1.0 / 9000},
                            {Function16::sigmoid, 0x1p-10, 1.0 / 40000}}) {
    const auto table = ir::table16(c.function, c.in_scale, c.out_scale);
    double fullest = 0;
    for (std::int32_t code = -32768; code <= 32767; ++code) {
      const auto in = static_cast<std::int16_t>(code);
      std::int16_t out = 0;
      numerics::lookup16(&in, table.data(), &out, 1);
      // Every number that rounds to this code, by its ends.
      for (const double part : {-0.5, 0.0, 0.5}) {
        const double x = c.in_scale * (code + part);
        const Near y = through_table(c.function, c.in_scale, c.out_scale, {x, c.in_scale / 2}, x);
        const double apart = std::abs(out * c.out_scale - exact(c.function, x));
        ASSERT_LE(apart, y.apart) << ir::to_string(ir::DType::s16) << " code " << code << " and " << part;
        fullest = std::max(fullest, apart / y.apart);
      }
    }
    EXPECT_GE(fullest, 0.6) << "a bound that is never nearly reached";
  }
}

TEST(StepDistance, OfATableBeyondItsEndIsWhatTheEndLacks) {
  const auto table = ir::table16(Function16::sigmoid, ir::kGateInScale, ir::kGateOutScale);
  const std::int16_t in = 32767;
  std::int16_t out = 0;
  numerics::lookup16(&in, table.data(), &out, 1);
  for (const double x : {8.5, 12.0, 40.0}) {
    const Near y = through_table(Function16::sigmoid, ir::kGateInScale, ir::kGateOutScale,
                                 {x, ir::kGateInScale / 2}, 32767 * ir::kGateInScale);
    const double apart = std::abs(out * ir::kGateOutScale - exact(Function16::sigmoid, x));
    EXPECT_LE(apart, y.apart) << x;
    EXPECT_LE(y.apart, apart + 2 * ir::kGateOutScale) << x;
  }
}

/// A layer on its own, judged by `run`.
LayerAgreement judged(const RecurrentCase& c, const StepRunner& run) {
  reference::Tensors values(c.graph.values.size());
  values[c.graph.inputs[0]] = c.x;
  return code_agreement(c.graph, values, "other", run).at(0);
}

constexpr RecurrentKind kKinds[] = {
    {ir::Op::rnn, false, false, true, false},  {ir::Op::rnn, true, false, false, false},
    {ir::Op::gru, false, true, true, false},   {ir::Op::gru, true, false, true, false},
    {ir::Op::lstm, false, false, true, false}, {ir::Op::lstm, true, false, false, true}};

TEST(StepDistance, HoldsForStepsOfRealNumbersInEveryForm) {
  for (const RecurrentKind kind : kKinds)
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
      Random random(seed);
      RecurrentCase c(random, kind, 4, 3, 5, 16);
      // From sums within a table to sums far beyond its end.
      const auto softer = static_cast<std::int16_t>(1 << (seed % 5));
      for (std::int16_t& code : c.x.data<std::int16_t>()) code = static_cast<std::int16_t>(code / softer);
      const LayerAgreement layer = judged(c, binary32_steps());
      EXPECT_EQ(layer.beyond, 0u) << ir::to_string(kind.op) << ", seed " << seed << ": "
                                  << layer.first_beyond;
      EXPECT_EQ(layer.compared, (kind.op == ir::Op::lstm ? 2u : 1u) * 4 * 3 * 16);
      EXPECT_GE(layer.largest, 1) << "roundings that do not occur";
      EXPECT_LE(layer.allowed, kind.op == ir::Op::gru && !kind.resets_after ? 10 : 5)
          << ir::to_string(kind.op);
    }
}

/// Adds `amount` to the bias of unit `n` in a gate.
StepRunner with_fault(std::size_t gate, std::size_t n, float amount) {
  return binary32_steps([=](ir::Graph& twin) {
    for (const ir::Node& node : twin.nodes)
      if (ir::is_recurrent(node.op)) {
        const auto H = static_cast<std::size_t>(twin.values[node.inputs[ir::recurrent_input::kR]].shape[2]);
        twin.values[node.inputs[ir::recurrent_input::kBias]].constant->data<float>()[gate * H + n] += amount;
      }
  });
}

TEST(StepDistance, IsExceededByAFaultInAnyGateWhichIsNamed) {
  for (const std::size_t gate : {0, 1, 2, 3}) {  // i, o, f, c
    Random random(7);
    RecurrentCase c(random, {ir::Op::lstm, false, false, true, false}, 4, 3, 5, 16);
    for (std::int16_t& code : c.x.data<std::int16_t>()) code = static_cast<std::int16_t>(code / 8);
    const LayerAgreement layer = judged(c, with_fault(gate, 11, 0.1f));
    EXPECT_GT(layer.beyond, 0u) << "gate " << gate;
    const Comparison verdict = settle("ort", {layer});
    EXPECT_EQ(verdict.status, Status::failed);
    EXPECT_NE(verdict.reason.find("layer 'LSTM0' (LSTM): "), std::string::npos) << verdict.reason;
    // Gate o is in h alone.
    EXPECT_NE(verdict.reason.find(gate == 1 ? "first at h of step [" : " of step ["), std::string::npos);
    EXPECT_NE(verdict.reason.find(", 11]: naive "), std::string::npos) << verdict.reason;
    EXPECT_LE(layer.beyond, 2u * 4 * 3) << "one unit's h and c of 4 steps of 3 rows: nothing drifts on";
  }
}

TEST(CodeDistance, IsOneStepOfShortSumsAndMoreOfLongOnesThatCancel) {
  nnp::testing::GraphBuilder b;
  const std::int64_t K = 4096;
  const auto x = b.input({1, K}, ir::DType::s16, nnp::testing::quant(1.0f / 4096)),
             w = b.constant(ir::Tensor::of<std::int8_t>({K, 1}, std::vector<std::int8_t>(K, 127)),
                            {{{1.0f / 128}, 0, 1}});
  const auto fine = b.code_node(ir::Op::gemm, {x, w}, {1, 1}, ir::DType::s16,
                                nnp::testing::quant(1.0f / 4096), ir::GemmAttributes{}),
             coarse = b.code_node(ir::Op::gemm, {x, w}, {1, 1}, ir::DType::s16, nnp::testing::quant(1.0f),
                                  ir::GemmAttributes{}),
             byte = b.code_node(ir::Op::gemm, {x, w}, {1, 1}, ir::DType::u8, nnp::testing::quant(1.0f / 4096),
                                ir::GemmAttributes{});
  const ir::Graph graph = b.finish({fine, coarse, byte});
  reference::Tensors values(graph.values.size());
  values[x] = ir::Tensor(ir::DType::s16, {1, K});
  for (std::int64_t k = 0; k < K; ++k)
    values[x].data<std::int16_t>()[k] = static_cast<std::int16_t>(k % 2 == 0 ? 32767 : -32767);
  const auto allowed = [&](std::size_t i) {
    const ir::Node& node = graph.nodes[i];
    return allowed_distances({graph, node, values}, ir::Tensor(graph.values[node.outputs[0]].type, {1, 1}));
  };
  // norm = 8 * sqrt(K) * 127 / 128 = 508 of x and w; 6 u sqrt(K) (3 norm) in steps of 2^-12.
  const double steps = 6 * 0x1p-24 * (std::sqrt(4097.0) * 3 + 3) * (32767.0 / 4096 * 127 / 128 * 64) * 4096;
  EXPECT_EQ(allowed(0), std::vector<std::int64_t>{1 + static_cast<std::int64_t>(steps)});
  EXPECT_GT(allowed(0)[0], 100);
  EXPECT_EQ(allowed(1), std::vector<std::int64_t>{1});
  EXPECT_EQ(allowed(2), std::vector<std::int64_t>{1}) << "8 bits are coarse enough";
}

TEST(CodeDistance, OfASixteenBitTanhIsThatOfItsTable) {
  nnp::testing::GraphBuilder b;
  const float x_scale = 0x1p-12f, step = 0x1p-15f;
  const auto x = b.input({65536}, ir::DType::s16, nnp::testing::quant(x_scale));
  const ir::Graph graph =
      b.finish({b.code_node(ir::Op::tanh, {x}, {65536}, ir::DType::s16, nnp::testing::quant(step))});
  reference::Tensors values(graph.values.size());
  values[x] = ir::Tensor(ir::DType::s16, {65536});
  for (std::int32_t i = 0; i < 65536; ++i)
    values[x].data<std::int16_t>()[static_cast<std::size_t>(i)] = static_cast<std::int16_t>(i - 32768);
  reference::run_node(graph, graph.nodes[0], values);
  const ir::Tensor& codes = values[graph.outputs[0]];
  const auto allowed = allowed_distances({graph, graph.nodes[0], values}, codes);
  ASSERT_EQ(allowed.size(), 65536u);
  std::int64_t largest = 0;
  for (std::int32_t i = 0; i < 65536; ++i) {
    const auto at = static_cast<std::size_t>(i);
    const float exact_real = static_cast<float>(std::tanh(static_cast<double>(x_scale) * (i - 32768)));
    std::int16_t exact_code = 0;
    numerics::quantize(&exact_real, step, 0, &exact_code, 1);
    const std::int64_t apart = std::abs(codes.data<std::int16_t>()[at] - exact_code);
    ASSERT_LE(apart, allowed[at]) << "code " << i - 32768;
    largest = std::max(largest, apart);
  }
  EXPECT_GE(largest, 2) << "one step would not do";
}

}  // namespace
}  // namespace nnp::compare
