// SPDX-License-Identifier: Apache-2.0
// Each pass: the outline before and after, and the same float results.
#include <gtest/gtest.h>

#include <limits>

#include "compiler/passes/passes.h"
#include "tests/unit/compiler/expect_pass.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ValueId;
using test::expect_pass;
using test::GraphMaker;
using test::outline;
TEST(FoldConstants, ComputesNodesOfConstants) {
  GraphMaker m;
  const ValueId x = m.input("x", {2, 3}), c = m.random("c", {2, 3}), d = m.random("d", {2, 1});
  const ValueId t = m.node(Op::transpose, "t", {m.same_shape(Op::add, "sum", {c, d})}, {3, 2},
                           ir::TransposeAttributes{{1, 0}});
  m.output(m.node(Op::matmul, "y", {x, t}, {2, 2}));
  expect_pass(m, compiler::fold_constants,
              "Add(c, d) -> sum\n"
              "Transpose(sum) -> t\n"
              "MatMul(x, t) -> y\n"
              "outputs: y\n",
              "MatMul(x, t) -> y\n"
              "outputs: y\n");
}

TEST(FoldConstants, ShortensChainsOfReshapeLikeNodesAndKeepsTheOutputsName) {
  GraphMaker m;
  const ValueId x = m.input("x", {2, 6}), r = m.same_shape(Op::relu, "r", {x});
  const ValueId a = m.node(Op::reshape, "a", {r}, {2, 1, 6}), i = m.same_shape(Op::identity, "i", {a});
  const ValueId s = m.node(Op::squeeze, "s", {i}, {2, 6}), t = m.same_shape(Op::tanh, "t", {s});
  m.output(m.same_shape(Op::identity, "y", {t}));
  expect_pass(m, compiler::fold_constants,
              "Relu(x) -> r\n"
              "Reshape(r) -> a\n"
              "Identity(a) -> i\n"
              "Squeeze(i) -> s\n"
              "Tanh(s) -> t\n"
              "Identity(t) -> y\n"
              "outputs: y\n",
              "Relu(x) -> r\n"
              "Tanh(r) -> y\n"
              "outputs: y\n");
}

TEST(FoldConstants, LeavesAnInputThatIsHandedThrough) {
  GraphMaker m;
  m.output(m.same_shape(Op::identity, "y", {m.input("x", {3})}));
  const std::string same = "Identity(x) -> y\noutputs: y\n";
  expect_pass(m, compiler::fold_constants, same, same);
}

TEST(FoldConstants, MakesOneReshapeOfTransposesThatOnlyMoveOnes) {
  GraphMaker m;
  const ValueId x = m.input("x", {4, 1, 5}),
                a = m.node(Op::transpose, "a", {x}, {1, 5, 4}, ir::TransposeAttributes{{1, 2, 0}});
  m.output(m.node(Op::transpose, "y", {a}, {1, 4, 5}, ir::TransposeAttributes{{0, 2, 1}}));
  expect_pass(m, compiler::fold_constants,
              "Transpose(x) -> a\n"
              "Transpose(a) -> y\n"
              "outputs: y\n",
              "Reshape(x) -> y\n"
              "outputs: y\n");
}

TEST(CanonicaliseMatmul, MakesOneGemmOfMatMulAndAdd) {
  GraphMaker m;
  const ValueId x = m.input("x", {5, 2, 3}), w = m.random("w", {3, 4}), b = m.random("b", {4});
  m.output(m.node(Op::add, "y", {b, m.node(Op::matmul, "p", {x, w}, {5, 2, 4})}, {5, 2, 4}));
  expect_pass(m, compiler::canonicalise_matmul,
              "MatMul(x, w) -> p\n"
              "Add(b, p) -> y\n"
              "outputs: y\n",
              "Gemm(x, w, p.bias) -> y\n"
              "outputs: y\n");
}

