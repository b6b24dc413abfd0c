// SPDX-License-Identifier: Apache-2.0
// This machine's processor in a comparison, and ONNX Runtime on it (oneDNN: compare_onednn.cpp).
#include <fmt/format.h>

#include <fstream>

#include "compiler/compile_error.h"
#include "compiler/export/onnx_export.h"
#include "host_runtime/cli/compare_cpu.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/cli/temporary_model.h"
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"
#include "host_runtime/reference/reference.h"

namespace nnp::cli {
namespace {

using comparison::Row;
using comparison::Timing;
using reference::OneDnn;

std::string how(unsigned threads, const Timing& timing) {
  return fmt::format("measured here, {} thread{}, median of {} run{} after {} to warm up", threads,
                     threads == 1 ? "" : "s", timing.runs, timing.runs == 1 ? "" : "s", timing.warm_up);
}

void add_onnx_runtime_rows(const Batch& batch, const ir::Graph& graph, const char* precision,
                           const char* form, std::optional<unsigned> runs, CompareRecord& record,
                           Progress& progress) {
  const auto skip = [&](const std::string& reason) {
    Row row = comparison::skipped_row("ort", processor_name(), precision, reason);
    row.batch = batch.size;
    record.rows.push_back(std::move(row));
  };
  try {
    const TemporaryModel model(compiler::export_onnx(graph).model);
    for (const unsigned threads : thread_counts()) {
      stop_if_interrupted();
      progress.phase(fmt::format("timing ONNX Runtime in {}, batch {}", precision, batch.size));
      reference::OnnxRuntime runtime(model.path(), threads);
      const Timing timing = comparison::time_median(
          [&](unsigned warm_up, unsigned repeats) {
            return runtime.time(input_names(graph), batch.inputs, warm_up, repeats);
          },
          runs);
      Row row = cpu_row("ort", batch, precision, threads, timing);
      row.conditions += fmt::format(", {}", form);
      row.method = fmt::format("ONNX Runtime {} with all of its graph optimisations, in a process of its own",
                               runtime.version());
      if (&graph == &batch.compiled.optimised) add_product_peak(row, threads);
      comparison::complete(row, batch.macs);
      record.rows.push_back(std::move(row));
    }
  } catch (const compiler::CompileError& error) {  // no words for it in ONNX
    skip(error.what());
  } catch (const reference::OnnxRuntimeError& error) {
    stop_if_interrupted();  // Ctrl-C ends its process too
    skip(error.what());
  }
}

}  // namespace

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("model name"))
      if (const std::size_t colon = line.find(": "); colon != line.npos) return line.substr(colon + 2);
  return "host CPU";
}

std::vector<unsigned> thread_counts() {
  const unsigned most = OneDnn::most_threads();
  return most > 1 ? std::vector<unsigned>{1, most} : std::vector<unsigned>{1};
}

Row cpu_row(const char* runner, const Batch& batch, const char* precision, unsigned threads,
            const Timing& timing) {
  Row row;
  row.runner = runner, row.device = processor_name(), row.status = comparison::Status::measured;
  row.batch = batch.size, row.precision = precision, row.threads = threads;
  row.latency_s = timing.median_s;
  row.conditions = how(threads, timing);
  return row;
}

void add_product_peak(Row& row, unsigned threads) {
  row.peak_operations_per_s = OneDnn(threads).product_operations_per_s();
  row.peak_source = "of a 1024^3 float32 product of oneDNN's, measured here on as many threads";
}

void add_onnx_runtime(const Batch& batch, std::optional<unsigned> runs, CompareRecord& record,
                      Progress& progress) {
  if (const auto reason = reference::OnnxRuntime::missing()) {
    for (const char* precision : {"fp32", "int8"}) {
      Row row = comparison::skipped_row("ort", processor_name(), precision, *reason);
      row.batch = batch.size;
      record.rows.push_back(std::move(row));
    }
    return;
  }
  add_onnx_runtime_rows(batch, batch.compiled.optimised, "fp32", "the float network", runs, record, progress);
  if (batch.compiled.program.precision == isa::Precision::int8)
    add_onnx_runtime_rows(batch, batch.compiled.quantised, "int8", "the integer network in QDQ form", runs,
                          record, progress);
}

}  // namespace nnp::cli
