// SPDX-License-Identifier: Apache-2.0
// The file that quantisation leaves, read back by ONNX's own checker and parser, and run node by node after
// an import that knows nothing of how it was made.
#include "compiler/export/onnx_export.h"

#include <gtest/gtest.h>
#include <onnx/checker.h>
#include <onnx/onnx_pb.h>

#include <cmath>

#include "compiler/compile_error.h"
#include "compiler/frontend/frontend.h"
#include "compiler/quantize/quantize.h"
#include "host_runtime/reference/reference.h"
#include "tests/support/random_network.h"
#include "tests/support/random_real_network.h"
#include "tests/unit/compiler/graph_maker.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ValueId;
using test::find_value;
using test::GraphMaker;

onnx::ModelProto parsed(const std::string& bytes) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(bytes));
  EXPECT_NO_THROW(onnx::checker::check_model(model));
  return model;
}

/// One line a node: "Conv(x, w, -) -> y".
std::string outline(const onnx::ModelProto& model) {
  std::string text;
  for (const auto& node : model.graph().node()) {
    text += node.op_type() + "(";
    for (int i = 0; i < node.input_size(); ++i) text += (i == 0 ? "" : ", ") + node.input(i);
    text += ") -> " + node.output(0) + "\n";
  }
  return text;
}

const onnx::TensorProto& initializer(const onnx::ModelProto& model, const std::string& name) {
  for (const auto& tensor : model.graph().initializer())
    if (tensor.name() == name) return tensor;
  throw std::runtime_error("no initializer " + name);
}
template <typename T>
std::vector<T> numbers(const onnx::ModelProto& model, const std::string& name) {
  const std::string& raw = initializer(model, name).raw_data();
  std::vector<T> values(raw.size() / sizeof(T));
  std::memcpy(values.data(), raw.data(), raw.size());
  return values;
}

ir::Graph quantized(const GraphMaker& m, GraphMaker& random,
                    isa::Precision precision = isa::Precision::int8) {
  reference::Naive runner;
  std::vector<ir::Tensor> sample;
  for (const ValueId id : m.graph.inputs) sample.push_back(random.sample(m.shape(id)));
  return compiler::quantize(m.graph, {sample}, runner, precision);
}

/// Outputs of the exported file, imported and run by plain loops.
std::vector<ir::Tensor> run_exported(const compiler::OnnxExport& exported,
                                     const std::vector<ir::Tensor>& inputs) {
  const test::TemporaryFile file(exported.model);
  return test::run(compiler::import_onnx(file.path(), {}), inputs);
}

TEST(OnnxExport, WritesCodesBetweenQuantizeLinearAndDequantizeLinearUnderTheSourcesNames) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 3, 6, 6}), 4, 3, 1);
  m.graph.nodes.back().clamp.lo = 0;
  m.output(m.pool(Op::max_pool, "y", c, 2, 2));
  const compiler::OnnxExport exported = compiler::export_onnx(quantized(m, m));
  const onnx::ModelProto model = parsed(exported.model);
  EXPECT_EQ(model.opset_import(0).version(), 13);
  EXPECT_EQ(exported.opset, 13);
  EXPECT_EQ(outline(model),
            "QuantizeLinear(x, x.scale, x.zero_point) -> x.quantized\n"
            "DequantizeLinear(x.quantized, x.scale, x.zero_point) -> x.dequantized\n"
            "DequantizeLinear(c.weights, c.weights.scale, c.weights.zero_point) -> c.weights.dequantized\n"
            "DequantizeLinear(c.bias, c.bias.scale, c.bias.zero_point) -> c.bias.dequantized\n"
            "Conv(x.dequantized, c.weights.dequantized, c.bias.dequantized) -> c\n"
            "Relu(c) -> c.clamped\n"
            "QuantizeLinear(c.clamped, c.scale, c.zero_point) -> c.quantized\n"
            "DequantizeLinear(c.quantized, c.scale, c.zero_point) -> c.dequantized\n"
            "MaxPool(c.dequantized) -> y.real\n"
            "QuantizeLinear(y.real, y.scale, y.zero_point) -> y.quantized\n"
            "DequantizeLinear(y.quantized, y.scale, y.zero_point) -> y\n");
  EXPECT_EQ(model.graph().input(0).name(), "x");
  EXPECT_EQ(model.graph().output(0).name(), "y");
}