TEST(CanonicaliseMatmul, ResolvesTransposesAndFactors) {
  GraphMaker m;
  const ValueId x = m.input("x", {3, 2}), w = m.random("w", {4, 3}), c = m.random("c", {1, 4});
  m.output(m.node(Op::gemm, "y", {x, w, c}, {2, 4}, ir::GemmAttributes{0.5f, -3, true, true}));
  const ir::Graph graph = expect_pass(m, compiler::canonicalise_matmul,
                                      "Gemm(x, w, c) -> y\n"
                                      "outputs: y\n",
                                      "Transpose(x) -> x.transposed\n"
                                      "Gemm(x.transposed, y.weights, y.bias) -> y\n"
                                      "outputs: y\n");
  EXPECT_EQ(graph.values[graph.nodes[1].inputs[1]].shape, (ir::Shape{3, 4}));
  EXPECT_EQ(graph.values[graph.nodes[1].inputs[2]].shape, (ir::Shape{4}));
}

TEST(CanonicaliseMatmul, PutsABiasThatDiffersBetweenRowsIntoAnAdd) {
  GraphMaker m;
  const ValueId x = m.input("x", {2, 3}), w = m.random("w", {3, 4}), c = m.random("c", {2, 1});
  m.output(m.node(Op::gemm, "y", {x, w, c}, {2, 4}, ir::GemmAttributes{1, 2, false, false}));
  expect_pass(m, compiler::canonicalise_matmul,
              "Gemm(x, w, c) -> y\n"
              "outputs: y\n",
              "Mul(c, y.beta) -> y.scaled_c\n"
              "Gemm(x, w) -> y.product\n"
              "Add(y.product, y.scaled_c) -> y\n"
              "outputs: y\n");
}

TEST(CanonicaliseMatmul, LeavesProductsOfTwoComputedMatrices) {
  GraphMaker m;
  m.output(m.node(Op::matmul, "y", {m.input("a", {2, 3}), m.input("b", {3, 2})}, {2, 2}));
  const std::string same = "MatMul(a, b) -> y\noutputs: y\n";
  expect_pass(m, compiler::canonicalise_matmul, same, same);
}

TEST(CanonicaliseMatmul, FlattensALeftSideOfRankFourToRows) {
  GraphMaker m;
  m.output(m.node(Op::matmul, "y", {m.input("x", {2, 3, 5, 4}), m.random("w", {4, 6})}, {2, 3, 5, 6}));
  expect_pass(m, compiler::canonicalise_matmul,
              "MatMul(x, w) -> y\n"
              "outputs: y\n",
              "Reshape(x) -> y.rows\n"
              "Gemm(y.rows, w) -> y.product\n"
              "Reshape(y.product) -> y\n"
              "outputs: y\n");
}

TEST(FlattenIntoConv, ReadsTheImageWhereItLies) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {2, 3, 4, 5}), 6, 1);
  m.output(m.gemm("g", m.node(Op::flatten, "f", {c}, {2, 120}, ir::AxisAttributes{1}), 7));
  const ir::Graph graph = expect_pass(m, compiler::flatten_into_conv,
                                      "Conv(x, c.w, c.b) -> c\n"
                                      "Flatten(c) -> f\n"
                                      "Gemm(f, g.w, g.b) -> g\n"
                                      "outputs: g\n",
                                      "Conv(x, c.w, c.b) -> c\n"
                                      "Flatten(c) -> f\n"
                                      "Conv(c, g.kernel, g.b) -> g.pixels\n"
                                      "Flatten(g.pixels) -> g\n"
                                      "outputs: g\n");
  EXPECT_EQ(graph.values[graph.nodes[2].inputs[1]].shape, (ir::Shape{7, 6, 4, 5}));
}

TEST(FlattenIntoConv, LeavesSinglePixelsAndGraphInputs) {
  GraphMaker pixel;
  const ValueId c = pixel.conv("c", pixel.input("x", {2, 3, 1, 1}), 6, 1);
  pixel.output(pixel.gemm("g", pixel.node(Op::flatten, "f", {c}, {2, 6}, ir::AxisAttributes{1}), 7));
  std::string same = outline(pixel.graph);
  expect_pass(pixel, compiler::flatten_into_conv, same, same);
  GraphMaker input;
  input.output(input.gemm(
      "g", input.node(Op::flatten, "f", {input.input("x", {2, 3, 4, 5})}, {2, 60}, ir::AxisAttributes{1}),
      7));
  same = outline(input.graph);
  expect_pass(input, compiler::flatten_into_conv, same, same);
}

