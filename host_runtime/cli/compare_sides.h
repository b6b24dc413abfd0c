// SPDX-License-Identifier: Apache-2.0
// The sides of a comparison, each of which adds its rows: the simulated chip, the runtimes of this machine's
// processor, GPUs, and what others have published.
#pragma once

#include <map>

#include "compiler/compile.h"
#include "host_runtime/cli/compare_record.h"
#include "host_runtime/cli/options.h"
#include "host_runtime/cli/progress.h"
#include "host_runtime/cli/run_record.h"
#include "host_runtime/comparison/gpu_results.h"

namespace nnp::cli {

/// One batch of the network, compiled for the chip, with values for its inputs.
struct Batch {
  std::int64_t size = 1;
  const compiler::CompiledNetwork& compiled;
  const std::vector<ir::Tensor>& inputs;
  double macs = 0;  // of the whole batch
};

// ---- the chip (compare_chip.cpp)

/// Simulates the batch, with values and their checks where `checks` says so, else timing only; again with an
/// ideal link; and times the host's layers.
void add_chip(const Batch&, const models::ChipSpec&, std::uint64_t seed,
              const std::vector<std::string>& checks, CompareRecord&, Progress&);

// ---- this machine's processor (compare_cpu.cpp)

std::string processor_name();
/// oneDNN in float32, bf16 and int8, on one thread and on all; a skipped row where it cannot
/// (compare_onednn.cpp). `runs`: of each; absent: as many as a few seconds allow. `with_values`: says what
/// its codes are worth.
void add_onednn(const Batch&, std::optional<unsigned> runs, bool with_values, CompareRecord&, Progress&);
/// ONNX Runtime on the float network and on the integer one in QDQ form, on one thread and on all.
void add_onnx_runtime(const Batch&, std::optional<unsigned> runs, CompareRecord&, Progress&);

// ---- GPUs (compare_gpu.cpp)

/// What to measure on a GPU of this machine.
struct GpuQuestion {
  const NetworkChoice& network;
  const std::vector<std::int64_t>& batches;
  std::uint64_t seed;
};
/// Every row skipped with the reason where there is no GPU.
comparison::GpuResults measure_on_gpu(const GpuQuestion&, Progress&);

/// The rows of the record's network at these batches. Where there are none, a skipped row says so.
void add_gpu_results(const comparison::GpuResults&, const std::vector<std::int64_t>& batches, CompareRecord&);

/// What a batch asks of a machine.
struct BatchWork {
  std::int64_t size = 1;
  double macs = 0;
  std::map<std::uint64_t, std::uint64_t> bytes;  // the fewest, by bytes of an element
};
BatchWork work_of(const Batch&);
/// Data-sheet roofs over these batches of the devices in the results, or, where none of those is known, over
/// the first batch of all that are.
void add_data_sheet_roofs(const std::vector<BatchWork>&, const std::vector<comparison::GpuResults>&,
                          CompareRecord&);
/// Published rows of the record's network; its multiplications at batch 1.
void add_published(double macs, CompareRecord&);

}  // namespace nnp::cli
