// SPDX-License-Identifier: Apache-2.0
// The structure of an integer graph: types, borders, names, shared scales.
#include "compiler/quantize/quantize.h"

#include <gtest/gtest.h>

#include <cmath>

#include "compiler/compile_error.h"
#include "compiler/passes/passes.h"
#include "host_runtime/reference/reference.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using ir::DType;
using ir::Op;
using ir::ValueId;
using isa::Precision;
using test::find_node;
using test::find_value;
using test::GraphMaker;
using test::outline;

std::vector<std::vector<ir::Tensor>> samples(GraphMaker& m, int count = 2) {
  std::vector<std::vector<ir::Tensor>> result;
  for (int i = 0; i < count; ++i) {
    std::vector<ir::Tensor> sample;
    for (const ValueId id : m.graph.inputs) {
      sample.push_back(m.graph.values[id].type == DType::i64 ? ir::Tensor(DType::i64, m.shape(id))
                                                             : m.sample(m.shape(id)));
    }
    result.push_back(std::move(sample));
  }
  return result;
}

ir::Graph quantized(GraphMaker& m, Precision precision = Precision::int8) {
  reference::Naive runner;
  ir::Graph graph = compiler::quantize(m.graph, samples(m), runner, precision);
  EXPECT_EQ(test::faults(graph), "");
  compiler::partition(graph);
  EXPECT_EQ(test::faults(graph), "");
  return graph;
}

std::string types(const ir::Graph& graph) {
  std::string text;
  for (const ir::Node& node : graph.nodes) {
    text += node.name + ":" + ir::to_string(graph.values[node.outputs[0]].type) +
            (node.on_host ? "(host) " : " ");
  }
  return text;
}

float scale(const ir::Graph& graph, const std::string& value) {
  return find_value(graph, value).quant->scale.at(0);
}

TEST(Quantize, PutsTheBorderAtInputsAndOutputsWhichKeepTheirNames) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 3, 6, 6}), 4, 3, 1);
  m.output(m.pool(Op::max_pool, "y", c, 2, 2));
  const ir::Graph graph = quantized(m);
  EXPECT_EQ(outline(graph),
            "QuantizeLinear(x) -> x.quantized\n"
            "Conv(x.quantized, c.weights, c.bias) -> c\n"
            "MaxPool(c) -> y.quantized\n"
            "DequantizeLinear(y.quantized) -> y\n"
            "outputs: y\n");
  EXPECT_EQ(types(graph), "x.quantize:u8(host) c:u8 y:u8 y.dequantize:f32(host) ");
  EXPECT_EQ(find_value(graph, "x").type, DType::f32);
  EXPECT_EQ(find_value(graph, "y").type, DType::f32);
}

TEST(Quantize, LeavesHostWorkInFloatAndConvertsEachValueOnce) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 2, 4, 4}), 2, 1), d = m.conv("d", c, 2, 3, 1);
  m.graph.nodes.back().inputs[1] = m.input("w", {2, 2, 3, 3});  // computed weights are the host's
  const ValueId s = m.same_shape(Op::add, "s", {c, d}), t = m.same_shape(Op::softmax, "t", {c});
  m.graph.nodes.back().attributes = ir::AxisAttributes{1};
  m.output(s);
  m.output(t);
  EXPECT_EQ(types(quantized(m)),
            "x.quantize:u8(host) c:u8 c.dequantize:f32(host) d:f32(host) d.quantize:u8(host) s:u8 "
            "t:u8 s.dequantize:f32(host) t.dequantize:f32(host) ");
}

TEST(Quantize, LeavesAnInputThatOnlyTheHostReads) {
  GraphMaker m;
  const ValueId ids = m.input("ids", {5, 2}, DType::i64), table = m.random("table", {9, 4});
  const ValueId e = m.node(Op::gather, "e", {table, ids}, {5, 2, 4}, ir::AxisAttributes{0});
  m.output(m.gemm("y", m.lstm("l", e, 3), 6));
  const ir::Graph graph = quantized(m);
  EXPECT_EQ(outline(graph),
            "Gather(table, ids) -> e\n"
            "QuantizeLinear(e) -> e.quantized\n"
            "LSTM(e.quantized, l.W, l.R, l.bias) -> l\n"
            "Gemm(l, y.weights, y.bias) -> y.quantized\n"
            "DequantizeLinear(y.quantized) -> y\n"
            "outputs: y\n");
  EXPECT_EQ(types(graph), "e:f32(host) e.quantize:s16(host) l:s16 y:s16 y.dequantize:f32(host) ");
}

