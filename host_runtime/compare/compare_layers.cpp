// SPDX-License-Identifier: Apache-2.0
// A judge of the sums, layer by layer: integers exactly, reals within the bound of real_sums.h. A
// layer's inputs are those the chip had: they follow, by the numerics' requantisation and the naive
// operators, from the accumulators the chip handed out for the layers before.
#include <fmt/format.h>

#include "host_runtime/compare/difference.h"
#include "host_runtime/compare/real_sums.h"
#include "host_runtime/compare/sqnr.h"
#include "host_runtime/reference/naive/recurrent/recurrent.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::compare {
namespace {

// The sums of an RNN, GRU or LSTM given the chip's own h: one product, put to the judge as a Gemm.
ir::Tensor recurrent_sums(reference::SumsJudge& judge, const ir::Graph& graph, const ir::Node& node,
                          const ir::Tensor& chip, const reference::Tensors& values) {
  const reference::naive::Operands operands(graph, node, values);
  const ir::Tensor input = reference::naive::recurrent_joined_input(operands, chip);
  const ir::Tensor weights = reference::naive::recurrent_joined_weights(operands);
  ir::Graph product;
  const auto value = [&](const char* name, ir::DType type, const ir::Shape& shape) {
    ir::Value made;
    made.name = name, made.type = type, made.shape = shape;
    return product.add_value(std::move(made));
  };
  ir::Node gemm;
  gemm.op = ir::Op::gemm, gemm.name = node.name, gemm.attributes = ir::GemmAttributes{};
  gemm.inputs = {value("x and h", input.type(), input.shape()),
                 value("W and R", weights.type(), weights.shape())};
  gemm.outputs = {value("gates", ir::DType::s16, chip.shape())};
  return judge.accumulators(product, gemm, {input, weights, {}});
}

// Compares one layer and goes on from the chip's sums. False: the chip's sums cannot be used, nothing after
// it can be judged.
bool judge_layer(reference::SumsJudge& judge, const ir::Graph& graph, const ir::Node& node,
                 const ChipEvidence& evidence, reference::Tensors& values, Difference& difference) {
  const auto found = evidence.accumulators.find(node.name);
  if (found == evidence.accumulators.end()) {
    difference.add_fault(fmt::format("layer '{}': the chip gave no accumulators", node.name));
    return false;
  }
  const ir::Tensor& chip = found->second;
  const bool real = !reference::naive::has_sums(graph, node);
  const ir::Tensor expected(real ? ir::DType::f32 : ir::DType::i32,
                            reference::naive::sums_shape(graph, node));
  if (chip.type() != expected.type() || chip.shape() != expected.shape())
    return difference.add(fmt::format("layer '{}' accumulator", node.name), chip, "network", expected);
  const std::string what = fmt::format("layer '{}' accumulator", node.name);
  if (real) {
    const RealSums answer = real_sums(judge, graph, node, chip, values);
    difference.add_within(what, chip, judge.name(), answer.sums, answer.bounds);
    reference::naive::finish(graph, node, chip, values);
    return true;
  }
  const ir::Tensor sums = ir::is_recurrent(node.op) ? recurrent_sums(judge, graph, node, chip, values)
                                                    : judge.accumulators(graph, node, values);
  difference.add(what, chip, judge.name(), sums);
  reference::naive::finish(graph, node, chip, values);
  return true;
}

// Reported, not judged: a float run that is impossible leaves its reason.
void measure_sqnr(compiler::FloatRunner& runner, const ir::Graph& graph, const ir::Graph& optimised,
                  const std::vector<ir::Tensor>& inputs, const ChipEvidence& evidence,
                  Comparison& comparison) {
  if (optimised.outputs.size() != graph.outputs.size() || evidence.outputs.size() != graph.outputs.size())
    return;
  std::vector<ir::Tensor> real;
  for (std::size_t i = 0; i < graph.outputs.size(); ++i)
    real.push_back(real_numbers(evidence.outputs[i], graph.values[graph.outputs[i]]));
  try {
    comparison.sqnr_db = sqnr_db(runner.run(optimised, inputs, {}), real);
  } catch (const std::runtime_error& error) {
    comparison.sqnr_reason = error.what();
  }
}

}  // namespace

Comparison compare_layers(reference::SumsJudge& judge, const ir::Graph& graph, const ir::Graph* optimised,
                          const std::vector<ir::Tensor>& inputs, const ChipEvidence& evidence) {
  Comparison comparison;
  comparison.reference = judge.name();
  Difference difference;
  reference::Tensors values = reference::values_from_inputs(graph, inputs);
  const reference::ValueLifetimes lifetimes(graph);
  bool usable = true;
  for (std::size_t i = 0; usable && i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    const bool has_sums =
        reference::naive::has_sums(graph, node) || reference::naive::has_real_sums(graph, node);
    if (node.on_host || !has_sums) {
      reference::run_node(graph, node, values);
    } else {
      usable = judge_layer(judge, graph, node, evidence, values, difference);
      if (usable) ++comparison.layers_compared;
    }
    for (const ir::ValueId id : lifetimes.ends_at(i)) values[id] = {};
  }
  difference.settle(comparison);
  if (compiler::FloatRunner* runner = judge.float_runner(); runner != nullptr && optimised != nullptr)
    measure_sqnr(*runner, graph, *optimised, inputs, evidence, comparison);
  if (comparison.status == Status::passed && comparison.layers_compared == 0) {
    comparison.status = Status::skipped;
    comparison.reason = "no multiply-accumulate layer runs on the chip";
  }
  return comparison;
}

Comparison compare_onednn(const ir::Graph& graph, const ir::Graph* optimised,
                          const std::vector<ir::Tensor>& inputs, const ChipEvidence& evidence) {
  reference::OneDnn judge;
  return compare_layers(judge, graph, optimised, inputs, evidence);
}

}  // namespace nnp::compare
