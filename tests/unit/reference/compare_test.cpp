// SPDX-License-Identifier: Apache-2.0
// The judges' verdicts: right runs pass, a planted wrong accumulator is found where it was planted, missing
// evidence fails, and agreement that says little is mistrusted.
#include "host_runtime/compare/comparison.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/reference/chip_double.h"
#include "tests/unit/reference/judges.h"

namespace nnp {
namespace {

using compare::Comparison;
using compare::Status;
using ir::DType;
using ir::Op;
using ir::Tensor;
using testing::code_at;
using testing::GraphBuilder;
using ::testing::HasSubstr;
using testing::quant;
using testing::Random;
using testing::run_chip;
using ::testing::StartsWith;

// quantize -> conv "one" -> max pool -> conv "two" -> flatten -> gemm "three" -> dequantize.
struct Network {
  explicit Network(std::int64_t weight_size = 20) {
    Random random(1);
    const auto weights = [&](ir::Shape shape) {
      return random.whole<std::int8_t>(std::move(shape), -weight_size, weight_size);
    };
    GraphBuilder builder;
    const ir::ConvAttributes same{{3, 3}, {1, 1}, {1, 1}, {1, 1, 1, 1}, 1};
    const auto x = builder.code_node(Op::quantize_linear, {builder.input({2, 3, 8, 8})}, {2, 3, 8, 8},
                                     DType::u8, quant(1.0f / 128, 128));
    const auto a = builder.code_node(Op::conv,
                                     {x, builder.constant(weights({6, 3, 3, 3}), quant(0.01f)),
                                      builder.constant(random.whole<std::int32_t>({6}, -500, 500))},
                                     {2, 6, 8, 8}, DType::u8, quant(0.01f, 20), same);
    const auto b = builder.code_node(Op::max_pool, {a}, {2, 6, 4, 4}, DType::u8, quant(0.01f, 20),
                                     ir::PoolAttributes{{2, 2}, {2, 2}, {0, 0, 0, 0}, false, false});
    const auto c = builder.code_node(Op::conv, {b, builder.constant(weights({5, 6, 3, 3}), quant(0.01f))},
                                     {2, 5, 4, 4}, DType::s8, quant(0.05f, -3), same);
    const auto d =
        builder.code_node(Op::flatten, {c}, {2, 80}, DType::s8, quant(0.05f, -3), ir::AxisAttributes{1});
    const auto e = builder.code_node(Op::gemm, {d, builder.constant(weights({80, 4}), quant(0.01f))}, {2, 4},
                                     DType::s8, quant(0.2f), ir::GemmAttributes{});
    graph = builder.finish({builder.float_node(Op::dequantize_linear, {e}, {2, 4})});
    graph.nodes[0].on_host = graph.nodes[6].on_host = true;
    graph.nodes[1].name = "one", graph.nodes[3].name = "two", graph.nodes[5].name = "three";
    inputs = {random.reals({2, 3, 8, 8})};
  }
  // The same network in float, its weights dequantised.
  ir::Graph in_float() const {
    ir::Graph result = graph;
    for (ir::Value& value : result.values) {
      if (value.constant && value.type == DType::i32) {  // the bias of "one": scale s_x s_w
        Tensor real(DType::f32, value.shape);
        for (std::size_t i = 0; i < real.size(); ++i)
          real.data<float>()[i] =
              static_cast<float>(value.constant->data<std::int32_t>()[i]) * (1.0f / 128) * 0.01f;
        value.constant = real;
      } else if (value.constant) {
        Tensor real(DType::f32, value.shape);
        for (std::size_t i = 0; i < real.size(); ++i)
          real.data<float>()[i] = 0.01f * static_cast<float>(value.constant->data<std::int8_t>()[i]);
        value.constant = real;
      }
      value.type = DType::f32, value.quant.reset();
    }
    result.nodes.front().op = result.nodes.back().op = Op::identity;
    EXPECT_TRUE(ir::verify(result).empty());
    return result;
  }
  ir::Graph graph;
  std::vector<Tensor> inputs;
};

Comparison onednn(const Network& n, const compare::ChipEvidence& evidence,
                  const ir::Graph* optimised = nullptr) {
  return compare_onednn(n.graph, optimised, n.inputs, evidence);
}

// 2 * 8 * 8 * 6 + 2 * 4 * 4 * 5 + 2 * 4 sums.
constexpr std::uint64_t kSums = 768 + 160 + 8;

TEST(CompareNaive, ARightRunPassesAndCountsSumsAndOutputs) {
  const Network n;
  const Comparison c = compare_naive(n.graph, n.inputs, run_chip(n.graph, n.inputs));
  EXPECT_EQ(c.reference, "naive");
  EXPECT_EQ(c.status, Status::passed) << c.reason;
  EXPECT_EQ(c.compared, kSums + 8);
  EXPECT_EQ(c.mismatches, 0u);
  EXPECT_EQ(c.layers_compared, 3u);
  EXPECT_EQ(c.reason, "");
}

TEST(CompareOneDnn, ARightRunPassesAndCountsSums) {
  const Network n;
  const Comparison c = onednn(n, run_chip(n.graph, n.inputs));
  EXPECT_EQ(c.reference, "onednn");
  EXPECT_EQ(c.status, Status::passed) << c.reason;
  EXPECT_EQ(c.compared, kSums);
  EXPECT_EQ(c.layers_compared, 3u);
  EXPECT_EQ(c.sqnr_db, 0);
}

TEST(CompareNaive, TheFirstDifferenceIsNamedWithPlaceAndBothValues) {
  const Network n;
  compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  std::int32_t& sum = evidence.accumulators["two"].data<std::int32_t>()[13];
  const std::int32_t right = sum;
  sum += 7;
  const Comparison c = compare_naive(n.graph, n.inputs, evidence);
  EXPECT_EQ(c.status, Status::failed);
  EXPECT_EQ(c.mismatches, 1u);
  EXPECT_EQ(c.max_abs_error, 7);
  EXPECT_EQ(c.reason,
            "layer 'two' accumulator: 1 of 160 values differ, largest by 7, first at [2, 3]: chip " +
                std::to_string(right + 7) + ", naive " + std::to_string(right));
}

TEST(CompareNaive, AWrongOutputFails) {
  const Network n;
  compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  evidence.outputs[0].data<float>()[5] += 0.5f;
  const Comparison c = compare_naive(n.graph, n.inputs, evidence);
  EXPECT_EQ(c.status, Status::failed);
  EXPECT_EQ(c.mismatches, 1u);
  EXPECT_THAT(c.reason, StartsWith("output 'v"));
  EXPECT_THAT(c.reason, HasSubstr("at [1, 1]"));
}

TEST(CompareOneDnn, APlantedWrongSumShowsAtItsOwnLayerOnly) {
  const Network n;
  const compare::ChipEvidence right = run_chip(n.graph, n.inputs);
  for (const char* layer : {"one", "two", "three"}) {
    const compare::ChipEvidence evidence = run_chip(n.graph, n.inputs, {layer, 3, 30000});
    if (std::string(layer) != "three") {
      EXPECT_NE(std::vector(evidence.accumulators.at("three").bytes().begin(),
                            evidence.accumulators.at("three").bytes().end()),
                std::vector(right.accumulators.at("three").bytes().begin(),
                            right.accumulators.at("three").bytes().end()))
          << "the fault must reach later layers, or the test shows nothing";
    }
    const Comparison c = onednn(n, evidence);
    EXPECT_EQ(c.status, Status::failed);
    EXPECT_EQ(c.mismatches, 1u);
    EXPECT_EQ(c.max_abs_error, 30000);
    EXPECT_EQ(c.layers_compared, 3u);
    EXPECT_THAT(c.reason, StartsWith("layer '" + std::string(layer) + "' accumulator: 1 of "));
    EXPECT_THAT(c.reason, HasSubstr("largest by 30000, first at [0, 3]: chip "));
  }
}

TEST(CompareOneDnn, AWrongSumInAnLstmShowsAtItsOwnStepOnly) {
  Random random(3);
  testing::LstmCase l(random, 5, 2, 6, 4);
  const std::size_t index = (1 * 2 + 1) * 16 + 2;  // step 1, row 1, gate i of unit 2
  const compare::ChipEvidence evidence = run_chip(l.graph, {l.x}, {l.graph.nodes[0].name, index, 4000000});
  const compare::ChipEvidence right = run_chip(l.graph, {l.x});
  EXPECT_NE(code_at(evidence.outputs[1], 6), code_at(right.outputs[1], 6))
      << "the fault must reach the last h";
  EXPECT_EQ(compare_onednn(l.graph, nullptr, {l.x}, right).status, Status::passed);
  const Comparison c = compare_onednn(l.graph, nullptr, {l.x}, evidence);
  EXPECT_EQ(c.status, Status::failed);
  EXPECT_EQ(c.mismatches, 1u);
  EXPECT_THAT(c.reason, HasSubstr("at [3, 2]"));
  EXPECT_EQ(compare_naive(l.graph, {l.x}, right).status, Status::passed);
  EXPECT_GT(compare_naive(l.graph, {l.x}, evidence).mismatches, 1u);
}

TEST(Compare, MissingEvidenceFailsAndSaysWhatIsMissing) {
  const Network n;
  compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  evidence.accumulators.erase("two");
  for (const Comparison& c : {compare_naive(n.graph, n.inputs, evidence), onednn(n, evidence)}) {
    EXPECT_EQ(c.status, Status::failed) << c.reference;
    EXPECT_EQ(c.reason, "layer 'two': the chip gave no accumulators");
  }
  evidence = run_chip(n.graph, n.inputs);
  evidence.outputs.clear();
  EXPECT_THAT(compare_naive(n.graph, n.inputs, evidence).reason,
              HasSubstr("gave 0 outputs, the network has 1"));
}

TEST(Compare, EvidenceOfAnotherShapeFails) {
  const Network n;
  compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  evidence.accumulators["one"] = Tensor(DType::i32, {6, 128});
  for (const Comparison& c : {compare_naive(n.graph, n.inputs, evidence), onednn(n, evidence)}) {
    EXPECT_EQ(c.status, Status::failed) << c.reference;
    EXPECT_THAT(c.reason, HasSubstr("chip has i32 [6, 128]"));
    EXPECT_THAT(c.reason, HasSubstr("i32 [128, 6]"));
  }
}

TEST(Compare, LayersOnTheHostNeedNoEvidence) {
  Network n;
  for (ir::Node& node : n.graph.nodes) node.on_host = true;
  const compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  EXPECT_TRUE(evidence.accumulators.empty());
  EXPECT_EQ(compare_naive(n.graph, n.inputs, evidence).status, Status::passed);
  const Comparison c = onednn(n, evidence);
  EXPECT_EQ(c.status, Status::skipped);
  EXPECT_EQ(c.reason, "no multiply-accumulate layer runs on the chip");
}

TEST(Compare, APassWhoseOutputsAreAllOneValueIsMistrusted) {
  const Network zero(0);
  const Comparison c = compare_naive(zero.graph, zero.inputs, run_chip(zero.graph, zero.inputs));
  EXPECT_EQ(c.status, Status::mistrusted);
  EXPECT_THAT(c.reason, HasSubstr("one value"));
  compare::ChipEvidence wrong = run_chip(zero.graph, zero.inputs);
  wrong.outputs[0].data<float>()[0] = 1;
  EXPECT_EQ(compare_naive(zero.graph, zero.inputs, wrong).status, Status::failed);
}

TEST(Compare, ASingleOutputElementIsNotHeldAgainstTheNetwork) {
  GraphBuilder builder;
  const auto y = builder.code_node(
      Op::gemm,
      {builder.input({1, 2}, DType::u8, quant(1)),
       builder.constant(Tensor::of<std::int8_t>({2, 1}, std::vector<std::int8_t>{1, 2}), quant(1))},
      {1, 1}, DType::u8, quant(1), ir::GemmAttributes{});
  const ir::Graph graph = builder.finish({y});
  const std::vector<Tensor> inputs = {Tensor::of<std::uint8_t>({1, 2}, std::vector<std::uint8_t>{3, 4})};
  EXPECT_EQ(compare_naive(graph, inputs, run_chip(graph, inputs)).status, Status::passed);
}

TEST(Sqnr, IsTheRatioOfPowersInDecibels) {
  const auto tensor = [](std::vector<float> v) {
    return Tensor::of<float>({static_cast<std::int64_t>(v.size())}, v);
  };
  EXPECT_DOUBLE_EQ(compare::sqnr_db(tensor({3, 4}), tensor({3, 3})), 10 * std::log10(25.0));
  EXPECT_DOUBLE_EQ(compare::sqnr_db(tensor({10, 0}), tensor({9, 0})), 20.0);
  EXPECT_EQ(compare::sqnr_db(tensor({1, 2}), tensor({1, 2})), std::numeric_limits<double>::infinity());
  EXPECT_THROW(compare::sqnr_db(tensor({1, 2}), tensor({1})), std::runtime_error);
}

TEST(Sqnr, OfTheChipsOutputsIsAgainstTheFloatNetwork) {
  const Network n;
  const ir::Graph optimised = n.in_float();
  const compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  reference::Naive naive;
  const Tensor truth = naive.run(optimised, n.inputs).at(0);
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double a = static_cast<double>(truth.data<float>()[i]),
                 b = static_cast<double>(evidence.outputs[0].data<float>()[i]);
    signal += a * a, noise += (a - b) * (a - b);
  }
  for (const char* judge : {"onednn", "cuda"}) {
    const Comparison c = compare_layers(*testing::make_judge(judge), n.graph, &optimised, n.inputs, evidence);
    EXPECT_NEAR(c.sqnr_db, 10 * std::log10(signal / noise), 0.01) << judge;
    EXPECT_GT(c.sqnr_db, 6) << judge;  // it is the same network
    EXPECT_EQ(c.sqnr_reason, "") << judge;
  }
}

TEST(Sqnr, OfANetworkThatTheJudgeCannotRunIsItsReasonAndTheSumsAreJudgedAllTheSame) {
  const Network n;
  ir::Graph optimised = n.in_float();
  ir::Node& first = optimised.nodes.front();
  first.op = Op::reduce, first.attributes = ir::ReduceAttributes{ir::ReduceFunction::mean, {}, true};
  first.name = "alone";
  compare::ChipEvidence evidence = run_chip(n.graph, n.inputs);
  const Comparison right =
      compare_layers(*testing::make_judge("cuda"), n.graph, &optimised, n.inputs, evidence);
  EXPECT_EQ(right.status, Status::passed);
  EXPECT_EQ(right.compared, kSums);
  EXPECT_EQ(right.reason, "");
  EXPECT_EQ(right.sqnr_db, 0);
  EXPECT_EQ(right.sqnr_reason, "node 'alone' (ReduceMean): the GPU runtime has no kernels for it");
  evidence.accumulators["two"].data<std::int32_t>()[13] += 7;
  EXPECT_EQ(compare_layers(*testing::make_judge("cuda"), n.graph, &optimised, n.inputs, evidence).status,
            Status::failed);
}

TEST(Status, HasTheNamesOfTheReport) {
  EXPECT_STREQ(to_string(Status::passed), "passed");
  EXPECT_STREQ(to_string(Status::failed), "failed");
  EXPECT_STREQ(to_string(Status::skipped), "skipped");
  EXPECT_STREQ(to_string(Status::mistrusted), "mistrusted");
}

}  // namespace
}  // namespace nnp
