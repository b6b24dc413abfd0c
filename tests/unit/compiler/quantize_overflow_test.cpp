// SPDX-License-Identifier: Apache-2.0
// No int32 sum of a quantised layer wraps, whatever the inputs: proven when quantising, measured here with
// 64-bit sums.
#include <gtest/gtest.h>

#include <cmath>

#include "compiler/compile_error.h"
#include "compiler/ir/quantized_recurrent.h"
#include "compiler/quantize/quantize.h"
#include "host_runtime/reference/reference.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ValueId;
using isa::Precision;
using test::find_node;
using test::find_value;
using test::GraphMaker;

ir::Graph quantized(const GraphMaker& m, const std::vector<ir::Tensor>& sample, Precision precision) {
  reference::Naive runner;
  ir::Graph graph = compiler::quantize(m.graph, {sample}, runner, precision);
  EXPECT_EQ(test::faults(graph), "");
  return graph;
}

/// Largest |code| that a value takes when the graph runs on these inputs.
std::int64_t largest_code(const ir::Graph& graph, const std::string& name,
                          const std::vector<ir::Tensor>& inputs) {
  std::int64_t largest = 0;
  compiler::FloatRunner::Observer observer;
  observer.see = [&](ValueId id, const ir::Tensor& tensor) {
    if (graph.values[id].name != name) return;
    for (const std::int16_t code : tensor.data<std::int16_t>())
      largest = std::max<std::int64_t>(largest, std::abs(code));
  };
  reference::Naive().run(graph, inputs, observer);
  return largest;
}

/// Largest sum of |weight codes| over the channels of a Gemm [K, N].
std::int64_t largest_weights(const ir::Graph& graph, const std::string& name) {
  const ir::Tensor& weights = *find_value(graph, name).constant;
  const auto columns = static_cast<std::size_t>(weights.shape()[1]);
  std::vector<std::int64_t> sums(columns);
  for (std::size_t i = 0; i < weights.size(); ++i)
    sums[i % columns] += std::abs(weights.data<std::int8_t>()[i]);
  return *std::max_element(sums.begin(), sums.end());
}

GraphMaker wide_gemm(std::int64_t rows, float weight) {
  GraphMaker m;
  const ValueId w =
      m.constant("w", {rows, 2}, std::vector<float>(static_cast<std::size_t>(2 * rows), weight));
  m.output(m.node(Op::gemm, "layer", {m.input("x", {1, rows}), w}, {1, 2}, ir::GemmAttributes{}));
  return m;
}

TEST(QuantizeOverflow, EightBitLayersThatCouldWrapAreRefusedByName) {
  GraphMaker fits = wide_gemm(60000, 0.5f),
             wraps = wide_gemm(70000, 0.5f);  // 127 * 255 * 66312 is the first beyond 2^31
  EXPECT_NO_THROW(quantized(fits, {fits.sample({1, 60000}, 0, 1)}, Precision::int8));
  try {
    quantized(wraps, {wraps.sample({1, 70000}, 0, 1)}, Precision::int8);
    FAIL() << "no CompileError";
  } catch (const compiler::CompileError& error) {
    EXPECT_NE(std::string(error.what()).find("layer 'layer' cannot be quantised"), std::string::npos)
        << error.what();
  }
}

TEST(QuantizeOverflow, SixteenBitInputsKeepToFewerCodesWhereTheirSumsNeedIt) {
  GraphMaker m = wide_gemm(1000, 0.5f);
  const ir::Graph graph = quantized(m, {m.sample({1, 1000}, -1, 1)}, Precision::int8x16);
  const std::int64_t weights = largest_weights(graph, "layer.weights");
  EXPECT_EQ(weights, 127 * 1000);
  const std::int64_t allowed = (std::int64_t{1} << 31) / weights;  // less than 32767
  const ir::Tensor wild = m.sample({1, 1000}, 50, 100);            // far outside of what calibration saw
  const std::int64_t reached = largest_code(graph, "x.quantized", {wild});
  EXPECT_LE(reached, allowed);
  EXPECT_GE(reached, allowed - 2) << "and no fewer than needed";
  EXPECT_LT(reached * weights, std::int64_t{1} << 31);
}

TEST(QuantizeOverflow, LayersThatLeaveNoCodesAreRefused) {
  GraphMaker m = wide_gemm(200000, 0.5f);  // 2^31 / (127 * 200000) = 84 codes
  EXPECT_THROW(quantized(m, {m.sample({1, 200000}, -1, 1)}, Precision::int8x16), compiler::CompileError);
}

TEST(QuantizeOverflow, AProducerBeforeAWideLayerIsClampedToTheCodesItAllows) {
  GraphMaker m;
  const ValueId x = m.input("x", {1, 4}), wide = m.gemm("wide", x, 2000);
  const ValueId w = m.constant("w", {2000, 1}, std::vector<float>(2000, 1.0f));
  m.output(m.node(Op::gemm, "narrow", {wide, w}, {1, 1}, ir::GemmAttributes{}));
  const ir::Graph graph = quantized(m, {m.sample({1, 4}, -0.1f, 0.1f)}, Precision::int8x16);
  EXPECT_TRUE(find_node(graph, "wide").clamp.active());
  const std::int64_t reached = largest_code(graph, "wide", {m.sample({1, 4}, -100, 100)});
  EXPECT_LT(reached * largest_weights(graph, "narrow.weights"), std::int64_t{1} << 31);
  EXPECT_GT(reached, 8000);
}

TEST(QuantizeOverflow, RecurrentSumsStayWithinThirtyTwoBitsForWildInputs) {
  for (const std::int64_t hidden : {8, 300, 700}) {
    GraphMaker m;
    const ValueId x = m.input("x", {3, 1, hidden});
    m.output(m.lstm("l", x, hidden));
    for (const std::size_t input : {1u, 2u}) {  // all weights of one size: the largest sums there are
      for (float& w : m.graph.values[m.graph.nodes[0].inputs[input]].constant->data<float>())
        w = w < 0 ? -0.02f : 0.02f;
    }
    const ir::Graph graph = quantized(m, {m.sample({3, 1, hidden}, -1, 1)}, Precision::int8);
    const ir::RecurrentParams params = ir::recurrent_params(graph, find_node(graph, "l"));
    std::int64_t bias = 0;
    for (const auto& gate : params.sums) bias = std::max<std::int64_t>(bias, std::abs(gate.bias));
    const std::vector<ir::Tensor> wild{m.sample({3, 1, hidden}, -1000, 1000)};
    const std::int64_t code =
        std::max(largest_code(graph, "x.quantized", wild), largest_code(graph, "l.quantized", wild));
    EXPECT_LT(2 * hidden * 127 * code + bias, std::int64_t{1} << 31) << "hidden " << hidden;
    EXPECT_TRUE(hidden > 8 || code >= 32767) << "a small layer uses all codes";
  }
}

}  // namespace
}  // namespace nnp
