// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/json_report.h"

#include <nlohmann/json.hpp>

#include "host_runtime/cli/check_lines.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/option_values.h"
#include "host_runtime/cli/version.h"

namespace nnp::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The simulation computes values while it counts cycles, so their time is not known apart, except where
/// there is none.
Json times(const RunRecord& run, double Spent::*clock) {
  return {{"compile", run.compile.*clock},
          {"timing", run.simulation.*clock},
          {"values", run.timing_only ? Json(0.0) : Json(nullptr)},
          {"total", run.total.*clock}};
}

/// Core cycles of each resource; whole ones but for `cycles` only where they come out so.
Json bounds_json(const bounds::LayerBounds& bounds) {
  Json object = Json::object();
  for (std::size_t i = 0; i < bounds::kResources; ++i)
    object[to_string(static_cast<bounds::Resource>(i))] = bounds.cycles_of[i];
  object["cycles"] = bounds.cycles;
  object["bound_by"] = to_string(bounds.bound_by);
  object["dram_bytes"] = bounds.work.bytes();
  return object;
}

Json gap_json(const bounds::Gap& gap) {
  Json object = {{"count", gap.count}, {"ahead", gap.ahead}, {"cycles", gap.cycles}};
  for (std::size_t i = 0; i < bounds::kCauses; ++i)
    object[to_string(static_cast<bounds::Cause>(i))] = gap.parts[i];
  return object;
}

Json bounds_json(const RunRecord& run) {
  if (!run.bounds) return nullptr;
  Json object = bounds_json(run.bounds->sum);
  object["host_link"] = run.bounds->host_link_cycles;
  object["cycles"] = run.bounds->cycles;
  object["bound_by"] = run.bounds->bound_by();
  return object;
}

Json layers(const RunRecord& run) {
  Json list = Json::array();
  for (std::size_t i = 0; i < run.layers.size(); ++i) {
    const isa::LayerInfo& layer = run.layers[i];
    const device::LayerStatistics& account = layer_account(run, i);
    list.push_back(
        {{"name", layer.name},
         {"op", layer.op},
         {"where", layer.on_host ? "host" : "chip"},
         {"precision", run.layer_precisions[i].empty() ? Json(nullptr) : Json(run.layer_precisions[i])},
         {"start_cycle", account.seen ? Json(account.start_cycle) : Json(nullptr)},
         {"end_cycle", account.seen ? Json(account.end_cycle) : Json(nullptr)},
         {"macs", layer.macs},
         {"array_active_cycles", account.array_active},
         {"compute_cycles", account.array_occupied},
         {"utilization", layer_utilization(run, i)},
         {"dram_read_bytes", account.dram_read_bytes},
         {"dram_write_bytes", account.dram_write_bytes},
         {"bound_by", layer_bound(run, i)},
         {"bounds", run.bounds ? bounds_json(run.bounds->layers[i]) : Json(nullptr)},
         {"gap", run.bounds ? gap_json(run.gap.layers[i]) : Json(nullptr)}});
  }
  return list;
}