TEST(OnnxExport, HasTheGraphsOwnCodesScalesAndZeroPoints) {
  GraphMaker m;
  m.output(m.gemm("g",
                  m.node(Op::flatten, "f", {m.conv("c", m.input("x", {1, 3, 4, 4}), 4, 3, 1)}, {1, 64},
                         ir::AxisAttributes{1}),
                  5));
  const ir::Graph graph = quantized(m, m);
  const onnx::ModelProto model = parsed(compiler::export_onnx(graph).model);
  for (const auto& [layer, axis] : {std::pair{"c", 0}, std::pair{"g", 1}}) {
    const std::string name = std::string(layer) + ".weights";
    const ir::Value& weights = find_value(graph, name);
    EXPECT_EQ(initializer(model, name).data_type(), onnx::TensorProto::INT8);
    const auto codes = weights.constant->data<std::int8_t>();
    EXPECT_EQ(numbers<std::int8_t>(model, name), std::vector<std::int8_t>(codes.begin(), codes.end()));
    EXPECT_EQ(numbers<float>(model, name + ".scale"), weights.quant->scale);
    for (const std::int8_t zero : numbers<std::int8_t>(model, name + ".zero_point")) EXPECT_EQ(zero, 0);
    for (const auto& node : model.graph().node())
      if (node.input(0) == name) {
        EXPECT_EQ(node.attribute(0).i(), axis) << name;
      }
  }
  EXPECT_EQ(numbers<float>(model, "x.scale"), find_value(graph, "x.quantized").quant->scale);
  EXPECT_EQ(numbers<std::uint8_t>(model, "x.zero_point")[0],
            find_value(graph, "x.quantized").quant->zero_point);
  EXPECT_EQ(initializer(model, "c.bias").data_type(), onnx::TensorProto::INT32);
  const auto scales = numbers<float>(model, "c.bias.scale"), own = numbers<float>(model, "c.weights.scale");
  const double x_scale = numbers<float>(model, "x.scale")[0];
  for (std::size_t n = 0; n < scales.size(); ++n)
    EXPECT_EQ(scales[n], static_cast<float>(x_scale * static_cast<double>(own[n]))) << "channel " << n;
}

TEST(OnnxExport, WritesAClipWithItsEndsAndAMatMulOfActivationsWithZeroPointsOfZero) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 2, 4, 4}), 2, 1);
  m.graph.nodes.back().clamp = {0, 6};
  m.output(c);
  m.output(m.node(Op::matmul, "p", {m.input("a", {1, 3, 4}), m.input("b", {1, 5, 4})}, {1, 3, 5},
                  ir::GemmAttributes{1, 1, false, true}));
  const onnx::ModelProto model = parsed(compiler::export_onnx(quantized(m, m)).model);
  const std::string text = outline(model);
  EXPECT_NE(text.find("Clip(c.real, c.min, c.max) -> c.real.clamped"), std::string::npos) << text;
  EXPECT_EQ(numbers<float>(model, "c.max")[0], 6);
  EXPECT_NE(text.find("Transpose(b.dequantized) -> p.right"), std::string::npos) << text;
  EXPECT_EQ(initializer(model, "b.zero_point").data_type(), onnx::TensorProto::INT8);
  EXPECT_EQ(numbers<std::int8_t>(model, "b.zero_point")[0], 0);
}

