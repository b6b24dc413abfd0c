// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/gpu_bench/measurement.h"

#include <cmath>
#include <nlohmann/json.hpp>

namespace nnp::gpu_bench {
namespace {

using Json = nlohmann::ordered_json;

Json number_or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? Json(*value) : Json(nullptr);
}

Json device_json(const gpu::Device& d) {
  return {{"name", d.name},
          {"driver", d.driver},
          {"compute_capability", d.compute_capability},
          {"multiprocessors", d.multiprocessors},
          {"memory_bytes", d.memory_bytes},
          {"memory_bytes_per_s", number_or_null(d.memory_bytes_per_s)},
          {"clocks_hz",
           {{"sm", number_or_null(d.sm_clock_hz)},
            {"memory", number_or_null(d.memory_clock_hz)},
            {"most_sm", number_or_null(d.most_sm_clock_hz)}}},
          {"libraries", {{"cuda", d.cuda}, {"cudnn", d.cudnn}, {"cublas", d.cublas}}}};
}

Json layer_json(const Layer& l) {
  return {{"name", l.name},     {"op", l.op},     {"kernel", l.kernel},
          {"time_s", l.time_s}, {"macs", l.macs}, {"bytes", l.bytes}};
}

Json row_json(const Row& r) {
  const bool measured = r.reason.empty();
  Json json = {{"network", r.network},
               {"precision", r.precision},
               {"batch", r.batch},
               {"status", measured ? "measured" : "skipped"},
               {"reason", r.reason}};
  if (!measured) return json;
  json["latency_s"] = {{"p50", r.p50_s}, {"p99", r.p99_s}};
  json["throughput_per_s"] = static_cast<double>(r.batch) / r.p50_s;
  json["runs"] = r.runs, json["warm_up"] = r.warm_up;
  json["transfer_s"] = {{"upload", r.upload_s}, {"download", r.download_s}};
  json["macs"] = r.macs, json["weight_bytes"] = r.weight_bytes, json["activation_bytes"] = r.activation_bytes;
  json["check"] = {{"against", r.check.against},
                   {"status", r.check.status},
                   {"compared", r.check.compared},
                   {"mismatches", r.check.mismatches},
                   {"max_abs_error", r.check.max_abs_error},
                   {"sqnr_db", number_or_null(r.check.sqnr_db)}};
  if (!r.check.reason.empty()) json["check"]["reason"] = r.check.reason;
  if (r.check.layers != 0) {
    json["check"]["layers"] = r.check.layers;
    json["check"]["worst_layer"] = r.check.worst_layer;
    json["check"]["worst_layer_db"] = number_or_null(r.check.worst_layer_db);
  }
  if (!r.layers.empty()) {
    json["layers"] = Json::array();
    for (const Layer& layer : r.layers) json["layers"].push_back(layer_json(layer));
  }
  return json;
}

}  // namespace

std::string to_json(const Measurement& m) {
  Json rows = Json::array();
  for (const Row& row : m.rows) rows.push_back(row_json(row));
  const Json json = {{"schema", "nnpsim.gpu/1"},
                     {"version", m.version},
                     {"command", m.command},
                     {"date", m.date},
                     {"device", device_json(m.device)},
                     {"measured",
                      {{"copy_bytes_per_s", m.ceilings.copy_bytes_per_s},
                       {"upload_bytes_per_s", m.ceilings.upload_bytes_per_s},
                       {"download_bytes_per_s", m.ceilings.download_bytes_per_s},
                       {"operations_per_s", m.ceilings.operations_per_s}}},
                     {"rows", rows}};
  return json.dump(1) + "\n";
}

}  // namespace nnp::gpu_bench