TEST(Quantize, CalibratesScalesFromWhatWasSeen) {
  GraphMaker m;
  const ValueId x = m.input("x", {1, 1, 2, 2});
  m.output(
      m.node(Op::conv, "y", {x, m.constant("w", {1, 1, 1, 1}, {-2})}, {1, 1, 2, 2}, ir::ConvAttributes{}));
  reference::Naive runner;
  const auto sample = [](std::vector<float> v) {
    return std::vector{ir::Tensor::of<float>({1, 1, 2, 2}, v)};
  };
  const ir::Graph graph =
      compiler::quantize(m.graph, {sample({0, 1, 2, 3}), sample({-1, 0, 4, 0})}, runner, Precision::int8);
  EXPECT_EQ(scale(graph, "x.quantized"), static_cast<float>(5.0 / 255));   // -1 to 4
  EXPECT_EQ(find_value(graph, "x.quantized").quant->zero_point, 51);       // 255 / 5
  EXPECT_EQ(scale(graph, "y.quantized"), static_cast<float>(10.0 / 255));  // -8 to 2
  EXPECT_EQ(find_value(graph, "y.quantized").quant->zero_point, 204);
  EXPECT_EQ(scale(graph, "y.weights"), static_cast<float>(2.0 / 127));
}

TEST(Quantize, GivesAFusedReluZeroPointZero) {
  GraphMaker m;
  m.output(m.pool(Op::max_pool, "p", m.conv("c", m.input("x", {1, 3, 4, 4}), 4, 1), 1, 1));
  m.graph.nodes[0].clamp.lo = 0;
  const ir::Graph graph = quantized(m);
  EXPECT_EQ(find_value(graph, "c").quant->zero_point, 0);
  EXPECT_EQ(find_node(graph, "c").clamp.lo, 0);
}

TEST(Quantize, SharesOneScaleAlongMaximaAndMovesAndGivesAnAverageItsOwn) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 3, 4, 4}), 4, 1), p = m.pool(Op::max_pool, "p", c, 2, 2);
  const ValueId a = m.pool(Op::average_pool, "a", p, 2, 2),
                f = m.node(Op::flatten, "f", {a}, {1, 4}, ir::AxisAttributes{1});
  m.output(m.gemm("g", f, 3));
  const ir::Graph graph = quantized(m);
  EXPECT_EQ(scale(graph, "p"), scale(graph, "c"));
  EXPECT_EQ(scale(graph, "f"), scale(graph, "a"));
  EXPECT_NE(scale(graph, "a"), scale(graph, "p")) << "an average has a smaller range than what it averages";
}

TEST(Quantize, SharesOneScaleAlongStackedLstms) {
  GraphMaker m;
  const ValueId x = m.input("x", {4, 2, 3}), first = m.lstm("first", x, 5);
  const ValueId r = m.node(Op::reshape, "r", {first}, {4, 2, 5});
  m.output(m.lstm("second", r, 6));
  const ir::Graph graph = quantized(m);
  for (const char* name : {"first", "r", "second.quantized"})
    EXPECT_EQ(scale(graph, name), scale(graph, "x.quantized")) << name;
  EXPECT_EQ(scale(graph, "first"), static_cast<float>(1.0 / 32767)) << "h may reach 1, x stayed below";
  EXPECT_EQ(find_value(graph, "first.W").quant->scale, find_value(graph, "first.R").quant->scale);
}

TEST(Quantize, GivesAGruTheScaleOfItsInputAndKeepsTheRecurrentBiasOfALateResetApart) {
  for (const bool after : {false, true}) {
    GraphMaker m;
    const ValueId x = m.input("x", {4, 2, 3}), h = m.input("h", {1, 2, 5});
    m.output(m.recurrent(Op::gru, "g", x, 5, false, after));
    m.graph.nodes.back().inputs.resize(6, ir::kNoValue);
    m.graph.nodes.back().inputs[5] = h;
    const ir::Graph graph = quantized(m);
    EXPECT_EQ(types(graph), "x.quantize:s16(host) h.quantize:s16(host) g:s16 g.dequantize:f32(host) ");
    EXPECT_EQ(scale(graph, "h.quantized"), scale(graph, "x.quantized"));
    const auto given = find_value(m.graph, "g.b").constant->data<float>();
    const auto bias = find_value(graph, "g.bias").constant->data<std::int32_t>();
    const auto& w = find_value(graph, "g.W");
    ASSERT_EQ(bias.size(), 30u);
    for (std::size_t row = 0; row < 15; ++row) {
      const bool apart = after && row >= 10;
      const double step =
          static_cast<double>(scale(graph, "x.quantized")) * static_cast<double>(w.quant->scale[row]);
      const double first = static_cast<double>(given[row]), second = static_cast<double>(given[15 + row]);
      EXPECT_NEAR(bias[row], (apart ? first : first + second) / step, 0.51) << row;
      EXPECT_NEAR(bias[15 + row], apart ? second / step : 0, 0.51) << row;
    }
  }
}

