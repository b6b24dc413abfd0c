// SPDX-License-Identifier: Apache-2.0
// First layers in blocks of pixels (lower_blocks.h) have the sums of the convolution as it is written.
#include <fmt/format.h>

#include "host_runtime/reference/gpu/loops_gpu.h"
#include "host_runtime/reference/gpu/lower_blocks.h"
#include "host_runtime/reference/gpu/network_program.h"
#include "host_runtime/reference/reference.h"
#include "tests/unit/reference/graph_builder.h"

namespace nnp::gpu {
namespace {

using ir::DType;
using ir::Op;
using testing::ConvCase;
using testing::GraphBuilder;
using testing::quant;
using testing::Random;

/// Strides of 2 over images of even sizes; sizes of windows and pads anyhow, on each side its own.
ConvCase random_first_layer(Random& random) {
  ConvCase c{};
  c.a.group = 1, c.N = random.within(1, 2), c.C = random.within(1, 4), c.K = random.within(1, 5);
  c.H = 2 * random.within(2, 6), c.W = 2 * random.within(2, 6);
  std::int64_t out[2];
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t size = i == 0 ? c.H : c.W;
    c.a.kernel[i] = random.within(1, std::min<std::int64_t>(size, 7));
    c.a.strides[i] = 2, c.a.dilations[i] = 1;
    c.a.pads[i] = random.within(0, c.a.kernel[i] - 1), c.a.pads[i + 2] = random.within(0, c.a.kernel[i] - 1);
    out[i] = (size + c.a.pads[i] + c.a.pads[i + 2] - c.a.kernel[i]) / 2 + 1;
  }
  c.P = out[0], c.Q = out[1];
  return c;
}

std::vector<ir::Tensor> on_gpu(const ir::Graph& graph, NetworkPrecision precision, const ir::Tensor& x) {
  const auto gpu = loops_gpu();
  NetworkProgram program(*gpu, graph, precision);
  program.set_inputs({x});
  program.program().run();
  return program.outputs();
}

std::size_t differing(const ir::Tensor& a, const ir::Tensor& b) {
  std::size_t count = a.bytes().size() != b.bytes().size();
  for (std::size_t i = 0; count == 0 && i < a.bytes().size(); ++i) count += a.bytes()[i] != b.bytes()[i];
  return count;
}

TEST(FirstLayer, OfCodesQuantisedOnTheGpuGivesTheCodesOfTheNaiveReference) {
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    Random random(seed);
    const ConvCase c = random_first_layer(random);
    const ir::QuantParams sx = quant(0.02f, static_cast<std::int32_t>(random.within(0, 255)));
    GraphBuilder builder;
    const auto codes = builder.code_node(Op::quantize_linear, {builder.input(c.x())}, c.x(), DType::u8, sx);
    const auto y = builder.code_node(Op::conv,
                                     {codes, builder.constant(random.codes<std::int8_t>(c.w()), quant(0.01f)),
                                      builder.constant(random.whole<std::int32_t>({c.K}, -1000, 1000))},
                                     c.y(), DType::s8, quant(0.5f, 3), c.a);
    const ir::Graph graph = builder.finish({y});
    ASSERT_TRUE(takes_blocks(graph, graph.nodes.back()));
    const ir::Tensor x = random.reals(c.x(), -3, 3);
    EXPECT_EQ(
        differing(reference::Naive().run(graph, {x}).at(0), on_gpu(graph, NetworkPrecision::int8, x).at(0)),
        0u)
        << "seed " << seed;
  }
}

TEST(FirstLayer, OfCodesFromOutsideGivesTheCodesOfTheNaiveReference) {
  for (std::uint32_t seed = 0; seed < 50; ++seed) {
    Random random(seed);
    const ConvCase c = random_first_layer(random);
    GraphBuilder builder;
    const auto x =
        builder.input(c.x(), DType::u8, quant(0.02f, static_cast<std::int32_t>(random.within(0, 255))));
    const ir::Graph graph = builder.finish(
        {builder.code_node(Op::conv, {x, builder.constant(random.codes<std::int8_t>(c.w()), quant(0.01f))},
                           c.y(), DType::u8, quant(0.5f, 100), c.a)});
    const ir::Tensor codes = random.codes(DType::u8, c.x());
    EXPECT_EQ(differing(reference::Naive().run(graph, {codes}).at(0),
                        on_gpu(graph, NetworkPrecision::int8, codes).at(0)),
              0u)
        << "seed " << seed;
  }
}

/// Whole numbers whose sums, at most 4 * 49 * 8 + 100, are exact in fp16.
TEST(FirstLayer, OfRealsGivesTheSumsOfTheNaiveReference) {
  for (std::uint32_t seed = 0; seed < 150; ++seed) {
    Random random(seed);
    const ConvCase c = random_first_layer(random);
    GraphBuilder builder;
    const auto x = builder.input(c.x());
    std::vector<ir::ValueId> outputs = {
        builder.float_node(Op::conv,
                           {x, builder.constant(random.whole<float>(c.w(), -2, 2)),
                            builder.constant(random.whole<float>({c.K}, -100, 100))},
                           c.y(), c.a)};
    // Another reader takes the images as they are.
    if (seed % 3 == 0) outputs.push_back(builder.float_node(Op::relu, {x}, c.x()));
    const ir::Graph graph = builder.finish(outputs);
    const ir::Tensor numbers = random.whole<float>(c.x(), -4, 4);
    const auto expected = reference::Naive().run(graph, {numbers});
    for (const NetworkPrecision precision :
         {NetworkPrecision::fp32, NetworkPrecision::tf32, NetworkPrecision::fp16}) {
      const auto got = on_gpu(graph, precision, numbers);
      for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_EQ(differing(expected[i], got.at(i)), 0u)
            << "seed " << seed << ", " << to_string(precision) << ", output " << i;
    }
  }
}

TEST(FirstLayer, KeepsFourChannelsApartOnlyWhereAllItsReadersTakeBlocks) {
  ConvCase c{1, 3, 8, 8, 4, 4, 4, {}};
  c.a.group = 1;
  for (int i = 0; i < 2; ++i) c.a.kernel[i] = 3, c.a.strides[i] = 2, c.a.dilations[i] = 1, c.a.pads[i] = 1;
  Random random(1);
  GraphBuilder builder;
  const auto alone = builder.input(c.x()), shared = builder.input(c.x());
  const auto w = builder.constant(random.reals(c.w()));
  const auto a = builder.float_node(Op::conv, {alone, w}, c.y(), c.a),
             b = builder.float_node(Op::conv, {shared, w}, c.y(), c.a),
             d = builder.float_node(Op::relu, {shared}, c.x());
  const ir::Graph graph = builder.finish({a, b, d});
  EXPECT_EQ(channels_for_blocks(graph, alone), kPixelChannels);
  EXPECT_EQ(channels_for_blocks(graph, shared), c.C);
}

}  // namespace
}  // namespace nnp::gpu
