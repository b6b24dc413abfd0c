// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/onnxruntime_check.h"

#include <fmt/format.h>

#include "compiler/compile_error.h"
#include "compiler/export/onnx_export.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/cli/temporary_model.h"
#include "host_runtime/compare/quantisation_noise.h"
#include "host_runtime/compare/sqnr.h"
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"

namespace nnp::cli {
namespace {

namespace fs = std::filesystem;

void skip(compare::Comparison& summary, const std::string& reason) {
  summary.status = compare::Status::skipped, summary.reason = reason;
}

/// What ONNX Runtime made of every judged value, by value.
reference::Tensors by_value(const ir::Graph& graph, const compiler::OnnxExport& exported,
                            const std::vector<ir::ValueId>& judged, const std::vector<ir::Tensor>& sample,
                            std::map<std::string, ir::Tensor>& results) {
  reference::Tensors values(graph.values.size());
  for (std::size_t i = 0; i < sample.size(); ++i) values[graph.inputs[i]] = sample[i];
  for (const ir::ValueId id : judged) values[id] = results.at(exported.tensors[id]);
  return values;
}

}  // namespace

OnnxRuntimeVerdict check_codes(const ir::Graph& graph, const Samples& samples, const Samples& outputs) {
  OnnxRuntimeVerdict verdict;
  verdict.summary.reference = "ort";
  if (const auto reason = reference::OnnxRuntime::missing()) return skip(verdict.summary, *reason), verdict;
  const auto judged = compare::judged_values(graph);
  if (judged.empty()) return skip(verdict.summary, "no layer has codes, which it would judge"), verdict;
  try {
    const compiler::OnnxExport exported = compiler::export_onnx(graph);
    const TemporaryModel model(compiler::with_outputs(exported, graph, judged));
    reference::OnnxRuntime judge(model.path());
    verdict.version = judge.version();
    double apart = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      stop_if_interrupted();
      auto results = judge.run(input_names(graph), samples[i]);
      compare::add_agreement(
          verdict.layers, compare::code_agreement(
                              graph, by_value(graph, exported, judged, samples[i], results), "ONNX Runtime"));
      reference::Tensors theirs;
      for (const ir::ValueId id : graph.outputs) theirs.push_back(results.at(graph.values[id].name));
      apart = std::max(apart, compare::outputs_apart(graph, outputs[i], theirs));
    }
    verdict.summary = compare::settle("ort", verdict.layers);
    verdict.summary.end_to_end = apart;
  } catch (const compiler::CompileError& error) {  // no words for it in ONNX
    skip(verdict.summary, error.what());
  } catch (const reference::OnnxRuntimeError& error) {
    stop_if_interrupted();  // Ctrl-C ends its process too
    verdict.summary.status = compare::Status::failed, verdict.summary.reason = error.what();
  }
  return verdict;
}

FloatVerdict check_float(const fs::path& source, const ir::Graph& optimised, const Samples& samples,
                         compiler::FloatRunner& runner) {
  reference::OnnxRuntime judge(source);
  FloatVerdict verdict;
  std::vector<ir::Tensor> theirs, ours;
  for (const auto& sample : samples) {
    stop_if_interrupted();
    auto results = judge.run(input_names(optimised), sample);
    auto outputs = runner.run(optimised, sample, {});
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      theirs.push_back(results.at(optimised.values[optimised.outputs[k]].name));
      verdict.max_abs_error =
          std::max(verdict.max_abs_error, compare::largest_distance(theirs.back(), outputs[k]));
      ir::Tensor zero(theirs.back().type(), theirs.back().shape());
      verdict.largest = std::max(verdict.largest, compare::largest_distance(theirs.back(), zero));
      ours.push_back(std::move(outputs[k]));
    }
  }
  verdict.sqnr_db = compare::sqnr_db(theirs, ours);
  return verdict;
}

}  // namespace nnp::cli
