// SPDX-License-Identifier: Apache-2.0
// Tensor and Graph: views, work, text.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/numerics/graph_builder.h"

namespace nnp::ir {
namespace {

TEST(Tensor, KeepsItsElementsAndTheirSize) {
  const std::vector<std::int16_t> values = {1, -2, 3, -4, 5, -6};
  const auto tensor = Tensor::of<std::int16_t>({2, 3}, values);
  EXPECT_EQ(tensor.type(), DType::s16);
  EXPECT_EQ(tensor.bytes().size(), 12u);
  EXPECT_TRUE(std::equal(values.begin(), values.end(), tensor.data<std::int16_t>().begin()));
}

TEST(Tensor, OnlyCodesAndRealsHaveADeviceType) {
  EXPECT_EQ(element_type(DType::u8), isa::ElementType::u8);
  EXPECT_EQ(element_type(DType::s8), isa::ElementType::s8);
  EXPECT_EQ(element_type(DType::s16), isa::ElementType::s16);
  EXPECT_EQ(element_type(DType::f32), isa::ElementType::f32);
  EXPECT_EQ(element_type(DType::bf16), isa::ElementType::bf16);
  EXPECT_THROW(element_type(DType::i64), std::logic_error);
}

TEST(ChannelView, TakesAxisOneOfImagesAndTheLastAxisElsewhere) {
  const auto expect = [](const Shape& shape, std::int64_t pixels, std::int64_t channels) {
    const ChannelView view = channel_view(shape);
    EXPECT_EQ(view.pixels, pixels);
    EXPECT_EQ(view.channels, channels);
  };
  expect({2, 3, 5, 7}, 70, 3);
  expect({4, 9}, 4, 9);
  expect({4, 5, 6}, 20, 6);
  expect({8}, 1, 8);
  expect({}, 1, 1);
  expect({2, 0, 5, 7}, 70, 0);
}

TEST(Macs, FollowTheFormulaOfEachOperator) {
  const Graph net = integer_network();
  EXPECT_EQ(macs(net, net.nodes[1]), 1u * 6 * 5 * 6 * (4 / 2) * 3 * 3);  // N P Q K C/g R S
  EXPECT_EQ(macs(net, net.nodes[5]), 1u * 36 * 10);                      // M K N
  EXPECT_EQ(macs(net, net.nodes[2]), 0u);
  const Graph lstm = float_lstm();
  EXPECT_EQ(macs(lstm, lstm.nodes[0]), 5u * 2 * 4 * 4 * (3 + 4));  // T B 4H (I + H)

  Graph g;
  const auto a = add_plain(g, "a", DType::f32, {2, 3, 4});
  const auto b = add_plain(g, "b", DType::f32, {2, 4, 5});
  const auto y = add_plain(g, "y", DType::f32, {2, 3, 5});
  EXPECT_EQ(macs(g, add_node(g, Op::matmul, {a, b}, {y})), 2u * 3 * 4 * 5);
  GemmAttributes transposed;
  transposed.transpose_b = true;
  const auto c = add_plain(g, "c", DType::f32, {3, 4}), d = add_plain(g, "d", DType::f32, {7, 4}),
             e = add_plain(g, "e", DType::f32, {3, 7});
  EXPECT_EQ(macs(g, add_node(g, Op::gemm, {c, d}, {e}, transposed)), 3u * 4 * 7);
}

TEST(Print, GivesEveryNodeALineWithItsAttributes) {
  const std::string text = print(integer_network());
  EXPECT_NE(
      text.find(
          "Conv(%1, %2, %3) 'Conv1' kernel=3x3 strides=1x1 dilations=1x1 pads=1,1,1,1 group=2 clamp=[0,6]\n"),
      std::string::npos)
      << text;
  EXPECT_NE(text.find("%4 'y' u8[1,6,6,5] {scale=0.05 zero=3} = "), std::string::npos) << text;
  EXPECT_NE(text.find("%2 'w' s8[6,2,3,3] {axis=0 scale[6]=0.01..} constant "), std::string::npos) << text;
  EXPECT_EQ(text, print(integer_network()));
}

TEST(Print, SeesAChangedConstant) {
  Graph changed = integer_network();
  changed.values[2].constant->data<std::int8_t>()[5] ^= 1;
  EXPECT_NE(print(changed), print(integer_network()));
}

TEST(Print, ShowsDanglingIdsInsteadOfFollowingThem) {
  Graph g = float_lstm();
  g.nodes[1].inputs = {4000};
  g.outputs.push_back(5000);
  const std::string text = print(g);
  EXPECT_NE(text.find("Transpose(%4000?)"), std::string::npos) << text;
  EXPECT_NE(text.find("output %5000?"), std::string::npos) << text;
}

TEST(OpNames, AreOnnxOperatorsAndDiffer) {
  std::vector<std::string> names;
  for (int op = 0; op <= static_cast<int>(kLastOp); ++op) names.emplace_back(to_string(static_cast<Op>(op)));
  EXPECT_EQ(names.front(), "Conv");
  EXPECT_EQ(names[static_cast<std::size_t>(Op::dequantize_linear)], "DequantizeLinear");
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::unique(names.begin(), names.end()), names.end());
  EXPECT_EQ(std::find(names.begin(), names.end(), "?"), names.end());
}

}  // namespace
}  // namespace nnp::ir
