// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/calibration.h"

#include <fmt/format.h>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {

namespace {

constexpr std::uint64_t kSeedDistance =
    1000;  // from a run's own random inputs; compiler::quantize_network has the same

}  // namespace

SampleChoice calibration_samples(const CalibrationChoice& choice, std::uint64_t seed) {
  return {"--data", choice.data, choice.samples, seed + kSeedDistance};
}

void set_calibration(const CalibrationChoice& choice, const SampleChoice& samples, const InputChoice* inputs,
                     compiler::CompileRequest& request) {
  const bool integer =
      request.precision == isa::Precision::int8 || request.precision == isa::Precision::int8x16;
  if (choice.given() && !integer)
    throw UsageError(fmt::format(
        "--calibration, --percentile, --data and --samples are for int8 and int8x16; {} is not calibrated",
        isa::to_string(request.precision)));
  request.calibration_rule.method = choice.method.value_or(compiler::CalibrationMethod::minmax);
  if (choice.percentile && request.calibration_rule.method != compiler::CalibrationMethod::percentile)
    throw UsageError(fmt::format("--percentile {} is for --calibration percentile, not {}",
                                 *choice.percentile, to_string(request.calibration_rule.method)));
  if (choice.percentile) request.calibration_rule.percentile = *choice.percentile;
  if (!choice.data.empty() || choice.samples)
    request.calibrate_on = [&samples](const ir::Graph& graph) { return samples.samples_for(graph); };
  else if (inputs != nullptr && inputs->has_files())
    request.calibrate_on = [inputs](const ir::Graph& graph) { return Samples{inputs->tensors_for(graph)}; };
}

}  // namespace nnp::cli
