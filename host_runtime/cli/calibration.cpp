// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/calibration.h"

#include <fmt/format.h>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {

namespace {

constexpr std::uint64_t kSeedDistance =
    1000;  // from a run's own random inputs; compiler::quantize_network has the same

bool is_calibrated(isa::Precision precision) {
  return precision == isa::Precision::int8 || precision == isa::Precision::int8x16;
}

compiler::CalibrationRule rule_of(const CalibrationChoice& choice) {
  compiler::CalibrationRule rule;
  rule.method = choice.method.value_or(compiler::CalibrationMethod::minmax);
  if (choice.percentile) rule.percentile = *choice.percentile;
  return rule;
}

bool has_samples(const CalibrationChoice& choice) { return !choice.data.empty() || choice.samples; }

}  // namespace

SampleChoice calibration_samples(const CalibrationChoice& choice, std::uint64_t seed) {
  return {"--data", choice.data, choice.samples, seed + kSeedDistance};
}

void set_calibration(const CalibrationChoice& choice, const SampleChoice& samples, const InputChoice* inputs,
                     compiler::CompileRequest& request) {
  if (choice.given() && !is_calibrated(request.precision))
    throw UsageError(fmt::format(
        "--calibration, --percentile, --data and --samples are for int8 and int8x16; {} is not calibrated",
        isa::to_string(request.precision)));
  request.calibration_rule = rule_of(choice);
  if (choice.percentile && request.calibration_rule.method != compiler::CalibrationMethod::percentile)
    throw UsageError(fmt::format("--percentile {} is for --calibration percentile, not {}",
                                 *choice.percentile, to_string(request.calibration_rule.method)));
  if (has_samples(choice))
    request.calibrate_on = [&samples](const ir::Graph& graph) { return samples.samples_for(graph); };
  else if (inputs != nullptr && inputs->has_files())
    request.calibrate_on = [inputs](const ir::Graph& graph) { return Samples{inputs->tensors_for(graph)}; };
}

std::optional<CalibrationRecord> calibration_record(const CalibrationChoice& choice, isa::Precision precision,
                                                    const InputChoice& inputs) {
  if (!is_calibrated(precision)) return std::nullopt;
  const bool from_inputs = !has_samples(choice) && inputs.has_files();
  return CalibrationRecord{rule_of(choice), !choice.data.empty() ? "data" : from_inputs ? "input" : "random"};
}

}  // namespace nnp::cli