// Encoder and decoder, both ways: the cell's scale is its own, and what reads it elsewhere has another.
TEST(Quantize, ConvertsCellStatesThatOtherLayersMakeOrRead) {
  GraphMaker m;
  m.lstm("first", m.input("x", {4, 2, 3}), 5);
  const ValueId c = m.graph.add_value({"c", DType::f32, {1, 2, 5}, {}, {}});
  m.graph.nodes.back().outputs = {ir::kNoValue, ir::kNoValue, c};
  m.output(m.lstm("second", m.input("y", {2, 2, 3}), 5));
  m.graph.nodes.back().inputs.resize(7, ir::kNoValue);
  m.graph.nodes.back().inputs[6] = c;
  m.output(m.gemm("z", c, 2));
  const ir::Graph graph = quantized(m);
  EXPECT_EQ(outline(graph),
            "QuantizeLinear(x) -> x.quantized\n"
            "LSTM(x.quantized, first.W, first.R, first.bias) -> -\n"
            "Clip(first.last_c) -> c\n"
            "Clip(c) -> second.initial_c\n"
            "QuantizeLinear(y) -> y.quantized\n"
            "LSTM(y.quantized, second.W, second.R, second.bias, -, -, second.initial_c) -> second.quantized\n"
            "Gemm(c, z.weights, z.bias) -> z.quantized\n"
            "DequantizeLinear(second.quantized) -> second\n"
            "DequantizeLinear(z.quantized) -> z\n"
            "outputs: second, z\n");
  for (const char* name : {"first", "second"}) {
    const float own = std::get<ir::LstmAttributes>(find_node(graph, name).attributes).cell_scale;
    const std::string state = std::string(name) == "first" ? "first.last_c" : "second.initial_c";
    EXPECT_EQ(scale(graph, state), own);
    EXPECT_EQ(std::exp2(std::round(std::log2(own))), own) << "a power of two";
  }
  EXPECT_EQ(find_value(graph, "c").type, DType::s16) << "not eight bits on the way to a cell";
}

TEST(Quantize, HandsALastCellStateOutInSixteenBits) {
  GraphMaker m;
  m.output(m.lstm("l", m.input("x", {4, 2, 3}), 5));
  m.output(m.graph.add_value({"c", DType::f32, {1, 2, 5}, {}, {}}));
  m.graph.nodes.back().outputs[2] = m.graph.outputs[1];
  EXPECT_EQ(types(quantized(m)),
            "x.quantize:s16(host) l:s16 l.last_c.convert:s16 l.dequantize:f32(host) c.dequantize:f32(host) ");
}

TEST(Quantize, TakesAnInitialCellStateFromOutsideInSixteenBits) {
  GraphMaker m;
  const ValueId state = m.input("state", {1, 2, 5});
  m.output(m.lstm("l", m.input("x", {4, 2, 3}), 5));
  m.graph.nodes.back().inputs.resize(7, ir::kNoValue);
  m.graph.nodes.back().inputs[5] = m.graph.nodes.back().inputs[6] = state;  // h and c begin alike
  const ir::Graph graph = quantized(m);
  EXPECT_EQ(types(graph),
            "l.initial_c.convert:f32(host) x.quantize:s16(host) state.quantize:s16(host) "
            "l.initial_c.quantize:s16(host) l:s16 l.dequantize:f32(host) ");
  EXPECT_EQ(scale(graph, "l.initial_c.quantized"),
            std::get<ir::LstmAttributes>(find_node(graph, "l").attributes).cell_scale);
}

TEST(Quantize, TakesTheCellScaleFromTheCellsSeen) {
  GraphMaker m;
  m.output(m.lstm("l", m.input("x", {6, 2, 3}), 4));
  reference::Naive runner;
  float peak = 0;
  compiler::FloatRunner::Observer observer;
  observer.see_cell = [&](std::size_t, std::span<const float> cells) {
    for (const float cell : cells) peak = std::max(peak, std::abs(cell));
  };
  for (float& bias : m.graph.values[m.graph.nodes[0].inputs[3]].constant->data<float>())
    bias = 1;  // cells grow past 1
  const auto calibration = samples(m);
  const ir::Graph graph = compiler::quantize(m.graph, calibration, runner, Precision::int8);
  for (const auto& sample : calibration) runner.run(m.graph, sample, observer);
  const float scale = std::get<ir::LstmAttributes>(find_node(graph, "l").attributes).cell_scale;
  EXPECT_GT(peak, 1.0f);
  EXPECT_GE(scale * 32767, 2 * peak);
  EXPECT_LT(scale * 32767, 4 * peak);
}