TEST(FuseActivations, PutsReluAndClipIntoTheClampBeforeThem) {
  GraphMaker m;
  const ValueId x = m.input("x", {1, 2, 3, 3}), c = m.same_shape(Op::relu, "r", {m.conv("c", x, 2, 1)});
  const ValueId sum = m.same_shape(Op::add, "a", {c, x});
  const ValueId lo = m.constant("lo", {}, {-0.25f}), hi = m.constant("hi", {}, {0.5f});
  m.output(m.node(Op::clip, "y", {sum, lo, hi}, m.shape(sum)));
  expect_pass(m, compiler::fuse_activations,
              "Conv(x, c.w, c.b) -> c\n"
              "Relu(c) -> r\n"
              "Add(r, x) -> a\n"
              "Clip(a, lo, hi) -> y\n"
              "outputs: y\n",
              "Conv(x, c.w, c.b) -> c [0, inf]\n"
              "Add(c, x) -> y [-0.25, 0.5]\n"
              "outputs: y\n");
}

TEST(FuseActivations, ChainsRangesAndLooksThroughReshapes) {
  GraphMaker m;
  const ValueId g = m.gemm("g", m.input("x", {2, 3}), 4),
                c = m.node(Op::clip, "c", {g, ir::kNoValue, m.constant("hi", {}, {-0.125f})}, {2, 4});
  const ValueId v = m.node(Op::reshape, "v", {c}, {8});
  m.output(m.same_shape(Op::relu, "y", {v}));  // relu(min(x, -1/8)) is 0
  expect_pass(m, compiler::fuse_activations,
              "Gemm(x, g.w, g.b) -> g\n"
              "Clip(g, -, hi) -> c\n"
              "Reshape(c) -> v\n"
              "Relu(v) -> y\n"
              "outputs: y\n",
              "Gemm(x, g.w, g.b) -> g [0, 0]\n"
              "Reshape(g) -> y\n"
              "outputs: y\n");
}

TEST(FuseActivations, LeavesWhatHasAnotherReaderOrNoClamp) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 2, 3, 3}), 2, 1), r = m.same_shape(Op::relu, "r", {c});
  m.output(m.same_shape(Op::relu, "p", {m.same_shape(Op::mul, "m", {r, c})}));
  const std::string same = outline(m.graph);
  expect_pass(m, compiler::fuse_activations, same, same);
}

TEST(GlobalPoolToAverage, CoversTheImageWithOneWindow) {
  GraphMaker m;
  m.output(m.node(Op::global_average_pool, "y", {m.input("x", {2, 3, 4, 5})}, {2, 3, 1, 1}));
  const ir::Graph graph =
      expect_pass(m, compiler::global_pool_to_average, "GlobalAveragePool(x) -> y\noutputs: y\n",
                  "AveragePool(x) -> y\noutputs: y\n");
  EXPECT_EQ(std::get<ir::PoolAttributes>(graph.nodes[0].attributes).kernel[1], 5);
}

TEST(RemoveDeadNodes, DropsUnreadNodesAndUnnamedValues) {
  GraphMaker m;
  const ValueId x = m.input("x", {1, 2, 3, 3}), unread = m.conv("unread", x, 2, 1);
  m.same_shape(Op::relu, "too", {unread});
  m.output(m.same_shape(Op::relu, "y", {x}));
  const ir::Graph graph = expect_pass(m, compiler::remove_dead_nodes,
                                      "Conv(x, unread.w, unread.b) -> unread\n"
                                      "Relu(unread) -> too\n"
                                      "Relu(x) -> y\n"
                                      "outputs: y\n",
                                      "Relu(x) -> y\n"
                                      "outputs: y\n");
  EXPECT_EQ(graph.values.size(), 2u);
}

