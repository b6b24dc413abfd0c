// SPDX-License-Identifier: Apache-2.0
#include "traces/format/metadata.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "sim/kernel/trace.h"

namespace nnp::traces {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json causes() {
  Json list = Json::array();
  for (unsigned i = 1; i < static_cast<unsigned>(sim::Cause::count); ++i) {
    const sim::CauseText& text = sim::text(static_cast<sim::Cause>(i));
    list.push_back({{"name", text.name},
                    {"code", i},
                    {"definition", text.definition},
                    {"formula", text.formula},
                    {"advice", text.advice}});
  }
  return list;
}

/// nlohmann's messages name the key or the place; this adds what the text was.
template <typename F>
auto parsed(const char* what, const std::string& text, F&& read) {
  try {
    return read(Json::parse(text));
  } catch (const nlohmann::json::exception& error) {
    throw std::runtime_error(fmt::format("its {} cannot be read: {}", what, error.what()));
  }
}

}  // namespace

std::string to_json(const TraceInfo& info) {
  Json units = Json::array(), layers = Json::array(), launches = Json::array();
  for (const TraceUnit& unit : info.units)
    units.push_back({{"name", unit.name},
                     {"kind", unit.kind},
                     {"description", unit.description},
                     {"clock", unit.memory_clock ? "memory" : "core"},
                     {"box", unit.box}});
  for (const TraceLayer& layer : info.layers)
    layers.push_back({{"name", layer.name},
                      {"op", layer.op},
                      {"where", layer.on_host ? "host" : "chip"},
                      {"macs", layer.macs},
                      {"onnx_nodes", layer.onnx_nodes}});
  for (const TraceLaunch& launch : info.launches)
    launches.push_back(
        {{"first_instruction", launch.first_instruction}, {"instructions", launch.instructions}});
  return dump({{"schema", "nnpsim.trace/1"},
               {"tool", info.tool},
               {"network", info.network},
               {"chip", info.chip},
               {"chip_description", info.chip_description},
               {"chip_hash", info.chip_hash},
               {"chip_toml", info.chip_toml},
               {"precision", info.precision},
               {"batch", info.batch},
               {"seed", info.seed},
               {"level", info.level},
               {"core_frequency_khz", info.core_frequency_khz},
               {"memory_frequency_khz", info.memory_frequency_khz},
               {"array_rows", info.array_rows},
               {"array_cols", info.array_cols},
               {"instructions", info.instructions},
               {"launches", launches},
               {"units", units},
               {"causes", causes()},
               {"layers", layers}});
}

TraceInfo info_from_json(const std::string& text) {
  return parsed("metadata", text, [](const Json& json) {
    TraceInfo info;
    if (json.at("schema") != "nnpsim.trace/1") throw std::runtime_error("its metadata is of another schema");
    json.at("tool").get_to(info.tool);
    json.at("network").get_to(info.network);
    json.at("chip").get_to(info.chip);
    json.at("chip_description").get_to(info.chip_description);
    json.at("chip_hash").get_to(info.chip_hash);
    json.at("chip_toml").get_to(info.chip_toml);
    json.at("precision").get_to(info.precision);
    json.at("batch").get_to(info.batch);
    json.at("seed").get_to(info.seed);
    json.at("level").get_to(info.level);
    json.at("core_frequency_khz").get_to(info.core_frequency_khz);
    json.at("memory_frequency_khz").get_to(info.memory_frequency_khz);
    json.at("array_rows").get_to(info.array_rows);
    json.at("array_cols").get_to(info.array_cols);
    json.at("instructions").get_to(info.instructions);
    for (const Json& launch : json.at("launches"))
      info.launches.push_back({launch.at("first_instruction"), launch.at("instructions")});
    for (const Json& unit : json.at("units"))
      info.units.push_back({unit.at("name"), unit.at("kind"), unit.at("description"),
                            unit.at("clock") == "memory", unit.at("box")});
    if (info.units.size() >= sim::kHostLink)
      throw std::runtime_error("it has more units than a trace can name");
    for (const Json& layer : json.at("layers"))
      info.layers.push_back({layer.at("name"), layer.at("op"), layer.at("where") == "host", layer.at("macs"),
                             layer.at("onnx_nodes")});
    return info;
  });
}

std::string to_json(const TraceSummary& summary) {
  Json units = Json::object();
  for (const auto& [name, account] : summary.units)
    units[name] = {
        {"cycles", account.cycles}, {"busy", account.busy}, {"waits", account.waits}, {"idle", account.idle}};
  Json json{{"complete", summary.complete},
            {"ended", summary.ended},
            {"cycles", summary.cycles},
            {"verdict", summary.verdict},
            {"units", units}};
  if (!summary.run.empty()) json["run"] = Json::parse(summary.run);
  return dump(json);
}

TraceSummary summary_from_json(const std::string& text) {
  return parsed("summary", text, [](const Json& json) {
    TraceSummary summary;
    json.at("complete").get_to(summary.complete);
    json.at("ended").get_to(summary.ended);
    json.at("cycles").get_to(summary.cycles);
    json.at("verdict").get_to(summary.verdict);
    for (const auto& [name, unit] : json.at("units").items()) {
      TraceAccount& account = summary.units[name];
      unit.at("cycles").get_to(account.cycles);
      unit.at("busy").get_to(account.busy);
      unit.at("idle").get_to(account.idle);
      unit.at("waits").get_to(account.waits);
    }
    if (json.contains("run")) summary.run = dump(json["run"]);
    return summary;
  });
}

}  // namespace nnp::traces
