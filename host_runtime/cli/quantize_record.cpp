// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/quantize_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "host_runtime/cli/check_lines.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/npy.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/version.h"

namespace nnp::cli {
namespace {

using Json = nlohmann::ordered_json;
using Align = Table::Align;

constexpr std::size_t kShownLayers = 12, kNameWidth = 40;

Json decibels(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
std::string decibel_text(double value) {
  return std::isfinite(value) ? fmt::format("{:.1f} dB", value) : "no noise";
}

Json layer_json(const QuantizedLayer& layer) {
  Json entry{{"name", layer.noise.layer},       {"op", layer.noise.op},
             {"dtype", numpy_name(layer.type)}, {"scale", layer.scale},
             {"zero_point", layer.zero_point},  {"sqnr_db", decibels(layer.noise.noise.sqnr_db())}};
  if (layer.ort)
    entry["ort"] = {{"compared", layer.ort->compared},
                    {"exact", layer.ort->exact},
                    {"max_lsb", layer.ort->largest},
                    {"allowed_lsb", layer.ort->allowed}};
  return entry;
}

std::vector<std::size_t> layers_to_show(const QuantizeRecord& record, bool all) {
  std::vector<std::size_t> order(record.layers.size());
  std::iota(order.begin(), order.end(), 0);
  if (all || order.size() <= kShownLayers) return order;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return record.layers[left].noise.noise.sqnr_db() < record.layers[right].noise.noise.sqnr_db();
  });
  order.resize(kShownLayers);
  std::sort(order.begin(), order.end());
  return order;
}

std::string layer_table(const QuantizeRecord& record, bool all) {
  const bool judged = std::any_of(record.layers.begin(), record.layers.end(),
                                  [](const QuantizedLayer& layer) { return layer.ort.has_value(); });
  std::vector<Table::Column> columns{
      {"layer", Align::left}, {"op", Align::left}, {"codes", Align::left}, {"scale"}, {"zero"}, {"SQNR"}};
  if (judged) columns.insert(columns.end(), {{"ort exact"}, {"ort max LSB"}, {"allowed"}});
  Table table(columns);
  const auto shown = layers_to_show(record, all);
  for (const std::size_t i : shown) {
    const QuantizedLayer& layer = record.layers[i];
    std::vector<std::string> cells{shortened(layer.noise.layer, kNameWidth),
                                   layer.noise.op,
                                   ir::to_string(layer.type),
                                   fmt::format("{:.5g}", layer.scale),
                                   fmt::format("{}", layer.zero_point),
                                   decibel_text(layer.noise.noise.sqnr_db())};
    if (judged && layer.ort)
      cells.insert(cells.end(),
                   {equal_text(layer.ort->exact, layer.ort->compared), fmt::format("{}", layer.ort->largest),
                    fmt::format("{}", layer.ort->allowed)});
    else if (judged)
      cells.insert(cells.end(), 3, "-");
    table.add(std::move(cells));
  }
  const std::string head = shown.size() == record.layers.size()
                               ? "Layers\n"
                               : fmt::format("Layers: the {} with most noise of {} (--layers shows all)\n",
                                             shown.size(), record.layers.size());
  return head + table.text();
}

std::string inputs_text(std::uint64_t count, const std::string& from) {
  return fmt::format("{} {}", count,
                     from == "random" ? "random inputs" : fmt::format("inputs of --{}", from));
}

std::string rule_text(const compiler::CalibrationRule& rule) {
  return rule.method == compiler::CalibrationMethod::percentile
             ? fmt::format("percentile {}", rule.percentile)
             : to_string(rule.method);
}

std::string line(const std::string& key, const std::string& value) {
  return fmt::format("  {:<13}{}\n", key, value);
}

}  // namespace

std::string quantize_json(const QuantizeRecord& record) {
  const bool has_percentile = record.rule.method == compiler::CalibrationMethod::percentile;
  Json object;
  object["schema"] = "nnpsim.quantize/1";
  object["network"] = record.network;
  object["file"] = record.file;
  object["bytes"] = record.bytes;
  object["opset"] = record.opset;
  object["precision"] = isa::to_string(record.precision);
  object["calibration"] = {{"method", to_string(record.rule.method)},
                           {"percentile", has_percentile ? Json(record.rule.percentile) : Json(nullptr)},
                           {"inputs", record.calibration_inputs},
                           {"from", record.calibrated_on}};
  object["test"] = {{"inputs", record.test_inputs}, {"from", record.tested_on}};
  object["sqnr_db"] = decibels(record.sqnr_db);
  object["top1"] = {{"answers", record.answers},
                    {"agreeing", record.agreeing},
                    {"agreement", record.answers == 0 ? Json(nullptr)
                                                      : Json(static_cast<double>(record.agreeing) /
                                                             static_cast<double>(record.answers))}};
  object["float_layers"] = record.float_layers;
  object["layers"] = Json::array();
  for (const QuantizedLayer& layer : record.layers) object["layers"].push_back(layer_json(layer));
  object["check"] = Json::array();
  for (const compare::Comparison& check : record.checks) object["check"].push_back(check_json(check));
  object["float_check"] = nullptr;
  if (record.float_check)
    object["float_check"] = {{"reference", "ort"},
                             {"sqnr_db", decibels(record.float_check->sqnr_db)},
                             {"max_abs_error", record.float_check->max_abs_error},
                             {"largest", record.float_check->largest}};
  object["onnxruntime"] =
      record.onnxruntime_version.empty() ? Json(nullptr) : Json(record.onnxruntime_version);
  object["seed"] = record.seed;
  object["version"] = version();
  return object.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string quantize_text(const QuantizeRecord& record, bool all_layers) {
  std::string text =
      fmt::format("{} in {}: {}, operator set {}, {}\n\n", record.network, isa::to_string(record.precision),
                  record.file, record.opset, size_text(static_cast<double>(record.bytes)));
  text += line("calibration", fmt::format("{}, {}", rule_text(record.rule),
                                          inputs_text(record.calibration_inputs, record.calibrated_on)));
  text +=
      line("layers", fmt::format("{} with codes, {} in float", record.layers.size(), record.float_layers));
  text += line("SQNR",
               fmt::format("{} of the outputs against the float network, {}", decibel_text(record.sqnr_db),
                           inputs_text(record.test_inputs, record.tested_on)));
  if (record.answers != 0)
    text += line("top-1", fmt::format("{} of {} answers as in float ({})", count_text(record.agreeing),
                                      count_text(record.answers),
                                      percent_text(share(static_cast<double>(record.agreeing),
                                                         static_cast<double>(record.answers)))));
  text += '\n' + layer_table(record, all_layers);
  if (!record.checks.empty()) text += '\n' + check_lines(record.checks);
  if (record.float_check)
    text += fmt::format("  {:<8}float network: SQNR {}, largest difference {:.2g} of {:.3g}\n", "ort",
                        decibel_text(record.float_check->sqnr_db), record.float_check->max_abs_error,
                        record.float_check->largest);
  return text;
}

}  // namespace nnp::cli
