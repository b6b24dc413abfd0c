// SPDX-License-Identifier: Apache-2.0
// verify(): good graphs pass; each planted fault is named.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/unit/numerics/graph_builder.h"

namespace nnp::ir {
namespace {

TEST(Verify, GoodGraphsHaveNoFaults) {
  for (const Graph& graph : {integer_network(), float_lstm(), integer_lstm(), integer_gru(), Graph{}}) {
    EXPECT_EQ(verify(graph), std::vector<std::string>{}) << graph.name;
  }
}

struct Fault {
  const char* name;
  Graph (*good)();
  std::function<void(Graph&)> plant;
  const char* expected;  // part of one message
};
void PrintTo(const Fault& fault, std::ostream* out) { *out << fault.name; }

template <typename T>
T& attributes(Graph& g, std::size_t node) {
  return std::get<T>(g.nodes[node].attributes);
}

// Nodes of integer_network: 0 QuantizeLinear, 1 Conv, 2 MaxPool, 3 Add, 4 Flatten, 5 Gemm, 6
// DequantizeLinear. Values: 0 x, 1 q, 2 w, 3 bias, 4 y, 5 pooled, 6 sum, 7 flat, 8 b, 9 logits, 10 out.
const Fault kFaults[] = {
    // ids and order
    {"DanglingInput", integer_network, [](Graph& g) { g.nodes[1].inputs[0] = 99; },
     "value 99 does not exist"},
    {"DanglingOutput", integer_network, [](Graph& g) { g.nodes[1].outputs[0] = 99; },
     "value 99 does not exist"},
    {"DanglingGraphInput", integer_network, [](Graph& g) { g.inputs[0] = 99; }, "graph input: value 99"},
    {"DanglingGraphOutput", integer_network, [](Graph& g) { g.outputs[0] = 99; }, "graph output: value 99"},
    {"WrongOrder", integer_network, [](Graph& g) { std::swap(g.nodes[2], g.nodes[3]); },
     "used before it is computed"},
    {"OutputNeverComputed", integer_network, [](Graph& g) { g.nodes.pop_back(); }, "is never computed"},
    {"ComputedTwice", integer_network, [](Graph& g) { g.nodes[3].outputs[0] = 5; }, "has a source already"},
    {"ConstantIsInput", integer_network, [](Graph& g) { g.inputs.push_back(2); }, "has a source already"},
    {"ConstantIsComputed", integer_network, [](Graph& g) { g.nodes[3].outputs[0] = 8; },
     "has a source already"},
    {"NamesClash", integer_network, [](Graph& g) { g.nodes[3].name = g.nodes[2].name; },
     "another node has this name"},
    {"RequiredInputLeftOut", integer_network, [](Graph& g) { g.nodes[1].inputs[1] = kNoValue; },
     "input 1 is required"},
    {"TooFewInputs", integer_network, [](Graph& g) { g.nodes[3].inputs.pop_back(); },
     "1 inputs, allowed are 2 to 2"},
    {"TooManyInputs", integer_network, [](Graph& g) { g.nodes[2].inputs.push_back(1); },
     "2 inputs, allowed are 1 to 1"},
    {"NoOutput", integer_network, [](Graph& g) { g.nodes[1].outputs.clear(); }, "0 outputs"},
    {"OnlyAbsentOutput", integer_network, [](Graph& g) { g.nodes[1].outputs[0] = kNoValue; }, "no output"},
    {"TwoOutputs", integer_network, [](Graph& g) { g.nodes[1].outputs.push_back(10); }, "2 outputs"},
    // values
    {"NegativeDimension", integer_network, [](Graph& g) { g.values[4].shape[2] = -1; }, "negative dimension"},
    {"HugeShape", integer_network,
     [](Graph& g) {
       g.values[4].shape = {1 << 20, 1 << 20, 1 << 20, 1 << 20};
     },
     "2^40"},
    {"ConstantOfOtherType", integer_network, [](Graph& g) { g.values[3].type = DType::f32; },
     "its constant is i32"},
    {"ConstantOfOtherShape", integer_network,
     [](Graph& g) {
       g.values[3].shape = {2, 3};
     },
     "its constant is i32[6]"},
    {"ConstantTooSmall", integer_network,
     [](Graph& g) {
       g.values[3].shape = {7};
       g.values[3].constant->reshape({7});
     },
     "its constant holds 24 bytes"},
    {"ScalesMissing", integer_network, [](Graph& g) { g.values[2].quant->scale.pop_back(); },
     "5 scales where 6 belong"},
    {"NoScale", integer_network, [](Graph& g) { g.values[1].quant->scale.clear(); },
     "0 scales where 1 belong"},
    {"ZeroScale", integer_network, [](Graph& g) { g.values[1].quant->scale[0] = 0; },
     "is not a positive number"},
    {"NanScale", integer_network, [](Graph& g) { g.values[1].quant->scale[0] = std::nanf(""); },
     "is not a positive number"},
    {"AxisBeyondRank", integer_network, [](Graph& g) { g.values[2].quant->axis = 4; }, "quantisation axis 4"},
    {"ZeroPointBeyondType", integer_network, [](Graph& g) { g.values[1].quant->zero_point = 256; },
     "zero point 256"},
    {"ZeroPointOfWeights", integer_network, [](Graph& g) { g.values[2].quant->zero_point = 1; },
     "need zero point 0"},
    {"QuantisedFloat", integer_network,
     [](Graph& g) {
       g.values[0].quant = QuantParams{{1}, 0, -1};
     },
     "f32 carries a quantisation"},
    // attributes
    {"OtherAttributes", integer_network, [](Graph& g) { g.nodes[1].attributes = PoolAttributes{}; },
     "attributes of kind 2"},
    {"ZeroStride", integer_network, [](Graph& g) { attributes<ConvAttributes>(g, 1).strides[0] = 0; },
     "stride 0"},
    {"ZeroDilation", integer_network, [](Graph& g) { attributes<ConvAttributes>(g, 1).dilations[1] = 0; },
     "dilation 0"},
    {"NegativePad", integer_network, [](Graph& g) { attributes<ConvAttributes>(g, 1).pads[2] = -1; },
     "pad -1"},
    {"HugeKernel", integer_network,
     [](Graph& g) { attributes<ConvAttributes>(g, 1).kernel[0] = std::int64_t{1} << 62; }, "kernel 4611"},
    {"KernelBeyondImage", integer_network,
     [](Graph& g) { attributes<ConvAttributes>(g, 1).dilations[0] = 9; }, "larger than the padded image"},
    {"GroupDoesNotDivide", integer_network, [](Graph& g) { attributes<ConvAttributes>(g, 1).group = 3; },
     "group 3 does not divide"},
    {"ZeroGroup", integer_network, [](Graph& g) { attributes<ConvAttributes>(g, 1).group = 0; },
     "group 0 does not divide"},
    {"PoolWindowInPadding", integer_network, [](Graph& g) { attributes<PoolAttributes>(g, 2).pads[0] = 2; },
     "windows without an element"},
    {"EmptyClamp", integer_network,
     [](Graph& g) {
       g.nodes[1].clamp = {6, 0};
     },
     "clamp [6, 0] is empty"},
    {"ClampOfMove", integer_network,
     [](Graph& g) {
       g.nodes[4].clamp = {0, 6};
     },
     "takes no clamp"},
    {"NotAPermutation", float_lstm,
     [](Graph& g) {
       attributes<TransposeAttributes>(g, 1).permutation = {1, 1, 2};
     },
     "not a permutation"},
    {"ShortPermutation", float_lstm,
     [](Graph& g) {
       attributes<TransposeAttributes>(g, 1).permutation = {1, 0};
     },
     "not a permutation"},
    {"AxisOfSoftmax", float_lstm, [](Graph& g) { attributes<AxisAttributes>(g, 2).axis = 3; },
     "axis 3 is not in"},
    {"HiddenSize", float_lstm, [](Graph& g) { attributes<LstmAttributes>(g, 0).hidden_size = 5; },
     "expected [1,20,3]"},
    // shapes
    {"ConvOutput", integer_network, [](Graph& g) { attributes<ConvAttributes>(g, 1).pads[0] = 0; },
     "expected [1,6,5,5]"},
    {"ConvWeights", integer_network, [](Graph& g) { attributes<ConvAttributes>(g, 1).group = 1; },
     "expected [6,4,3,3]"},
    {"PoolOutput", integer_network,
     [](Graph& g) {
       g.values[5].shape = {1, 6, 3, 3};
     },
     "expected [1,6,3,2]"},
    {"AddDoesNotBroadcast", integer_network, [](Graph& g) { g.nodes[3].inputs[1] = 4; }, "do not broadcast"},
    {"AddOutput", integer_network,
     [](Graph& g) {
       g.values[6].shape = {1, 6, 2, 3};
     },
     "expected [1,6,3,2]"},
    {"FlattenCount", integer_network,
     [](Graph& g) {
       g.values[7].shape = {1, 35};
     },
     "number of elements differs"},
    {"GemmInner", integer_network, [](Graph& g) { attributes<GemmAttributes>(g, 5).transpose_b = true; },
     "do not fit"},
    {"GemmOutput", integer_network,
     [](Graph& g) {
       g.values[9].shape = {10, 1};
     },
     "expected [1,10]"},
    {"TransposeOutput", float_lstm,
     [](Graph& g) {
       g.values[6].shape = {5, 2, 4};
     },
     "expected [2,5,4]"},
    {"LstmState", float_lstm,
     [](Graph& g) {
       g.values[3].shape = {1, 2, 5};
     },
     "initial state 'h0' is [1,2,5]"},
    {"LstmOutput", float_lstm,
     [](Graph& g) {
       g.values[4].shape = {5, 1, 2, 4};
     },
     "expected [5,2,4]"},
    // types and quantisation
    {"QuantiseToFloat", integer_network,
     [](Graph& g) {
       g.values[1].type = DType::f32;
       g.values[1].quant.reset();
     },
     "it makes codes of f32"},
    {"DequantiseToCodes", integer_network, [](Graph& g) { g.values[10].type = DType::i32; },
     "it makes f32 of codes"},
    {"CodesWithoutScale", integer_network, [](Graph& g) { g.values[4].quant.reset(); }, "u8 without a scale"},
    {"FloatAmongCodes", integer_network,
     [](Graph& g) {
       g.values[6].type = DType::f32;
       g.values[6].quant.reset();
     },
     "f32 beside integer operands"},
    {"MovedCodesChangeScale", integer_network, [](Graph& g) { g.values[7].quant->scale[0] = 1; },
     "codes only move"},
    {"PooledCodesChangeZero", integer_network, [](Graph& g) { g.values[5].quant->zero_point = 4; },
     "codes only move"},
    {"ScalesPerChannelOfActivation", integer_network,
     [](Graph& g) {
       g.values[4].quant = QuantParams{{1, 1, 1, 1, 1, 1}, 0, 1};
     },
     "only weights may have"},
    {"WeightScalesOnOtherAxis", integer_network,
     [](Graph& g) {
       g.values[2].quant = QuantParams{{1, 1}, 0, 1};
     },
     "scales along axis 1, expected 0"},
    {"WeightsComputed", integer_network,
     [](Graph& g) {
       g.values[8].constant.reset();
       g.inputs.push_back(8);
     },
     "must be a constant of s8"},
    {"BiasComputed", integer_network,
     [](Graph& g) {
       g.values[3].constant.reset();
       g.inputs.push_back(3);
     },
     "must be a constant of i32"},
    {"AlphaOfIntegerGemm", integer_network, [](Graph& g) { attributes<GemmAttributes>(g, 5).alpha = 2; },
     "alpha = beta = 1"},
    {"CastToPlainIntegers", integer_network,
     [](Graph& g) {
       g.nodes[4].op = Op::cast;
       g.values[7].shape = {1, 6, 3, 2}, g.values[7].type = DType::i32, g.values[7].quant.reset();
       g.nodes.resize(5);
       g.outputs = {7};
     },
     "it converts f32, bf16 and codes"},
    {"FloatAndCodes", float_lstm,
     [](Graph& g) {
       g.values[3].type = DType::s16;
       g.values[3].quant = QuantParams{{1}, 0, -1};
     },
     "beside float operands"},
    {"FloatTypesDiffer", float_lstm, [](Graph& g) { g.values[6].type = DType::i64; }, "the result i64"},
    {"LstmOutputScale", integer_lstm, [](Graph& g) { g.values[4].quant->scale[0] = 1; },
     "must share type and scale"},
    {"LstmZeroPoint", integer_lstm,
     [](Graph& g) {
       g.values[0].quant->zero_point = 1;
       g.values[4].quant->zero_point = 1;
     },
     "s16 with zero point 0"},
    {"LstmRowScales", integer_lstm, [](Graph& g) { g.values[2].quant->scale[3] = 1; },
     "same scale in each row"},
    {"LstmCellScale", integer_lstm, [](Graph& g) { attributes<LstmAttributes>(g, 0).cell_scale = 0; },
     "cell state has no scale"},
    {"LstmCellStateAtAnotherScale", integer_lstm,
     [](Graph& g) {
       const auto c = add_codes(g, "c", DType::s16, {1, 2, 3}, 1.0F / 1024);
       g.nodes[0].outputs.resize(3, kNoValue);
       g.nodes[0].outputs[2] = c, g.outputs.push_back(c);
     },
     "at the cell's scale"},
    {"GruInitialStateAtAnotherScale", integer_gru, [](Graph& g) { g.values[4].quant->scale[0] = 1; },
     "must share type and scale"},
    {"GruRowScales", integer_gru, [](Graph& g) { g.values[2].quant->scale[3] = 1; },
     "same scale in each row"},
    {"GruOfBytes", integer_gru,
     [](Graph& g) {
       for (const ValueId id : {0U, 4U, 5U}) g.values[id].type = DType::u8;
       g.values[4].constant.reset(), g.inputs.push_back(4);
     },
     "must be s16"},
};

class VerifyFault : public testing::TestWithParam<Fault> {};
TEST_P(VerifyFault, IsNamed) {
  const Fault& fault = GetParam();
  Graph graph = fault.good();
  fault.plant(graph);
  const auto faults = verify(graph);
  const bool named = std::any_of(faults.begin(), faults.end(), [&](const std::string& text) {
    return text.find(fault.expected) != std::string::npos;
  });
  std::string all;
  for (const auto& text : faults) all += text + "\n";
  EXPECT_TRUE(named) << "expected '" << fault.expected << "' among:\n" << all;
}
INSTANTIATE_TEST_SUITE_P(Planted, VerifyFault, testing::ValuesIn(kFaults),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(Verify, MatmulFollowsNumpyBroadcasting) {
  const auto fits = [](const Shape& a, const Shape& b, const Shape& y) {
    Graph g;
    const auto left = add_plain(g, "a", DType::f32, a), right = add_plain(g, "b", DType::f32, b),
               out = add_plain(g, "y", DType::f32, y);
    g.inputs = {left, right}, g.outputs = {out};
    add_node(g, Op::matmul, {left, right}, {out});
    return verify(g).empty();
  };
  EXPECT_TRUE(fits({2, 3}, {3, 4}, {2, 4}));
  EXPECT_TRUE(fits({5, 2, 3}, {3, 4}, {5, 2, 4}));
  EXPECT_TRUE(fits({5, 1, 2, 3}, {7, 3, 4}, {5, 7, 2, 4}));
  EXPECT_TRUE(fits({3}, {3, 4}, {4}));
  EXPECT_TRUE(fits({2, 3}, {3}, {2}));
  EXPECT_TRUE(fits({3}, {3}, {}));
  EXPECT_FALSE(fits({2, 3}, {4, 3}, {2, 3}));
  EXPECT_FALSE(fits({5, 2, 3}, {4, 3, 4}, {5, 2, 4}));
  EXPECT_FALSE(fits({}, {3}, {}));
}

TEST(Verify, CeilModeAddsTheWindowThatStartsInsideTheImage) {
  const auto fits = [](std::int64_t size, std::int64_t kernel, std::int64_t stride, std::int64_t pad,
                       bool ceil, std::int64_t out) {
    Graph g;
    const auto x = add_plain(g, "x", DType::f32, {1, 1, size, size}),
               y = add_plain(g, "y", DType::f32, {1, 1, out, out});
    g.inputs = {x}, g.outputs = {y};
    PoolAttributes pool;
    for (int i = 0; i < 2; ++i) pool.kernel[i] = kernel, pool.strides[i] = stride;
    for (auto& p : pool.pads) p = pad;
    pool.ceil_mode = ceil;
    add_node(g, Op::max_pool, {x}, {y}, pool);
    return verify(g).empty();
  };
  EXPECT_TRUE(fits(7, 2, 2, 0, false, 3));
  EXPECT_TRUE(fits(7, 2, 2, 0, true, 4));
  EXPECT_TRUE(fits(5, 2, 3, 1, false, 2));
  EXPECT_TRUE(fits(5, 2, 3, 1, true, 2));  // the third window would start at 2 * 3 - 1 = 5, outside
  EXPECT_FALSE(fits(5, 2, 3, 1, true, 3));
}

}  // namespace
}  // namespace nnp::ir
