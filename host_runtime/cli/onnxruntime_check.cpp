// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/onnxruntime_check.h"

#include <fmt/format.h>

#include <map>
#include <optional>

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

/// A network of codes in ONNX Runtime, as a QDQ file with every judged value as an output.
class QdqRun {
 public:
  explicit QdqRun(const ir::Graph& graph)
      : graph_(graph),
        judged_(compare::judged_values(graph)),
        exported_(compiler::export_onnx(graph)),
        model_(compiler::with_outputs(exported_, graph, judged_)),
        judge_(model_.path()) {}

  const std::string& version() const { return judge_.version(); }
  /// The inputs and every judged value, by value; and the outputs in order.
  struct Results {
    reference::Tensors values, outputs;
  };
  Results run(const std::vector<ir::Tensor>& sample) {
    auto made = judge_.run(input_names(graph_), sample);
    Results results{reference::Tensors(graph_.values.size()), {}};
    for (std::size_t i = 0; i < sample.size(); ++i) results.values[graph_.inputs[i]] = sample[i];
    for (const ir::ValueId id : judged_) results.values[id] = made.at(exported_.tensors[id]);
    for (const ir::ValueId id : graph_.outputs) results.outputs.push_back(made.at(graph_.values[id].name));
    return results;
  }

 private:
  const ir::Graph& graph_;
  std::vector<ir::ValueId> judged_;
  compiler::OnnxExport exported_;
  TemporaryModel model_;
  reference::OnnxRuntime judge_;
};

/// Steps of recurrent layers: of each layer one model, which all samples share.
class StepRuns {
 public:
  reference::Tensors run(const ir::Graph& steps, const std::vector<ir::Tensor>& inputs) {
    stop_if_interrupted();
    const auto [kept, is_new] = runs_.try_emplace(steps.name);
    if (is_new) kept->second.graph = steps, kept->second.run.emplace(kept->second.graph);
    return kept->second.run->run(inputs).values;
  }

 private:
  struct Kept {
    ir::Graph graph;
    std::optional<QdqRun> run;
  };
  std::map<std::string, Kept> runs_;  // by layer
};

}  // namespace

OnnxRuntimeVerdict check_codes(const ir::Graph& graph, const Samples& samples, const Samples& outputs) {
  OnnxRuntimeVerdict verdict;
  verdict.summary.reference = "ort";
  if (const auto reason = reference::OnnxRuntime::missing()) return skip(verdict.summary, *reason), verdict;
  if (compare::judged_values(graph).empty())
    return skip(verdict.summary, "no layer has codes, which it would judge"), verdict;
  try {
    QdqRun judge(graph);
    StepRuns steps;
    const auto run_steps = [&](const ir::Graph& layer, const std::vector<ir::Tensor>& inputs) {
      return steps.run(layer, inputs);
    };
    verdict.version = judge.version();
    double apart = 0;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      stop_if_interrupted();
      const QdqRun::Results theirs = judge.run(samples[i]);
      compare::add_agreement(verdict.layers,
                             compare::code_agreement(graph, theirs.values, "ONNX Runtime", run_steps));
      apart = std::max(apart, compare::outputs_apart(graph, outputs[i], theirs.outputs));
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
