// SPDX-License-Identifier: Apache-2.0
// Every judge's sums of reals are within the rounding bound of the exact ones, and so judge the chip's.
#include <cmath>

#include "host_runtime/compare/comparison.h"
#include "tests/unit/reference/judges.h"
#include "tests/unit/reference/recurrent_case.h"

namespace nnp {
namespace {

using compare::Status;
using ir::Op;
using ir::Tensor;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::Random;

/// Exact sums and those of magnitudes, of few enough terms that double holds them.
struct Exact {
  double sum = 0, magnitude = 0;
  std::size_t terms = 0;
  void add(float x, float w) {
    const double product = static_cast<double>(x) * static_cast<double>(w);
    sum += product, magnitude += std::abs(product), ++terms;
  }
  /// Higham's g of the terms, whatever the order of addition.
  double bound() const {
    const double ku = static_cast<double>(terms) * 0x1p-24;
    return ku / (1 - ku) * magnitude + static_cast<double>(terms) * 0x1p-126;
  }
};

class JudgeReals : public ::testing::TestWithParam<const char*> {
 protected:
  void expect_within(const ir::Graph& graph, const reference::Tensors& inputs,
                     const std::vector<Exact>& exact) {
    const Tensor sums = judge_->real_sums(graph, graph.nodes[0], inputs);
    const auto shape = reference::accumulators(graph, graph.nodes[0], inputs).shape();
    ASSERT_EQ(sums.shape(), shape);
    ASSERT_EQ(sums.size(), exact.size());
    for (std::size_t i = 0; i < exact.size(); ++i)
      ASSERT_LE(std::abs(static_cast<double>(sums.data<float>()[i]) - exact[i].sum), exact[i].bound())
          << "sum " << i;
  }
  std::unique_ptr<reference::SumsJudge> judge_ = testing::make_judge(GetParam());
};

INSTANTIATE_TEST_SUITE_P(All, JudgeReals, ::testing::Values("onednn", "cuda"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(JudgeReals, OfConvolutionsAreWithinTheBound) {
  for (std::uint32_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed);
    Random random(seed);
    const ConvCase c = random_conv(random);
    const Tensor x = random.reals(c.x(), -3, 3), w = random.reals(c.w());
    GraphBuilder builder;
    const auto inputs = {builder.input(c.x()), builder.constant(w)};
    const ir::Graph graph = builder.finish({builder.float_node(Op::conv, inputs, c.y(), c.a)});
    std::vector<Exact> exact(static_cast<std::size_t>(c.N * c.K * c.P * c.Q));
    seven_loops(c, [&](auto n, auto k, auto p, auto q, bool inside, std::size_t xi, std::size_t wi) {
      exact[static_cast<std::size_t>(((n * c.P + p) * c.Q + q) * c.K + k)].add(
          inside ? x.data<float>()[xi] : 0.0f, w.data<float>()[wi]);
    });
    expect_within(graph, {x}, exact);
  }
}

TEST_P(JudgeReals, OfProductsWhoseBatchesBroadcastAreWithinTheBound) {
  const std::int64_t M = 3, K = 37, N = 5;
  for (const auto& [left, right] : std::vector<std::pair<ir::Shape, ir::Shape>>{{{}, {}},
                                                                                {{4}, {}},
                                                                                {{2, 3}, {2, 3}},
                                                                                {{2, 3}, {3}},
                                                                                {{2, 3}, {2, 1}},
                                                                                {{3}, {2, 1}},
                                                                                {{1}, {4}},
                                                                                {{2, 3}, {1, 1}}}) {
    Random random(static_cast<std::uint32_t>(left.size() * 8 + right.size()));
    ir::Shape a = left, b = right, y(std::max(left.size(), right.size()));
    for (std::size_t i = 0; i < y.size(); ++i) {  // axes from the last
      const std::int64_t l = i < left.size() ? left[left.size() - 1 - i] : 1,
                         r = i < right.size() ? right[right.size() - 1 - i] : 1;
      y[y.size() - 1 - i] = std::max(l, r);
    }
    const ir::Shape batch = y;
    for (ir::Shape* shape : {&a, &y}) shape->push_back(M);
    b.push_back(K), a.push_back(K), b.push_back(N), y.push_back(N);
    const Tensor x = random.reals(a), w = random.reals(b);
    GraphBuilder builder;
    const auto inputs = {builder.input(a), builder.input(b)};
    const ir::Graph graph = builder.finish({builder.float_node(Op::matmul, inputs, y)});
    std::vector<Exact> exact(static_cast<std::size_t>(ir::element_count(y)));
    // Which matrix of an operand stands at batch i: its own axes of i, those of 1 left out.
    const auto matrix_at = [&](const ir::Shape& own, std::int64_t i) {
      std::int64_t index = 0, step = 1;
      for (std::size_t axis = 0; axis < batch.size(); ++axis) {
        const std::int64_t size = batch[batch.size() - 1 - axis], place = i % size;
        i /= size;
        if (axis >= own.size()) continue;
        const std::int64_t own_size = own[own.size() - 1 - axis];
        index += (own_size == 1 ? 0 : place) * step, step *= own_size;
      }
      return index;
    };
    for (std::int64_t i = 0; i < ir::element_count(batch); ++i)
      for (std::int64_t m = 0; m < M; ++m)
        for (std::int64_t n = 0; n < N; ++n)
          for (std::int64_t k = 0; k < K; ++k)
            exact[static_cast<std::size_t>((i * M + m) * N + n)].add(
                x.data<float>()[static_cast<std::size_t>((matrix_at(left, i) * M + m) * K + k)],
                w.data<float>()[static_cast<std::size_t>((matrix_at(right, i) * K + k) * N + n)]);
    SCOPED_TRACE(::testing::Message()
                 << ::testing::PrintToString(a) << " times " << ::testing::PrintToString(b));
    expect_within(graph, {x, w}, exact);
  }
}

// The chip's sums stand for themselves here: the naive ones, added by ascending k.
TEST_P(JudgeReals, PassTheNaiveSumsOfEveryKindOfLayerAndNoSumThatIsOff) {
  Random random(5);
  GraphBuilder builder;
  const auto x = builder.input({1, 4, 6, 6});
  const ir::ConvAttributes grouped{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 2};
  const auto c =
      builder.float_node(Op::conv, {x, builder.constant(random.reals({6, 2, 3, 3}))}, {1, 6, 6, 6}, grouped);
  const auto f = builder.float_node(Op::flatten, {c}, {1, 216}, ir::AxisAttributes{1});
  const auto g = builder.float_node(Op::gemm, {f, builder.constant(random.reals({8, 216}))}, {1, 8},
                                    ir::GemmAttributes{1, 1, false, true});
  const ir::Graph graph = builder.finish({g});
  const std::vector<Tensor> inputs = {random.reals({1, 4, 6, 6})};
  compare::ChipEvidence evidence;
  reference::Tensors values = reference::initial_values(graph);
  values[graph.inputs[0]] = inputs[0];
  for (const ir::Node& node : graph.nodes) {
    if (node.op != Op::flatten)
      evidence.accumulators[node.name] = reference::accumulators(graph, node, values);
    reference::run_node(graph, node, values);
  }
  evidence.outputs = {values[g]};
  const auto right = compare::compare_layers(*judge_, graph, nullptr, inputs, evidence);
  EXPECT_EQ(right.status, Status::passed) << right.reason;
  EXPECT_EQ(right.layers_compared, 2u);
  EXPECT_EQ(right.compared, 216u + 8u);
  EXPECT_GT(right.bound, 0);
  const std::string last = graph.nodes[2].name;
  evidence.accumulators[last].data<float>()[5] += 0.01f;
  const auto wrong = compare::compare_layers(*judge_, graph, nullptr, inputs, evidence);
  EXPECT_EQ(wrong.reference, GetParam());
  EXPECT_EQ(wrong.status, Status::failed);
  EXPECT_EQ(wrong.mismatches, 1u);
  EXPECT_EQ(wrong.reason.rfind("layer '" + last +
                                   "' accumulator: 1 of 8 values differ beyond rounding, largest by 0.01, "
                                   "first at [0, 5]: chip ",
                               0),
            0u)
      << wrong.reason;
}

}  // namespace
}  // namespace nnp
