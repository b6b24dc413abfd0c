// SPDX-License-Identifier: Apache-2.0
// The operators beyond the first chips': well-formed graphs pass, keep their bytes, and each planted fault is
// named.
#include <gtest/gtest.h>

#include <functional>

#include "compiler/ir/onnx_attributes.h"
#include "tests/unit/numerics/graph_builder.h"

namespace nnp::ir {
namespace {

/// x [2, 4, 6, 6] through one node of every new operator; each result is a graph output.
Graph every_operator() {
  Graph g;
  g.name = "every";
  const auto x = add_plain(g, "x", DType::f32, {2, 4, 6, 6});
  const auto seq = add_plain(g, "seq", DType::f32, {5, 2, 3});
  const auto flag = add_plain(g, "flag", DType::b8, {6});
  g.inputs = {x, seq, flag};
  const auto constant = [&](const std::string& name, Shape shape) {
    return add_constant(g, name, shape,
                        std::vector<float>(static_cast<std::size_t>(element_count(shape)), 0.5F));
  };
  const auto emit = [&](Op op, std::vector<ValueId> inputs, Shape shape, Attributes attributes,
                        DType type = DType::f32) {
    const auto y = add_plain(g, "y" + std::to_string(g.nodes.size()), type, std::move(shape));
    add_node(g, op, std::move(inputs), {y}, std::move(attributes));
    g.outputs.push_back(y);
  };
  const Shape same{2, 4, 6, 6};
  emit(Op::unary, {x}, same, UnaryAttributes{UnaryFunction::leaky_relu, 0.1F, 0});
  emit(Op::binary, {x, constant("c", {6})}, same, BinaryAttributes{BinaryFunction::div});
  emit(Op::reduce, {x}, {2, 1, 6, 1}, ReduceAttributes{ReduceFunction::l2, {1, 3}, true});
  emit(Op::concat, {x, x}, {2, 8, 6, 6}, AxisAttributes{1});
  emit(Op::slice, {x}, {2, 4, 6, 3}, SliceAttributes{{0, 0, 0, 5}, {1, 1, 1, -2}});
  emit(Op::pad, {x}, {2, 4, 9, 6}, PadAttributes{PadMode::reflect, {0, 0, 1, 0}, {0, 0, 2, 0}, 0});
  emit(Op::expand, {constant("e", {1, 3})}, {2, 3}, {});
  emit(Op::where, {flag, x, constant("w", {})}, same, {});
  emit(Op::resize, {x}, {2, 4, 12, 6},
       ResizeAttributes{
           ResizeMode::linear, ResizeCoordinates::align_corners, ResizeRounding::floor, {1, 1, 2, 1}, {}});
  ConvTransposeAttributes transpose;
  transpose.kernel[0] = transpose.kernel[1] = 3, transpose.strides[0] = 2, transpose.output_padding[0] = 1;
  emit(Op::conv_transpose, {x, constant("k", {4, 5, 3, 3}), constant("kb", {5})}, {2, 5, 5 * 2 + 3 + 1, 8},
       transpose);
  emit(Op::lrn, {x}, same, LrnAttributes{3});
  emit(Op::instance_normalization, {x, constant("is", {4}), constant("ib", {4})}, same,
       NormalizationAttributes{2});
  emit(Op::layer_normalization, {x, constant("ls", {6, 6})}, same, NormalizationAttributes{2, 1e-3F});
  emit(Op::rnn, {seq, constant("rw", {1, 4, 3}), constant("rr", {1, 4, 4})}, {5, 2, 4},
       RecurrentAttributes{4, true});
  emit(Op::gru, {seq, constant("gw", {1, 12, 3}), constant("gr", {1, 12, 4}), constant("gb", {1, 24})},
       {5, 2, 4}, RecurrentAttributes{4, false, true});
  emit(Op::onnx, {x, kNoValue}, {2},
       OnnxAttributes{"ArgMax", "", 13, encode_attributes({{"axis", std::int64_t{1}}})}, DType::i64);
  emit(Op::softmax, {x, constant("mask", {6, 6})}, same, AxisAttributes{3});
  return g;
}

template <typename T>
T& attributes(Graph& g, Op op) {
  for (Node& node : g.nodes) {
    if (node.op == op) return std::get<T>(node.attributes);
  }
  throw std::logic_error("no such node");
}
Node& node(Graph& g, Op op) {
  for (Node& candidate : g.nodes) {
    if (candidate.op == op) return candidate;
  }
  throw std::logic_error("no such node");
}

TEST(EveryOperator, IsWellFormedAndKeepsItsBytes) {
  const Graph g = every_operator();
  EXPECT_EQ(verify(g), std::vector<std::string>{});
  const auto bytes = serialize(g);
  const Graph back = deserialize(bytes);
  EXPECT_EQ(print(back), print(g));
  EXPECT_EQ(serialize(back), bytes);
}

TEST(EveryOperator, IsCalledByItsOnnxName) {
  Graph g = every_operator();
  EXPECT_EQ(operator_name(node(g, Op::unary)), "LeakyRelu");
  EXPECT_EQ(operator_name(node(g, Op::binary)), "Div");
  EXPECT_EQ(operator_name(node(g, Op::reduce)), "ReduceL2");
  EXPECT_EQ(operator_name(node(g, Op::onnx)), "ArgMax");
  EXPECT_EQ(operator_name(node(g, Op::lrn)), "LRN");
}

TEST(EveryOperator, MultipliesWhatItsDefinitionSays) {
  Graph g = every_operator();
  EXPECT_EQ(macs(g, node(g, Op::conv_transpose)), 2u * 4 * 36 * (5 * 3 * 3));
  EXPECT_EQ(macs(g, node(g, Op::gru)), 5u * 2 * 12 * (3 + 4));
  EXPECT_EQ(macs(g, node(g, Op::reduce)), 0u);
}

struct Fault {
  const char* name;
  std::function<void(Graph&)> plant;
  const char* expected;
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

const Fault kFaults[] = {
    {"FunctionWithItsOwnOp",
     [](Graph& g) { attributes<UnaryAttributes>(g, Op::unary).function = UnaryFunction::relu; },
     "operator of its own"},
    {"AxesTwice",
     [](Graph& g) {
       attributes<ReduceAttributes>(g, Op::reduce).axes = {3, 3};
     },
     "not ascending axes"},
    {"AxisBeyondRank",
     [](Graph& g) {
       attributes<ReduceAttributes>(g, Op::reduce).axes = {1, 4};
     },
     "not ascending axes"},
    {"KeptAxesLost", [](Graph& g) { attributes<ReduceAttributes>(g, Op::reduce).keepdims = false; },
     "expected [2,6]"},
    {"ConcatOtherAxis", [](Graph& g) { attributes<AxisAttributes>(g, Op::concat).axis = 2; },
     "expected [2,4,12,6]"},
    {"SlicePastTheEnd", [](Graph& g) { attributes<SliceAttributes>(g, Op::slice).starts[3] = 3; },
     "element -1 of 6"},
    {"SliceStepZero", [](Graph& g) { attributes<SliceAttributes>(g, Op::slice).steps[0] = 0; }, "step 0"},
    {"ReflectsTooMuch", [](Graph& g) { attributes<PadAttributes>(g, Op::pad).begin[2] = 6; },
     "reflect more than there is"},
    {"ExpandsAway",
     [](Graph& g) {
       g.values[node(g, Op::expand).outputs[0]].shape = {2, 4};
     },
     "does not broadcast"},
    {"ConditionOfFloats", [](Graph& g) { g.values[g.inputs[2]].type = DType::f32; }, "is f32, not b8"},
    {"OneScaleMissing", [](Graph& g) { attributes<ResizeAttributes>(g, Op::resize).scales.pop_back(); },
     "3 scales for 4 axes"},
    {"TransposedPadsTooWide",
     [](Graph& g) { attributes<ConvTransposeAttributes>(g, Op::conv_transpose).pads[1] = 9; },
     "leave nothing"},
    {"LayerAxisBeyondRank",
     [](Graph& g) { attributes<NormalizationAttributes>(g, Op::layer_normalization).axis = 4; },
     "axis 4 is not in"},
    {"GruOfOtherSize", [](Graph& g) { attributes<RecurrentAttributes>(g, Op::gru).hidden_size = 3; },
     "expected [1,9,3]"},
    {"MaskThatDoesNotFit",
     [](Graph& g) {
       node(g, Op::softmax).inputs[1] = g.inputs[0], node(g, Op::softmax).inputs[0] = g.inputs[1];
     },
     "mask 'x'"},
};

class PlantedFault : public ::testing::TestWithParam<Fault> {};

TEST_P(PlantedFault, IsNamed) {
  Graph g = every_operator();
  GetParam().plant(g);
  std::string all;
  for (const std::string& fault : verify(g)) all += fault + "\n";
  EXPECT_NE(all.find(GetParam().expected), std::string::npos) << all;
}

INSTANTIATE_TEST_SUITE_P(Operators, PlantedFault, ::testing::ValuesIn(kFaults),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(OnnxAttributes, KeepEveryKindOfValueAndRefuseEveryPrefix) {
  const std::vector<float> values{1, 2, 3};
  const OnnxAttributeMap attributes{{"i", std::int64_t{-7}},
                                    {"f", 0.5F},
                                    {"s", std::string("DCR")},
                                    {"is", std::vector<std::int64_t>{1, 2}},
                                    {"fs", values},
                                    {"t", Tensor::of<float>({3}, values)}};
  const auto bytes = encode_attributes(attributes);
  const auto back = decode_attributes(bytes);
  ASSERT_EQ(back.size(), attributes.size());
  EXPECT_EQ(std::get<std::int64_t>(back.at("i")), -7);
  EXPECT_EQ(std::get<std::string>(back.at("s")), "DCR");
  EXPECT_EQ(std::get<std::vector<float>>(back.at("fs")), values);
  EXPECT_EQ(std::get<Tensor>(back.at("t")).shape(), Shape{3});
  EXPECT_EQ(encode_attributes(back), bytes);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(decode_attributes(std::span(bytes).first(length)), std::runtime_error) << length;
}

TEST(Half, RoundTripsEveryPatternAndRoundsToEven) {
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    Float16 half;
    half.bits = static_cast<std::uint16_t>(bits);
    const float value = half;
    if (value == value) {
      ASSERT_EQ(Float16(value).bits, bits);
    }
  }
  EXPECT_EQ(float{Float16(2049.0F)}, 2048.0F);  // between 2048 and 2050
  EXPECT_EQ(float{Float16(2051.0F)}, 2052.0F);
  EXPECT_EQ(Float16(65520.0F).bits, 0x7C00u);  // beyond the largest, 65504, by half a step
  EXPECT_EQ(Float16(0x1p-25F).bits, 0u);
  EXPECT_EQ(Float16(0x1.8p-25F).bits, 1u);
}

}  // namespace
}  // namespace nnp::ir
