// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/checks.h"

#include <fmt/format.h>

#include "host_runtime/cli/onnxruntime_check.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/reference/cuda/open.h"
#include "host_runtime/reference/gpu_judge/gpu_judge.h"

namespace nnp::cli {
namespace {

compare::Comparison skipped(const std::string& reference, const std::string& reason) {
  compare::Comparison comparison;
  comparison.reference = reference;
  comparison.reason = reason;
  return comparison;
}

compare::Comparison check_by_cuda(const Workload& work, const std::vector<ir::Tensor>& inputs,
                                  const compare::ChipEvidence& evidence) {
  std::string reason;
  const std::unique_ptr<gpu::Gpu> gpu = gpu::open_cuda(reason);
  if (!gpu) return skipped("cuda", reason);
  reference::GpuJudge judge(*gpu, "cuda");
  try {
    return compare::compare_layers(judge, work.quantised, work.optimised, inputs, evidence);
  } catch (const gpu::GpuError& error) {
    compare::Comparison comparison = skipped("cuda", error.what());
    comparison.status = compare::Status::failed;
    return comparison;
  }
}

}  // namespace

std::vector<std::string> wanted_checks(const ExecutionChoice& choice) {
  if (choice.checks) return *choice.checks;
  return choice.timing_only ? std::vector<std::string>{} : std::vector<std::string>{"naive"};
}

bool wants_accumulators(const ExecutionChoice& choice) { return !wanted_checks(choice).empty(); }

std::vector<compare::Comparison> run_checks(const Workload& work, const std::vector<ir::Tensor>& inputs,
                                            const compare::ChipEvidence& evidence,
                                            const ExecutionChoice& choice, Progress& progress) {
  std::vector<compare::Comparison> checks;
  for (const std::string& reference : wanted_checks(choice)) {
    progress.phase("checking against " + reference);
    if (choice.timing_only)
      checks.push_back(skipped(reference, "a timing-only run computes no values"));
    else if (reference == "naive")
      checks.push_back(compare::compare_naive(work.quantised, inputs, evidence));
    else if (reference == "onednn")
      checks.push_back(compare::compare_onednn(work.quantised, work.optimised, inputs, evidence));
    else if (reference == "ort")
      checks.push_back(check_codes(work.quantised, {inputs}, {evidence.outputs}).summary);
    else
      checks.push_back(check_by_cuda(work, inputs, evidence));
  }
  return checks;
}

bool checks_hold(const std::vector<compare::Comparison>& checks, bool strict) {
  bool hold = true;
  for (const compare::Comparison& check : checks) {
    if (check.status == compare::Status::passed) continue;
    const bool counts = check.status == compare::Status::failed || strict;
    fmt::print(stderr, "nnpsim: {}check against {} {}: {}\n", counts ? "" : "warning: ", check.reference,
               compare::to_string(check.status), check.reason);
    hold = hold && !counts;
  }
  return hold;
}

}  // namespace nnp::cli
