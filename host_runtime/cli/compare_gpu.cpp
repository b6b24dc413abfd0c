// SPDX-License-Identifier: Apache-2.0
// GPUs in a comparison: measured now, read from results files, published.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "host_runtime/cli/compare_sides.h"
#include "host_runtime/comparison/graph_traffic.h"
#include "models/published/published.h"

namespace nnp::cli {
namespace {

using comparison::Ceilings;
using comparison::GpuResults;
using comparison::GpuRow;
using comparison::Row;

bool wanted(const std::vector<std::int64_t>& batches, std::int64_t batch) {
  return std::ranges::find(batches, batch) != batches.end();
}

struct Peak {
  double operations_per_s;
  std::string source;
};

/// Measured in the same file, else the data sheet's.
std::optional<Peak> peak_of(const GpuResults& results, const std::string& precision) {
  if (const auto found = results.operations_per_s.find(precision); found != results.operations_per_s.end())
    return Peak{found->second, "of a large product measured on it"};
  const models::PublishedDevice* known = models::published().device_called(results.device);
  if (known == nullptr || !known->operations_per_s.contains(precision)) return std::nullopt;
  return Peak{known->operations_per_s.at(precision), known->source};
}

std::optional<Ceilings> measured_ceilings(const GpuResults& results, const std::string& precision) {
  const auto found = results.operations_per_s.find(precision);
  if (found == results.operations_per_s.end() || !results.copy_bytes_per_s) return std::nullopt;
  return Ceilings{found->second, *results.copy_bytes_per_s,
                  fmt::format("a large product and a copy on the device, {}", results.conditions())};
}

Row row_of(const GpuResults& results, const GpuRow& gpu) {
  if (!gpu.measured) {
    Row row = comparison::skipped_row("cuda", results.device, gpu.precision, gpu.reason);
    if (!results.device.empty()) row.batch = gpu.batch;
    return row;
  }
  Row row;
  row.runner = "cuda", row.device = results.device, row.status = comparison::Status::measured;
  row.batch = gpu.batch, row.precision = gpu.precision;
  row.latency_s = gpu.latency_s;
  row.upload_s = gpu.upload_s, row.download_s = gpu.download_s;
  row.throughput_per_s = gpu.throughput_per_s;
  row.conditions = results.conditions();
  if (gpu.runs > 0)
    row.conditions += fmt::format(", median of {} runs after {} to warm up", gpu.runs, gpu.warm_up);
  row.conditions += gpu.check.empty() ? ", values not checked" : ", check of values " + gpu.check;
  row.method = "nnpsim's own CUDA runtime; inputs and outputs over the link not included";
  if (gpu.weight_bytes + gpu.activation_bytes > 0)
    row.memory_bytes = gpu.weight_bytes + gpu.activation_bytes, row.memory_bytes_are_least = true;
  if (const auto peak = peak_of(results, gpu.precision); peak && gpu.macs > 0)
    row.peak_operations_per_s = peak->operations_per_s, row.peak_source = peak->source;
  comparison::complete(row, static_cast<double>(gpu.macs));
  return row;
}

void add_roof(const GpuResults& results, const GpuRow& gpu, CompareRecord& record) {
  const auto ceilings = measured_ceilings(results, gpu.precision);
  if (!ceilings || gpu.macs == 0) return;
  record.roofs.push_back(
      {results.device, gpu.precision, "measured", gpu.batch, *ceilings,
       comparison::position_of(static_cast<double>(gpu.macs),
                               static_cast<double>(gpu.weight_bytes + gpu.activation_bytes), *ceilings,
                               gpu.latency_s)});
}

/// Beside the chip's layers, by name; layers that the chip does not have go to the end.
void add_layers(const GpuResults& results, const GpuRow& gpu, CompareRecord& record) {
  const auto ceilings = measured_ceilings(results, gpu.precision);
  for (const comparison::GpuLayer& each : gpu.layers) {
    LayerRecord::OnGpu on{results.device, gpu.precision, each.kernel, each.time_s, std::nullopt};
    if (ceilings)
      on.position = comparison::position_of(static_cast<double>(each.macs), static_cast<double>(each.bytes),
                                            *ceilings, each.time_s);
    auto layer = std::ranges::find_if(record.layers, [&](const LayerRecord& known) {
      return known.batch == gpu.batch && known.name == each.name;
    });
    if (layer == record.layers.end()) {
      LayerRecord fresh;
      fresh.batch = gpu.batch, fresh.name = each.name, fresh.op = each.op, fresh.where = "none";
      layer = record.layers.insert(layer, std::move(fresh));
    }
    layer->gpus.push_back(std::move(on));
  }
}

/// Bytes of an element in a precision that GPUs have.
std::uint64_t element_bytes(const std::string& precision) {
  return precision == "int8" ? 1 : precision == "fp32" || precision == "tf32" ? 4 : 2;
}

void add_data_sheet_roofs(const models::PublishedDevice& device, const std::string& name,
                          const BatchWork& work, CompareRecord& record) {
  for (const auto& [precision, rate] : device.operations_per_s) {
    const Ceilings ceilings{rate, device.memory_bytes_per_s, device.source};
    const auto bytes = static_cast<double>(work.bytes.at(element_bytes(precision)));
    record.roofs.push_back({name, precision, "data sheet", work.size, ceilings,
                            comparison::position_of(work.macs, bytes, ceilings)});
  }
}

}  // namespace

void add_gpu_results(const GpuResults& results, const std::vector<std::int64_t>& batches,
                     CompareRecord& record) {
  bool found = false;
  for (const GpuRow& gpu : results.rows) {
    if (results.device.empty()) {  // no GPU: one row says why
      record.rows.push_back(row_of(results, gpu));
      return;
    }
    if (gpu.network != record.network || !wanted(batches, gpu.batch)) continue;
    found = true;
    record.rows.push_back(row_of(results, gpu));
    if (!gpu.measured) continue;
    add_roof(results, gpu, record);
    add_layers(results, gpu, record);
  }
  if (!found)
    record.rows.push_back(
        comparison::skipped_row("cuda", results.device, "",
                                fmt::format("{} has no row of {} at batch {}",
                                            results.file.empty() ? "the measurement" : results.file,
                                            record.network, fmt::join(batches, ", "))));
}

BatchWork work_of(const Batch& batch) {
  BatchWork work{batch.size, batch.macs, {}};
  for (const std::uint64_t size : {1, 2, 4})
    work.bytes[size] = comparison::traffic_of(batch.compiled.optimised, size).bytes();
  return work;
}

void add_data_sheet_roofs(const std::vector<BatchWork>& works, const std::vector<GpuResults>& results,
                          CompareRecord& record) {
  std::map<std::string, const models::PublishedDevice*> devices;
  for (const GpuResults& each : results)
    if (const models::PublishedDevice* device = models::published().device_called(each.device))
      devices[each.device] = device;
  if (!devices.empty()) {
    for (const auto& [name, device] : devices)
      for (const BatchWork& work : works) add_data_sheet_roofs(*device, name, work, record);
    return;
  }
  for (const models::PublishedDevice& device : models::published().devices)
    add_data_sheet_roofs(device, device.name, works.front(), record);
}

void add_published(double macs, CompareRecord& record) {
  const models::Published& all = models::published();
  for (const models::PublishedRow& published : all.rows) {
    if (published.network != record.network) continue;
    const models::PublishedDevice& device = *all.device(published.device);
    Row row;
    row.runner = "published", row.device = device.name, row.status = comparison::Status::published;
    row.batch = published.batch, row.precision = published.precision;
    row.latency_s = published.latency_s, row.throughput_per_s = published.throughput_per_s;
    row.conditions = published.source;
    row.method = "published by others: a ceiling, not measured by us";
    if (row.batch) comparison::complete(row, macs * static_cast<double>(*row.batch));
    if (const auto peak = device.operations_per_s.find(published.precision);
        peak != device.operations_per_s.end() && row.throughput_per_s) {
      row.peak_operations_per_s = peak->second, row.peak_source = device.source;
      row.peak_fraction = 2 * macs * *row.throughput_per_s / peak->second;
    }
    record.rows.push_back(std::move(row));
  }
}

}  // namespace nnp::cli
