// SPDX-License-Identifier: Apache-2.0
// nnpsim gpu-bench NETWORK...: how fast the GPU of this machine runs networks, as a results file.
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <ctime>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/import_choice.h"
#include "host_runtime/cli/network_choice.h"
#include "host_runtime/cli/output_folder.h"
#include "host_runtime/cli/progress.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/version.h"
#include "host_runtime/gpu_bench/bench.h"
#include "host_runtime/gpu_bench/ceilings.h"
#include "host_runtime/reference/cuda/open.h"

namespace nnp::cli {
namespace {

std::string command_text(const GpuBenchOptions& options) {
  std::vector<std::string> precisions;
  for (const gpu::NetworkPrecision precision : options.precisions)
    precisions.push_back(gpu::to_string(precision));
  std::string text =
      fmt::format("nnpsim gpu-bench {} --precision {} --batch {}", fmt::join(options.networks, " "),
                  fmt::join(precisions, ","), fmt::join(options.batches, ","));
  if (!options.layers_at.empty()) text += fmt::format(" --layers-at {}", fmt::join(options.layers_at, ","));
  if (options.seed != 1) text += fmt::format(" --seed {}", options.seed);
  return text + fmt::format(" -o {}", std::filesystem::path(options.output).filename().string());
}

gpu_bench::BenchRequest request_for(const std::string& network, const GpuBenchOptions& options) {
  NetworkChoice choice;
  choice.network = network;
  const ResolvedNetwork resolved = resolve_network(choice, options.seed);
  gpu_bench::BenchRequest request;
  request.source = {resolved.name, resolved.file, resolved.import, options.seed, import_interruptibly};
  request.precisions = options.precisions, request.batches = options.batches;
  request.layers_at = options.layers_at;
  return request;
}

std::string text_of(const gpu_bench::Measurement& measured) {
  using Align = Table::Align;
  Table table({{"network", Align::left},
               {"precision", Align::left},
               {"batch"},
               {"latency"},
               {"p99"},
               {"inferences/s"},
               {"to CPU, dB"},
               {"worst layer"},
               {"note", Align::left}});
  for (const gpu_bench::Row& row : measured.rows) {
    const std::string batch = fmt::format("{}", row.batch);
    if (!row.reason.empty()) {
      table.add({row.network, row.precision, batch, "-", "-", "-", "-", "-", "skipped: " + row.reason});
      continue;
    }
    table.add({row.network, row.precision, batch, time_text(row.p50_s), time_text(row.p99_s),
               rate_text(static_cast<double>(row.batch) / row.p50_s),
               row.check.mismatches == 0 ? "equal" : fmt::format("{:.1f}", row.check.sqnr_db),
               row.check.layers == 0 ? "-" : fmt::format("{:.1f}", row.check.worst_layer_db),
               row.check.reason});
  }
  return fmt::format("{}, driver {}, CUDA {}, cuDNN {}, cuBLAS {}\n{}", measured.device.name,
                     measured.device.driver, measured.device.cuda, measured.device.cudnn,
                     measured.device.cublas, table.text(0));
}

}  // namespace

int gpu_bench_networks(const GpuBenchOptions& options) {
  require_writable(options.output);
  std::vector<gpu_bench::BenchRequest> requests;
  for (const std::string& network : options.networks) requests.push_back(request_for(network, options));
  std::string reason;
  const std::unique_ptr<gpu::Gpu> device = gpu::open_cuda(reason);
  if (!device) {
    fmt::print("skipped: {}\n", reason);
    return kOk;
  }
  Progress progress(!options.report.quiet);
  gpu_bench::Measurement measured;
  measured.command = command_text(options), measured.version = version();
  measured.date = fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)));
  progress.phase("measuring what the GPU can do");
  measured.ceilings = gpu_bench::measure_ceilings(*device);
  reference::OneDnn runner;
  bool right = true;
  for (const gpu_bench::BenchRequest& request : requests) {
    for (gpu_bench::Row& row :
         gpu_bench::bench(*device, request, runner, [&](const std::string& text) { progress.phase(text); })) {
      right = right && row.check.status != "failed";
      measured.rows.push_back(std::move(row));
    }
    measured.device = device->device();
    replace_file(options.output, gpu_bench::to_json(measured));  // what is measured stays, whatever follows
  }
  progress.erase();
  if (options.report.json)
    fmt::print("{}", gpu_bench::to_json(measured));
  else if (!options.report.quiet)
    fmt::print("{}", text_of(measured));
  return right ? kOk : kCheckFailed;
}

}  // namespace nnp::cli
