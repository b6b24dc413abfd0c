// SPDX-License-Identifier: Apache-2.0
// --calibration, --percentile, --data and --samples -> what a compile request says of calibration.
#pragma once

#include "compiler/compile.h"
#include "host_runtime/cli/inputs.h"
#include "host_runtime/cli/run_record.h"
#include "host_runtime/cli/samples.h"

namespace nnp::cli {

/// Reads the files of --data. `seed` is the command's.
SampleChoice calibration_samples(const CalibrationChoice&, std::uint64_t seed);

/// Of request.precision and request.seed it reads what must fit. Where no calibration inputs were asked for
/// and `inputs` has files, those. Both choices must outlive the request. Throws UsageError.
void set_calibration(const CalibrationChoice&, const SampleChoice&, const InputChoice* inputs,
                     compiler::CompileRequest& request);

/// What a run of a precision was calibrated by and on; nothing of a real one.
std::optional<CalibrationRecord> calibration_record(const CalibrationChoice&, isa::Precision,
                                                    const InputChoice&);

}  // namespace nnp::cli
