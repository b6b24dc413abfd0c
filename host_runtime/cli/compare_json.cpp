// SPDX-License-Identifier: Apache-2.0
// A CompareRecord as the object of schema nnpsim.compare/1 (docs/guide/cli.md).
#include <nlohmann/json.hpp>

#include "host_runtime/cli/check_lines.h"
#include "host_runtime/cli/compare_record.h"
#include "host_runtime/cli/version.h"

namespace nnp::cli {
namespace {

using Json = nlohmann::ordered_json;
using comparison::Row;

template <typename T>
Json known(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json row_json(const Row& row) {
  const bool simulated = row.status == comparison::Status::simulated;
  return {{"runner", row.runner},
          {"device", row.device},
          {"status", to_string(row.status)},
          {"reason", row.reason},
          {"batch", known(row.batch)},
          {"precision", row.precision},
          {"latency_s", known(row.latency_s)},
          {"throughput_per_s", known(row.throughput_per_s)},
          {"peak_fraction", known(row.peak_fraction)},
          {"source", row.source()},
          {"peak_operations_per_s", known(row.peak_operations_per_s)},
          {"peak_source", row.peak_source},
          {"threads", known(row.threads)},
          {"without_transfers_s", known(row.without_transfers_s)},
          {"without_transfers_status", row.without_transfers_s ? Json("simulated") : Json(nullptr)},
          {"transfer_s", {{"upload", known(row.upload_s)}, {"download", known(row.download_s)}}},
          {"host_layers_s", known(row.host_layers_s)},
          {"host_layers_status", row.host_layers_s ? Json("measured here") : Json(nullptr)},
          {"memory_bytes", known(row.memory_bytes)},
          {"memory_bytes_status", !row.memory_bytes ? Json(nullptr)
                                                    : Json(row.memory_bytes_are_least ? "lower bound"
                                                           : simulated                ? "simulated"
                                                                                      : "measured")},
          {"host_link_bytes", known(row.host_link_bytes)}};
}

Json position_json(const comparison::Position& position) {
  return {{"operations", position.operations},
          {"bytes", position.bytes},
          {"operations_per_byte", known(position.intensity)},
          {"attainable_operations_per_s", position.attainable},
          {"attained_operations_per_s", known(position.attained)},
          {"of_attainable", known(position.of_attainable())},
          {"least_s", position.least_s},
          {"bound", position.bound()}};
}

Json roof_json(const RoofRecord& roof) {
  return {{"device", roof.device},
          {"precision", roof.precision},
          {"batch", roof.batch},
          {"kind", roof.kind},
          {"peak_operations_per_s", roof.ceilings.operations_per_s},
          {"bytes_per_s", roof.ceilings.bytes_per_s},
          {"source", roof.ceilings.source},
          {"network", position_json(roof.network)}};
}

Json layer_json(const LayerRecord& layer) {
  Json gpus = Json::array();
  for (const LayerRecord::OnGpu& gpu : layer.gpus)
    gpus.push_back({{"device", gpu.device},
                    {"precision", gpu.precision},
                    {"kernel", gpu.kernel},
                    {"time_s", known(gpu.time_s)},
                    {"roofline", gpu.position ? position_json(*gpu.position) : Json(nullptr)}});
  return {{"batch", layer.batch},
          {"name", layer.name},
          {"op", layer.op},
          {"where", layer.where},
          {"time_s", known(layer.time_s)},
          {"roofline", layer.where == "chip" ? position_json(layer.position) : Json(nullptr)},
          {"gpus", gpus}};
}

Json crossover_json(const CrossoverRecord& record) {
  return {{"device", record.device},
          {"precision", record.precision},
          {"comparable", record.of.comparable},
          {"batch", known(record.of.batch)},
          {"interpolated", known(record.of.interpolated)},
          {"source", record.source}};
}

template <typename T>
Json list_of(const std::vector<T>& records, Json (*convert)(const T&)) {
  Json list = Json::array();
  for (const T& record : records) list.push_back(convert(record));
  return list;
}

}  // namespace

std::string compare_json_text(const CompareRecord& record) {
  Json object{
      {"schema", "nnpsim.compare/1"},
      {"network", record.network},
      {"chip", record.chip},
      {"precision", record.precision},
      {"host", {{"processor", record.processor}, {"processors", record.processors}, {"load", record.load}}},
      {"rows", list_of(record.rows, row_json)},
      {"check", list_of(record.checks, check_json)},
      {"check_batch", record.checks.empty() ? Json(nullptr) : Json(record.check_batch)},
      {"crossovers", list_of(record.crossovers, crossover_json)},
      {"rooflines", list_of(record.roofs, roof_json)},
      {"layers", list_of(record.layers, layer_json)},
      {"sentences", record.sentences()},
      {"seed", record.seed},
      {"version", version()}};
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace nnp::cli
