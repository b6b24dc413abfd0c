// SPDX-License-Identifier: Apache-2.0
// A GPU in a comparison, measured now as gpu-bench does.
#include "host_runtime/cli/compare_sides.h"
#include "host_runtime/cli/import_choice.h"
#include "host_runtime/cli/network_choice.h"
#include "host_runtime/cli/version.h"
#include "host_runtime/gpu_bench/bench.h"
#include "host_runtime/gpu_bench/ceilings.h"
#include "host_runtime/reference/cuda/open.h"

namespace nnp::cli {
namespace {

comparison::GpuResults no_gpu(const std::string& reason) {
  comparison::GpuResults results;
  comparison::GpuRow row;
  row.reason = reason;
  results.rows.push_back(row);
  return results;
}

}  // namespace

comparison::GpuResults measure_on_gpu(const GpuQuestion& question, Progress& progress) {
  std::string reason;
  const std::unique_ptr<gpu::Gpu> device = gpu::open_cuda(reason);
  if (!device) return no_gpu(reason);
  const ResolvedNetwork resolved = resolve_network(question.network, question.seed);
  gpu_bench::BenchRequest request;
  request.source = {resolved.name, resolved.file, resolved.import, question.seed, import_interruptibly};
  request.precisions = {gpu::NetworkPrecision::int8, gpu::NetworkPrecision::bf16,
                        gpu::NetworkPrecision::fp32};
  request.batches = question.batches, request.layers_at = question.batches;
  reference::OneDnn runner;
  gpu_bench::Measurement measured;
  measured.version = version();
  try {
    progress.phase("measuring what the GPU can do");
    measured.ceilings = gpu_bench::measure_ceilings(*device);
    measured.rows =
        gpu_bench::bench(*device, request, runner, [&](const std::string& text) { progress.phase(text); });
    measured.device = device->device();
  } catch (const gpu::GpuError& error) {
    return no_gpu(error.what());
  }
  return comparison::parse_gpu_results(gpu_bench::to_json(measured), "measured now");
}

}  // namespace nnp::cli
