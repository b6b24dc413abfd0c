// SPDX-License-Identifier: Apache-2.0
// What does not fit becomes a message that names the node or the value; it never reads past a tensor.
#include <gmock/gmock.h>

#include "host_runtime/reference/reference.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::GraphBuilder;
using ::testing::HasSubstr;

template <typename F>
std::string message(F f) {
  try {
    f();
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "no exception";
}

ir::Graph relu_graph() {
  GraphBuilder builder;
  return builder.finish({builder.float_node(Op::relu, {builder.input({2, 3})}, {2, 3})});
}

TEST(Faults, WrongInputsAreNamedByBothRunners) {
  const ir::Graph graph = relu_graph();
  reference::Naive naive;
  reference::OneDnn onednn;
  for (compiler::FloatRunner* runner :
       {static_cast<compiler::FloatRunner*>(&naive), static_cast<compiler::FloatRunner*>(&onednn)}) {
    EXPECT_THAT(message([&] { runner->run(graph, {}, {}); }), HasSubstr("takes 1 inputs, given 0"));
    EXPECT_THAT(message([&] {
                  runner->run(graph, {Tensor(DType::f32, {3, 2})}, {});
                }),
                HasSubstr("input 'v0' is"));
    EXPECT_THAT(message([&] {
                  runner->run(graph, {Tensor(DType::u8, {2, 3})}, {});
                }),
                HasSubstr("input 'v0' is"));
  }
}

TEST(Faults, GatherNamesAnIndexOutOfRange) {
  GraphBuilder builder;
  const ir::Graph graph = builder.finish({builder.float_node(
      Op::gather, {builder.input({4}), builder.input({1}, DType::i64)}, {1}, ir::AxisAttributes{0})});
  reference::Naive naive;
  for (const std::int64_t index : {4, -5}) {
    const Tensor indices = Tensor::of<std::int64_t>({1}, std::vector<std::int64_t>{index});
    EXPECT_THAT(message([&] {
                  naive.run(graph, {Tensor(DType::f32, {4}), indices});
                }),
                HasSubstr("index " + std::to_string(index) + " at position 0; allowed -4 to 3"));
  }
}

TEST(Faults, ANodeWhoseInputIsNotComputedYetIsNamed) {
  const ir::Graph graph = relu_graph();
  reference::Tensors values(graph.values.size());
  EXPECT_THAT(message([&] { reference::run_node(graph, graph.nodes[0], values); }),
              HasSubstr("node 'Relu0' (Relu): input 'v0'"));
}

TEST(Faults, ShapesThatContradictTheAttributesAreRefused) {
  ir::Graph graph;
  {
    GraphBuilder builder;
    const auto y = builder.float_node(
        Op::conv, {builder.input({1, 1, 4, 4}), builder.constant(Tensor(DType::f32, {1, 1, 3, 3}))},
        {1, 1, 2, 2}, ir::ConvAttributes{{3, 3}, {1, 1}, {1, 1}, {0, 0, 0, 0}, 1});
    graph = builder.finish({y});
  }
  graph.values[graph.outputs[0]].shape = {1, 1, 3, 3};
  reference::Naive naive;
  reference::OneDnn onednn;
  EXPECT_THAT(message([&] {
                naive.run(graph, {Tensor(DType::f32, {1, 1, 4, 4})});
              }),
              HasSubstr("output 3 x 3, its attributes give 2 x 2"));
  EXPECT_THAT(message([&] {
                onednn.run(graph, {Tensor(DType::f32, {1, 1, 4, 4})});
              }),
              HasSubstr("output 3 x 3, its attributes give 2 x 2"));
}

TEST(Faults, IntegerOperatorsWithoutAMeaningAreRefused) {
  ir::Graph graph = relu_graph();
  graph.nodes[0].op = ir::Op::batch_normalization;
  for (ir::Value& value : graph.values) value.type = DType::s16, value.quant = testing::quant(1);
  reference::Naive naive;
  EXPECT_THAT(message([&] {
                naive.run(graph, {Tensor(DType::s16, {2, 3})});
              }),
              HasSubstr("codes cannot be normalised"));
}

TEST(Faults, OperatorsWithoutSumsHaveNone) {
  const ir::Graph graph = relu_graph();
  EXPECT_THAT(message([&] {
                reference::accumulators(graph, graph.nodes[0], {Tensor(DType::f32, {2, 3})});
              }),
              HasSubstr("has no sums"));
}

}  // namespace
}  // namespace nnp