TEST(OnnxExport, OfRandomIntegerNetworksComputesTheirOutputsWithinAStep) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 600; ++seed) {
    const ir::Graph graph = test::random_network(seed);
    const compiler::OnnxExport exported = compiler::export_onnx(graph);
    if (exported.opset > 17) continue;     // 16-bit codes: newer than what the importer reads
    if (graph.nodes.size() > 4) continue;  // one layer: a step at the border of two codes cannot grow
    GraphMaker random(static_cast<unsigned>(seed));
    std::vector<ir::Tensor> inputs;
    for (const ValueId id : graph.inputs) inputs.push_back(random.sample(graph.values[id].shape, -4, 4));
    const auto ours = test::run(graph, inputs), theirs = run_exported(exported, inputs);
    for (std::size_t k = 0; k < ours.size(); ++k) {
      float step = 0;
      for (const ir::Node& node : graph.nodes)
        if (node.op == Op::dequantize_linear && node.outputs[0] == graph.outputs[k])
          step = graph.values[node.inputs[0]].quant->scale[0];
      for (std::size_t i = 0; i < ours[k].size(); ++i)
        ASSERT_LE(std::abs(ours[k].data<float>()[i] - theirs[k].data<float>()[i]), step * 1.01f)
            << "test::random_network(" << seed << "), output " << k << ", element " << i;
    }
    ++compared;
  }
  EXPECT_GE(compared, 20);
}

TEST(OnnxExport, OfRandomFloatNetworksComputesTheirOutputs) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const ir::Graph graph = test::random_real_network(seed);
    GraphMaker random(static_cast<unsigned>(seed));
    std::vector<ir::Tensor> inputs;
    for (const ValueId id : graph.inputs) inputs.push_back(random.sample(graph.values[id].shape));
    const compiler::OnnxExport exported = compiler::export_onnx(graph);
    parsed(exported.model);
    EXPECT_LE(test::largest_difference(test::run(graph, inputs), run_exported(exported, inputs)), 1e-5)
        << "test::random_real_network(" << seed << ")";
  }
}

TEST(OnnxExport, HandsOutInnerTensorsWhereAsked) {
  GraphMaker m;
  const ValueId c = m.conv("c", m.input("x", {1, 3, 4, 4}), 4, 1);
  m.output(m.pool(Op::max_pool, "y", c, 2, 2));
  const ir::Graph graph = quantized(m, m);
  const compiler::OnnxExport exported = compiler::export_onnx(graph);
  std::vector<ValueId> codes;
  for (ValueId id = 0; id < graph.values.size(); ++id)
    if (graph.values[id].name == "c" || graph.values[id].name == "y") codes.push_back(id);
  const onnx::ModelProto model = parsed(compiler::with_outputs(exported, graph, codes));
  ASSERT_EQ(model.graph().output_size(), 2) << "y is an output already";
  EXPECT_EQ(model.graph().output(1).name(), "c.quantized");
  EXPECT_EQ(model.graph().output(1).type().tensor_type().elem_type(), onnx::TensorProto::UINT8);
}

/// Of a model that this ONNX library's checker is too old for.
onnx::ModelProto parsed_only(const std::string& bytes) {
  onnx::ModelProto model;
  EXPECT_TRUE(model.ParseFromString(bytes));
  return model;
}

TEST(OnnxExport, WritesSixteenBitCodesInOperatorSet21AsItsFirstWithThem) {
  GraphMaker m;
  m.output(m.gemm("g", m.input("x", {3, 8}), 4));
  const compiler::OnnxExport exported = compiler::export_onnx(quantized(m, m, isa::Precision::int8x16));
  const onnx::ModelProto model = parsed_only(exported.model);
  EXPECT_EQ(exported.opset, 21);
  EXPECT_EQ(model.opset_import(0).version(), 21);
  EXPECT_EQ(model.ir_version(), 10) << "of ONNX 1.16, which brought operator set 21";
  for (const char* name : {"x.zero_point", "g.zero_point"}) {
    EXPECT_EQ(initializer(model, name).data_type(), onnx::TensorProto::INT16) << name;
    EXPECT_EQ(numbers<std::int16_t>(model, name), std::vector<std::int16_t>{0}) << name;
  }
  EXPECT_EQ(initializer(model, "g.weights").data_type(), onnx::TensorProto::INT8);
  const onnx::ModelProto narrow = parsed(compiler::export_onnx(quantized(m, m, isa::Precision::int8)).model);
  EXPECT_EQ(narrow.opset_import(0).version(), 13);
  EXPECT_EQ(narrow.ir_version(), 8);
}