TEST(Optimise, BringsASmallNetworkToItsCanonicalForm) {
  GraphMaker m;
  const ValueId x = m.input("x", {2, 3, 8, 8});
  const ValueId r = m.same_shape(Op::relu, "r", {m.batch_normalization("n", m.conv("c", x, 4, 3, 1))});
  const ValueId p = m.same_shape(Op::identity, "dropout", {m.pool(Op::max_pool, "p", r, 2, 2)});
  const ValueId f = m.node(Op::reshape, "f", {p}, {2, 64}), w = m.random("w", {5, 64}, -0.1f, 0.1f);
  m.output(m.same_shape(Op::softmax, "y",
                        {m.node(Op::gemm, "g", {f, w}, {2, 5}, ir::GemmAttributes{1, 1, false, true})}));
  m.graph.nodes.back().attributes = ir::AxisAttributes{1};
  expect_pass(m, compiler::optimise, outline(m.graph),
              "Conv(x, c.folded_weights, c.folded_bias) -> n [0, inf]\n"
              "MaxPool(n) -> p\n"
              "Conv(p, g.kernel) -> g.pixels\n"
              "Flatten(g.pixels) -> g\n"
              "Softmax(g) -> y\n"
              "outputs: y\n");
}

/// A chain of random nodes over [N, C, H, W], with side branches.
void random_network(GraphMaker& m, unsigned seed) {
  std::mt19937 random(seed);
  auto name = [n = 0]() mutable { return "v" + std::to_string(n++); };
  ValueId at = m.input("x", {seed % 2 + 1, 2, 6, 6});
  for (int i = 0; i < 8; ++i) {
    const ValueId before = at;
    switch (random() % 9) {
      case 0:
      case 1:
        at = m.conv(name(), at, 2 + i % 3, 1 + 2 * (i % 2), 1);
        break;
      case 2:
        at = m.same_shape(Op::relu, name(), {at});
        break;
      case 3:
        at = m.batch_normalization(name(), at);
        break;
      case 4:
        at = m.same_shape(Op::identity, name(), {at});
        break;
      case 5:
        at = m.same_shape(Op::add, name(), {at, m.same_shape(Op::tanh, name(), {at})});
        break;
      case 6:
        at = m.node(Op::clip, name(), {at, m.constant(name(), {}, {-0.5f})}, m.shape(at));
        break;
      case 7:
        at = m.node(Op::reshape, name(),
                    {m.node(Op::reshape, name(), {at}, {ir::element_count(m.shape(at))})}, m.shape(at));
        break;
      default:
        at = m.pool(Op::max_pool, name(), at, 1, 1);
        break;
    }
    if (random() % 8 == 0) m.output(before);
  }
  const ValueId flat =
      m.node(Op::flatten, name(), {at}, {m.shape(at)[0], ir::element_count(m.shape(at)) / m.shape(at)[0]},
             ir::AxisAttributes{1});
  m.output(m.same_shape(Op::relu, name(), {m.gemm(name(), flat, 3)}));
}

TEST(Optimise, KeepsRulesAndResultsOfRandomNetworks) {
  for (unsigned seed = 0; seed < 200; ++seed) {
    GraphMaker m(seed);
    random_network(m, seed);
    ASSERT_EQ(test::faults(m.graph), "") << "seed " << seed;
    ir::Graph graph = m.graph;
    compiler::optimise(graph);
    ASSERT_EQ(test::faults(graph), "") << "seed " << seed << "\n" << outline(m.graph) << outline(graph);
    const std::vector<ir::Tensor> inputs{m.sample(m.shape(m.graph.inputs[0]))};
    EXPECT_LT(test::largest_difference(test::run(m.graph, inputs), test::run(graph, inputs)), 1e-4)
        << "seed " << seed;
    ir::Graph again = graph;
    compiler::optimise(again);
    EXPECT_EQ(ir::print(again), ir::print(graph)) << "seed " << seed << ": a second round changed something";
  }
}

}  // namespace
}  // namespace nnp
