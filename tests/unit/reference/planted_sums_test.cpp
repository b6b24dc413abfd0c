// SPDX-License-Identifier: Apache-2.0
// Every judge of the chip's sums catches a wrong one where it stands, and a judge that is wrong itself is
// caught by the chip's: what disagrees is never passed over.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/gpu_decorators.h"
#include "tests/unit/reference/chip_double.h"
#include "tests/unit/reference/judges.h"

namespace nnp {
namespace {

using compare::Comparison;
using compare::Status;
using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::quant;
using testing::Random;
using testing::run_chip;
using ::testing::StartsWith;

// conv "one" -> depthwise conv "two" -> flatten -> gemm "three", all of codes.
struct Network {
  Network() {
    Random random(7);
    const auto weights = [&](ir::Shape shape) {
      return random.whole<std::int8_t>(std::move(shape), -30, 30);
    };
    GraphBuilder builder;
    const ir::ConvAttributes same{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1},
        depthwise{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 6};
    const auto x = builder.input({2, 3, 4, 4}, DType::u8, quant(1.0f / 128, 128));
    const auto a = builder.code_node(Op::conv, {x, builder.constant(weights({6, 3, 3, 3}), quant(0.01f))},
                                     {2, 6, 4, 4}, DType::u8, quant(0.02f, 100), same);
    const auto b = builder.code_node(Op::conv, {a, builder.constant(weights({6, 1, 3, 3}), quant(0.01f))},
                                     {2, 6, 4, 4}, DType::s8, quant(0.02f, -3), depthwise);
    const auto c =
        builder.code_node(Op::flatten, {b}, {2, 96}, DType::s8, quant(0.02f, -3), ir::AxisAttributes{1});
    const auto d = builder.code_node(Op::gemm, {c, builder.constant(weights({96, 50}), quant(0.01f))},
                                     {2, 50}, DType::s8, quant(0.2f), ir::GemmAttributes{});
    graph = builder.finish({d});
    graph.nodes[0].name = "one", graph.nodes[1].name = "two", graph.nodes[3].name = "three";
    inputs = {random.codes<std::uint8_t>({2, 3, 4, 4})};
  }
  ir::Graph graph;
  std::vector<Tensor> inputs;
};

Comparison judged(const std::string& judge, const Network& n, const compare::ChipEvidence& evidence) {
  if (judge == "naive") return compare_naive(n.graph, n.inputs, evidence);
  return compare_layers(*testing::make_judge(judge), n.graph, nullptr, n.inputs, evidence);
}

class EveryJudge : public ::testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Sums, EveryJudge, ::testing::Values("naive", "onednn", "cuda"),
                         [](const auto& info) { return std::string(info.param); });

TEST_P(EveryJudge, PassesARightRun) {
  const Network n;
  const Comparison c = judged(GetParam(), n, run_chip(n.graph, n.inputs));
  EXPECT_EQ(c.reference, GetParam());
  EXPECT_EQ(c.status, Status::passed) << c.reason;
  EXPECT_EQ(c.layers_compared, 3u);
}

// A wrong sum of the chip goes on into the layers behind, as on a chip.
TEST_P(EveryJudge, NamesTheFirstLayerWithAWrongSumItsPlaceAndBothValues) {
  const Network n;
  const compare::ChipEvidence right = run_chip(n.graph, n.inputs);
  for (const char* layer : {"one", "two", "three"})
    for (const std::size_t index :
         {std::size_t{0}, std::size_t{53}, right.accumulators.at(layer).size() - 1}) {
      const compare::ChipEvidence evidence = run_chip(n.graph, n.inputs, {layer, index, 30000});
      const Tensor& sums = right.accumulators.at(layer);
      const std::int32_t sum = sums.data<std::int32_t>()[index];
      const auto columns = static_cast<std::size_t>(sums.shape()[1]);
      const Comparison c = judged(GetParam(), n, evidence);
      EXPECT_EQ(c.status, Status::failed);
      EXPECT_THAT(c.reason,
                  StartsWith(fmt::format(
                      "layer '{}' accumulator: 1 of {} values differ, largest by 30000, first at "
                      "[{}, {}]: chip {}, {} {}",
                      layer, sums.size(), index / columns, index % columns, sum + 30000, GetParam(), sum)));
    }
}

TEST_P(EveryJudge, CountsWrongSumsAndFindsTheLargestDifference) {
  const Network n;
  compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  const auto sums = evidence.accumulators["three"].data<std::int32_t>();
  const std::int32_t right = sums[61];
  sums[61] -= 1, sums[62] += 2, sums[99] -= 17;
  const Comparison c = judged(GetParam(), n, evidence);
  EXPECT_EQ(c.mismatches, 3u);
  EXPECT_EQ(c.max_abs_error, 17);
  EXPECT_EQ(c.reason,
            fmt::format("layer 'three' accumulator: 3 of 100 values differ, largest by 17, first at [1, 11]: "
                        "chip {}, {} {}",
                        right - 1, GetParam(), right));
}

// Products run in the order of the layers: one each, as no tile is full.
TEST(SpoiledGpu, IsCaughtByTheChipsSumsAtTheLayerThatItComputedWrongly) {
  const Network n;
  const compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  const char* const layers[] = {"one", "two", "three"};
  for (std::size_t i = 0; i < 3; ++i)
    for (const std::int32_t by : {1, -1}) {
      const auto loops = gpu::loops_gpu();
      test::SpoiledGpu gpu(*loops, {i, 0, by});
      reference::GpuJudge judge(gpu, "cuda");
      const Comparison c = compare_layers(judge, n.graph, nullptr, n.inputs, evidence);
      EXPECT_EQ(c.status, Status::failed);
      EXPECT_EQ(c.mismatches, 1u);
      const std::int32_t sum = evidence.accumulators.at(layers[i]).data<std::int32_t>()[0];
      EXPECT_EQ(c.reason,
                fmt::format("layer '{}' accumulator: 1 of {} values differ, largest by 1, first at [0, 0]: "
                            "chip {}, cuda {}",
                            layers[i], evidence.accumulators.at(layers[i]).size(), sum, sum + by));
    }
}

TEST(SpoiledGpu, IsNotCaughtWhereTheSpoiltProductNeverRuns) {
  const Network n;
  const auto loops = gpu::loops_gpu();
  test::SpoiledGpu gpu(*loops, {3, 0, 1});
  reference::GpuJudge judge(gpu, "cuda");
  EXPECT_EQ(compare_layers(judge, n.graph, nullptr, n.inputs, run_chip(n.graph, n.inputs)).status,
            Status::passed);
}

}  // namespace
}  // namespace nnp