std::string dumped(const Json& object) {
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Json units(const device::RunStatistics& statistics) {
  Json object = Json::object();
  for (const device::UnitStatistics& unit : statistics.units) {
    Json waits = Json::object();
    for (const auto& [cause, cycles] : unit.waits) waits[cause] = cycles;
    object[unit.name] = {{"cycles", unit.cycles}, {"busy", unit.busy}, {"waits", waits}, {"idle", unit.idle}};
  }
  return object;
}

Json driven(const device::DrivenArrayStatistics& array) {
  if (array.name.empty()) return nullptr;
  return {{"name", array.name}, {"passes", array.passes}, {"sums", array.sums}, {"ticks", array.ticks}};
}

Json array(const device::ArrayStatistics& array) {
  return {{"active", array.active},
          {"useful_macs", array.useful_macs},
          {"weight_stall", array.weight_stall},
          {"weight_shift", array.weight_shift},
          {"non_matrix", array.non_matrix},
          {"raw_stall", array.raw_stall},
          {"input_stall", array.input_stall},
          {"driven", driven(array.driven)}};
}

Json dram(const device::DramTotals& dram) {
  return {{"channels", dram.channels},       {"read_bytes", dram.read_bytes},
          {"write_bytes", dram.write_bytes}, {"row_hits", dram.row_hits},
          {"row_misses", dram.row_misses},   {"row_conflicts", dram.row_conflicts},
          {"refreshes", dram.refreshes},     {"bandwidth_utilization", dram.bandwidth_utilization},
          {"bus_cycles", dram.bus_cycles}};
}

Json calibration(const RunRecord& run) {
  if (!run.calibration) return nullptr;
  const compiler::CalibrationRule& rule = run.calibration->rule;
  const bool has_percentile = rule.method == compiler::CalibrationMethod::percentile;
  return {{"method", to_string(rule.method)},
          {"percentile", has_percentile ? Json(rule.percentile) : Json(nullptr)},
          {"from", run.calibration->from}};
}

Json checks(const RunRecord& run) {
  Json list = Json::array();
  for (const compare::Comparison& check : run.checks) list.push_back(check_json(check));
  return list;
}

Json outputs(const RunRecord& run) {
  Json list = Json::array();
  for (const OutputRecord& output : run.outputs)
    list.push_back({{"name", output.name},
                    {"shape", output.shape},
                    {"dtype", output.dtype},
                    {"sha256", output.sha256 ? Json(*output.sha256) : Json(nullptr)}});
  return list;
}

Json run_json(const RunRecord& run) {
  const double seconds = run_seconds(run);
  const device::RunStatistics& statistics = run.statistics;
  Json object;
  object["schema"] = "nnpsim.run/1";
  object["network"] = run.network;
  object["chip"] = run.chip.name;
  object["precision"] = isa::to_string(run.precision);
  object["calibration"] = calibration(run);
  object["batch"] = run.batch;
  object["sub_batch"] = run.sub_batch;
  object["cycles"] = statistics.cycles;
  object["load_cycles"] = statistics.load_cycles;
  object["time_s"] = seconds;
  object["inferences_per_s"] = share(run.batch, seconds);
  object["macs"] = network_macs(run);
  object["useful_tops"] = useful_tops(run);
  object["utilization"] = utilization(run);
  object["engine"] = to_string(run.engine);
  object["wall_s"] = times(run, &Spent::wall_s);
  object["cpu_s"] = times(run, &Spent::cpu_s);
  object["peak_rss_bytes"] = run.peak_rss_bytes;
  object["instructions"] = run.instructions;
  object["bounds"] = bounds_json(run);
  object["gap"] = run.bounds ? gap_json(run.gap.all) : Json(nullptr);
  object["layers"] = layers(run);
  object["units"] = units(statistics);
  object["array"] = array(statistics.array);
  object["dram"] = dram(statistics.dram);
  object["pcie"] = {{"to_device_bytes", statistics.pcie.to_device_bytes},
                    {"from_device_bytes", statistics.pcie.from_device_bytes},
                    {"tlps", statistics.pcie.tlps}};
  object["check"] = checks(run);
  object["outputs"] = outputs(run);
  object["seed"] = run.seed;
  object["version"] = version();
  return object;
}

}  // namespace

std::string json_text(const RunRecord& run) { return dumped(run_json(run)); }

std::string machine_json_text(const RunRecord& run) {
  Json object = run_json(run);
  for (const char* of_the_host :
       {"calibration", "engine", "wall_s", "cpu_s", "peak_rss_bytes", "check", "outputs"})
    object.erase(of_the_host);
  object["array"].erase("driven");
  return dumped(object);
}

std::string checks_json_text(const RunRecord& run) { return dumped(checks(run)); }

std::string layer_json_text(const RunRecord& run, const std::optional<MappingStory>& mapping,
                            std::size_t layer) {
  Json object = {{"schema", "nnpsim.layer/1"}, {"network", run.network},
                 {"chip", run.chip.name},      {"precision", isa::to_string(run.precision)},
                 {"batch", run.batch},         {"sub_batch", run.sub_batch}};
  object.update(layers(run)[layer]);
  if (mapping) object["mapping"] = json_of(*mapping);
  return dumped(object);
}

}  // namespace nnp::cli