TEST(OnnxExport, WritesAnLstmsCodesWithItsJoinedBiasBesideZeros) {
  constexpr std::int64_t kHidden = 3, kRows = 4 * kHidden;
  GraphMaker m;
  m.output(m.lstm("l", m.input("x", {4, 2, 5}), kHidden));
  const ir::Graph graph = quantized(m, m);
  const onnx::ModelProto model = parsed_only(compiler::export_onnx(graph).model);
  const std::string text = outline(model);
  EXPECT_NE(text.find("LSTM(x.dequantized, l.W.dequantized, l.R.dequantized, l.bias.dequantized) -> "),
            std::string::npos)
      << text;
  for (const auto& [name, terms] : {std::pair{"l.W", 5}, std::pair{"l.R", 3}}) {
    const auto codes = find_value(graph, name).constant->data<std::int8_t>();
    EXPECT_EQ(numbers<std::int8_t>(model, name), std::vector<std::int8_t>(codes.begin(), codes.end()));
    EXPECT_EQ(initializer(model, name).dims(1), kRows);
    EXPECT_EQ(initializer(model, name).dims(2), terms);
    EXPECT_EQ(numbers<float>(model, std::string(name) + ".scale"), find_value(graph, name).quant->scale);
  }
  // Rb's half adds nothing, as the first holds Wb + Rb.
  const auto given = find_value(graph, "l.bias").constant->data<std::int32_t>();
  std::vector<std::int32_t> expected(given.begin(), given.end());
  expected.resize(2 * kRows);
  EXPECT_EQ(numbers<std::int32_t>(model, "l.bias"), expected);
  const auto scales = numbers<float>(model, "l.bias.scale"), rows = numbers<float>(model, "l.W.scale");
  const double x_scale = numbers<float>(model, "x.scale")[0];
  ASSERT_EQ(scales.size(), static_cast<std::size_t>(2 * kRows));
  for (std::size_t i = 0; i < scales.size(); ++i)
    EXPECT_EQ(scales[i], static_cast<float>(x_scale * static_cast<double>(rows[i % rows.size()]))) << i;
}

TEST(OnnxExport, GivesReductionsTheirAxesAsAnOperandWhereTheOperatorSetDoes) {
  GraphMaker m;
  m.output(m.node(Op::reduce, "r", {m.input("x", {2, 6})}, {2, 1},
                  ir::ReduceAttributes{ir::ReduceFunction::max, {1}, true}));
  const onnx::ModelProto wide = parsed_only(
                             compiler::export_onnx(quantized(m, m, isa::Precision::int8x16)).model),
                         narrow = parsed(compiler::export_onnx(quantized(m, m)).model);
  EXPECT_NE(outline(wide).find("ReduceMax(x.dequantized, r.axes)"), std::string::npos) << outline(wide);
  EXPECT_NE(outline(narrow).find("ReduceMax(x.dequantized) ->"), std::string::npos) << outline(narrow);
}

TEST(OnnxExport, RefusesByNameWhatOperatorSet21MeansOtherwise) {
  GraphMaker m;
  ir::PoolAttributes pool;
  pool.kernel[0] = pool.kernel[1] = 2, pool.strides[0] = pool.strides[1] = 2;
  pool.ceil_mode = pool.count_include_pad = true;
  m.output(m.node(Op::average_pool, "p", {m.input("x", {1, 2, 5, 5})}, {1, 2, 3, 3}, pool));
  EXPECT_NO_THROW(compiler::export_onnx(quantized(m, m)));
  try {
    compiler::export_onnx(quantized(m, m, isa::Precision::int8x16));
    FAIL() << "no CompileError";
  } catch (const compiler::CompileError& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("layer 'p' (AveragePool)"), std::string::npos) << text;
    EXPECT_NE(text.find("operator set 19"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace nnp