TEST(Quantize, SpreadsSixteenBitsThroughSumsAndProducts) {
  GraphMaker m;
  const ValueId x = m.input("x", {4, 2, 3}), l = m.lstm("l", x, 3),
                g = m.gemm("g", m.input("z", {4, 2, 3}), 3);
  m.output(m.same_shape(Op::sigmoid, "y", {m.same_shape(Op::add, "sum", {l, g})}));
  EXPECT_EQ(types(quantized(m)),
            "x.quantize:s16(host) l:s16 z.quantize:u8(host) g:s16 sum:s16 y:s16 y.dequantize:f32(host) ");
}

TEST(Quantize, Int8x16HasSixteenBitActivationsEverywhere) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 3, 4, 4}), 4, 1), r = m.same_shape(Op::relu, "r", {c});
  m.output(m.conv("d", m.same_shape(Op::mul, "m", {c, r}), 2, 1));
  EXPECT_EQ(types(quantized(m, Precision::int8x16)),
            "x.quantize:s16(host) c:s16 r:s16 m:s16 d:s16 d.dequantize:f32(host) ");
}

TEST(Quantize, GivesConstantOperandsCodes) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 2, 3, 3}), 2, 1);
  m.output(m.same_shape(Op::add, "y", {c, m.constant("k", {1, 2, 3, 3}, std::vector<float>(18, 0.75f))}));
  const ir::Graph graph = quantized(m);
  const ir::Value& k = find_value(graph, "k.quantized");
  ASSERT_TRUE(k.constant.has_value());
  EXPECT_EQ(k.constant->data<std::uint8_t>()[7], 255);
  EXPECT_NEAR(k.quant->scale[0] * 255, 0.75f, 1e-6f);
}

TEST(Quantize, LeavesAnLstmWithComputedWeightsInFloatAndGivesProductsOfActivationsZeroPointsOfZero) {
  GraphMaker m;
  const ValueId l = m.lstm("l", m.input("x", {4, 2, 3}), 3);
  m.graph.nodes.back().inputs[1] = m.input("w", {1, 12, 3});
  m.output(m.node(Op::matmul, "p", {l, m.input("z", {4, 3, 2})}, {4, 2, 2}));
  const ir::Graph graph = quantized(m);
  EXPECT_EQ(types(graph), "l:f32(host) l.quantize:s8(host) z.quantize:s8(host) p:u8 p.dequantize:f32(host) ");
  EXPECT_EQ(find_value(graph, "l.quantized").quant->zero_point, 0);
  EXPECT_EQ(find_value(graph, "z.quantized").quant->zero_point, 0);
}

TEST(Quantize, GivesTheSameGraphTwice) {
  const auto once = [] {
    GraphMaker m(7);
    const ValueId c = m.conv("c", m.input("x", {1, 3, 6, 6}), 4, 3, 1);
    m.output(m.same_shape(Op::add, "y", {c, m.same_shape(Op::tanh, "t", {c})}));
    return ir::serialize(quantized(m));
  };
  EXPECT_EQ(once(), once());
}

TEST(Quantize, RefusesUnfitCalibration) {
  GraphMaker m;
  m.output(m.conv("c", m.input("x", {1, 3, 4, 4}), 4, 1));
  reference::Naive runner;
  const auto message = [&](const std::vector<std::vector<ir::Tensor>>& calibration,
                           Precision precision = Precision::int8) -> std::string {
    try {
      compiler::quantize(m.graph, calibration, runner, precision);
    } catch (const compiler::CompileError& error) {
      return error.what();
    }
    return "(no CompileError)";
  };
  EXPECT_NE(message({}).find("at least one"), std::string::npos);
  EXPECT_NE(message({{}}).find("has 0 tensors; the network has 1 inputs"), std::string::npos);
  EXPECT_NE(
      message({{m.sample({1, 3, 4, 5})}}).find("input 'x' is f32 [1, 3, 4, 5]; expected f32 [1, 3, 4, 4]"),
      std::string::npos);
  ir::Tensor infinite = m.sample({1, 3, 4, 4});
  infinite.data<float>()[3] = INFINITY;
  EXPECT_NE(message({{infinite}}).find("'x' is not finite"), std::string::npos);
  EXPECT_NE(message({{m.sample({1, 3, 4, 4})}}, Precision::fp32).find("int8"), std::string::npos);
}

}  // namespace
}  // namespace nnp
