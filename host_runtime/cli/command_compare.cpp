// SPDX-License-Identifier: Apache-2.0
// nnpsim compare NETWORK: the network on the simulated chip, on this machine's processor, and on GPUs, with
// the conditions of every figure beside it.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "compiler/compile_error.h"
#include "host_runtime/cli/checks.h"
#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/compare_sides.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/reference/reference.h"

namespace nnp::cli {
namespace {

using comparison::GpuResults;
using comparison::Row;

bool has(const std::vector<std::string>& words, const char* word) {
  return std::ranges::find(words, word) != words.end();
}

/// naive, and those asked to compare with.
std::vector<std::string> checks_of(const CompareOptions& options) {
  if (options.checks) return *options.checks;
  std::vector<std::string> checks{"naive"};
  checks.insert(checks.end(), options.against.begin(), options.against.end());
  return checks;
}

/// Values do not change cycles, and only the smallest batch computes any: the others need no good ranges.
/// `precision`: what that one was found to run in.
NetworkChoice for_batch(const CompareOptions& options, std::optional<std::int64_t> size, bool with_values,
                        const std::string& precision) {
  NetworkChoice choice = options.network;
  choice.batch = size;
  const bool calibrated = precision == isa::to_string(isa::Precision::int8) ||
                          precision == isa::to_string(isa::Precision::int8x16);
  if (!with_values && calibrated && choice.calibration.data.empty()) choice.calibration.samples = 1;
  return choice;
}

double macs_of(const isa::Program& program) {
  double macs = 0;
  for (const isa::LayerInfo& layer : program.layers) macs += static_cast<double>(layer.macs);
  return macs;
}

/// What the command says for a batch that the chip cannot take.
void skip_batch(std::int64_t size, const std::string& why, CompareRecord& record) {
  Row row = comparison::skipped_row("chip", record.chip, record.precision, why);
  row.batch = size;
  record.rows.push_back(std::move(row));
}

class Comparing {
 public:
  explicit Comparing(const CompareOptions& options)
      : options_(options), chip_(load_chip(options.chip)), progress_(!options.report.quiet) {
    if (!options.gpu_results.empty() && !has(options.against, "cuda"))
      throw UsageError(fmt::format("--gpu-results {}: --against has no cuda", options.gpu_results.front()));
    for (const std::string& file : options.gpu_results) gpus_.push_back(comparison::read_gpu_results(file));
    record_.chip = chip_.name, record_.seed = options.seed;
    record_.processor = processor_name(), record_.processors = reference::OneDnn::most_threads();
    if (getloadavg(&record_.load, 1) != 1) record_.load = 0;
  }

  CompareRecord run() {
    std::vector<std::int64_t> sizes = options_.batches;
    std::ranges::sort(sizes);
    if (sizes.empty())
      sizes.push_back(one_batch(std::nullopt, true));
    else
      for (const std::int64_t size : sizes) try_batch(size, size == sizes.front());
    if (has(options_.against, "cuda")) add_gpus(sizes);
    std::ranges::stable_sort(record_.rows, {}, [](const Row& row) { return place(row.runner); });
    record_.crossovers = crossovers_of(record_.rows);
    progress_.erase();
    return std::move(record_);
  }

 private:
  static int place(const std::string& runner) {
    int at = 0;
    for (const char* each : {"chip", "onednn", "ort", "cuda"}) {
      if (runner == each) return at;
      ++at;
    }
    return at;
  }

  /// A later batch that does not fit is a row that says so; the first one's fault ends the command.
  void try_batch(std::int64_t size, bool first) {
    if (first) {
      one_batch(size, true);
      return;
    }
    try {
      one_batch(size, false);
    } catch (const compiler::CompileError& error) {
      skip_batch(size, error.what(), record_);
    } catch (const UsageError& error) {
      skip_batch(size, error.what(), record_);
    } catch (const std::bad_alloc&) {
      skip_batch(size, "this machine has not enough memory for it", record_);
    }
  }

  /// The batch that the network has.
  std::int64_t one_batch(std::optional<std::int64_t> asked, bool with_values) {
    const compiler::CompiledNetwork compiled =
        compile_network(for_batch(options_, asked, with_values, record_.precision), chip_, options_.seed,
                        /*always_verify=*/false, progress_);
    const std::vector<ir::Tensor> inputs = compiler::random_inputs(compiled.optimised, options_.seed);
    const Batch batch{compiled.program.batch, compiled, inputs, macs_of(compiled.program)};
    record_.network = compiled.program.network;
    record_.precision = isa::to_string(compiled.program.precision);
    const std::vector<std::string> checks = with_values ? checks_of(options_) : std::vector<std::string>{};
    add_chip(batch, chip_, options_.seed, checks, record_, progress_);
    if (has(options_.against, "onednn"))
      add_onednn(batch, options_.runs, /*with_values=*/!checks.empty(), record_, progress_);
    if (has(options_.against, "ort")) add_onnx_runtime(batch, options_.runs, record_, progress_);
    works_.push_back(work_of(batch));
    return batch.size;
  }

  void add_gpus(const std::vector<std::int64_t>& sizes) {
    progress_.phase("looking for a GPU");
    GpuResults now = measure_on_gpu({options_.network, sizes, options_.seed}, progress_);
    if (!now.device.empty() || gpus_.empty()) gpus_.insert(gpus_.begin(), std::move(now));
    for (const GpuResults& results : gpus_) add_gpu_results(results, sizes, record_);
    add_data_sheet_roofs(works_, gpus_, record_);
    add_published(works_.front().macs / static_cast<double>(works_.front().size), record_);
  }

  const CompareOptions& options_;
  const models::ChipSpec chip_;
  Progress progress_;
  std::vector<GpuResults> gpus_;
  std::vector<BatchWork> works_;
  CompareRecord record_;
};

/// Runners asked for that have not one figure.
std::vector<std::string> without_figures(const CompareRecord& record,
                                         const std::vector<std::string>& against) {
  std::vector<std::string> list;
  for (const std::string& runner : against)
    if (std::ranges::none_of(record.rows,
                             [&](const Row& row) { return row.runner == runner && row.has_figures(); }))
      list.push_back(runner);
  return list;
}

}  // namespace

int compare_runners(const CompareOptions& options) {
  const CompareRecord record = Comparing(options).run();
  if (options.report.json)
    fmt::print("{}", compare_json_text(record));
  else if (!options.report.quiet)
    fmt::print("{}", compare_text(record, options.report.layers));
  bool hold = checks_hold(record.checks, options.strict);
  for (const std::string& runner : without_figures(record, options.against)) {
    const auto row = std::ranges::find(record.rows, runner, &Row::runner);
    fmt::print(stderr, "nnpsim: {}{} was skipped: {}\n", options.strict ? "" : "warning: ", runner,
               row == record.rows.end() ? "no row" : row->reason);
    hold = hold && !options.strict;
  }
  return hold ? kOk : kCheckFailed;
}

}  // namespace nnp::cli
