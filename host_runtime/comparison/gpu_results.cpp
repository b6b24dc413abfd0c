// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/comparison/gpu_results.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "host_runtime/comparison/json_place.h"

namespace nnp::comparison {
namespace {

constexpr const char* kSchema = "nnpsim.gpu/1";
constexpr const char* kPrecisions[] = {"int8", "bf16", "fp16", "tf32", "fp32"};
constexpr std::uintmax_t kLargestFile = std::uintmax_t{64} << 20;

std::string one_of(const JsonPlace& place, std::initializer_list<const char*> words) {
  const std::string text = place.text();
  if (std::ranges::find(words, text) == words.end())
    place.fail(fmt::format("is \"{}\"; allowed are {}", text, fmt::join(words, ", ")));
  return text;
}

std::string precision_at(const JsonPlace& place) {
  return one_of(place, {kPrecisions[0], kPrecisions[1], kPrecisions[2], kPrecisions[3], kPrecisions[4]});
}

/// A time that something took.
double duration(const JsonPlace& place) {
  const double seconds = place.number();
  if (!(seconds > 0)) place.fail("is 0, must be above 0");
  return seconds;
}

GpuLayer layer_of(const JsonPlace& place) {
  GpuLayer layer{place.at("name").text(), place.text_if("op"),    place.text_if("kernel"), {},
                 place.whole_if("macs"),  place.whole_if("bytes")};
  if (place.has("time_s")) layer.time_s = duration(place.at("time_s"));
  return layer;
}

GpuRow row_of(const JsonPlace& place) {
  GpuRow row;
  row.network = place.at("network").text();
  row.precision = precision_at(place.at("precision"));
  row.batch = static_cast<std::int64_t>(place.at("batch").whole(1));
  row.measured = one_of(place.at("status"), {"measured", "skipped"}) == "measured";
  row.reason = place.text_if("reason");
  row.macs = place.whole_if("macs");
  row.weight_bytes = place.whole_if("weight_bytes"),
  row.activation_bytes = place.whole_if("activation_bytes");
  if (!row.measured) return row;
  const JsonPlace latency = place.at("latency_s");
  row.latency_s = duration(latency.at("p50"));
  row.latency_p99_s = latency.number_if("p99");
  row.throughput_per_s = place.number_if("throughput_per_s");
  row.runs = place.whole_if("runs"), row.warm_up = place.whole_if("warm_up");
  if (place.has("transfer_s")) {
    row.upload_s = place.at("transfer_s").number_if("upload");
    row.download_s = place.at("transfer_s").number_if("download");
  }
  if (place.has("check")) row.check = one_of(place.at("check").at("status"), {"passed", "failed", "skipped"});
  if (place.has("layers"))
    for (const JsonPlace& layer : place.at("layers").elements()) row.layers.push_back(layer_of(layer));
  return row;
}

void take_device(const JsonPlace& place, GpuResults& results) {
  results.device = place.at("name").text();
  if (results.device.empty()) place.at("name").fail("is empty");
  results.driver = place.text_if("driver");
  if (!place.has("libraries")) return;
  const JsonPlace libraries = place.at("libraries");
  results.cuda = libraries.text_if("cuda"), results.cudnn = libraries.text_if("cudnn");
  results.cublas = libraries.text_if("cublas");
}

void take_ceilings(const JsonPlace& place, GpuResults& results) {
  results.copy_bytes_per_s = place.number_if("copy_bytes_per_s");
  if (!place.has("operations_per_s")) return;
  const JsonPlace rates = place.at("operations_per_s");
  for (const char* precision : kPrecisions)
    if (const auto rate = rates.number_if(precision); rate && *rate > 0)
      results.operations_per_s[precision] = *rate;
}

/// "FILE:line:column: not JSON".
std::string syntax_fault(const std::string& text, const std::string& name, std::size_t byte) {
  const std::string_view before = std::string_view(text).substr(0, std::min(byte, text.size()));
  const auto lines = std::ranges::count(before, '\n');
  const std::size_t line_begin = before.rfind('\n') == before.npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("{}:{}:{}: not JSON from here on", name, lines + 1,
                     std::max<std::size_t>(before.size() - line_begin, 1));
}

}  // namespace

std::string GpuResults::conditions() const {
  std::string text = file.empty() ? "measured here" : fmt::format("read from {}", file);
  if (!date.empty() && !file.empty()) text += " of " + date;
  std::vector<std::string> versions;
  const auto add = [&](const char* what, const std::string& version) {
    if (!version.empty()) versions.push_back(fmt::format("{} {}", what, version));
  };
  add("driver", driver), add("CUDA", cuda), add("cuDNN", cudnn), add("cuBLAS", cublas);
  return versions.empty() ? text : fmt::format("{}: {}", text, fmt::join(versions, ", "));
}

GpuResults parse_gpu_results(const std::string& text, const std::string& name) {
  nlohmann::json object;
  try {
    object = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    throw ResultsFileError(syntax_fault(text, name, error.byte));
  }
  const JsonPlace top(object, name);
  if (!top.has("schema") || top.at("schema").text() != kSchema)
    top.fail(fmt::format("is no results file of gpu-bench: its schema is {}, must be \"{}\"",
                         top.has("schema") ? top.at("schema").json().dump() : "missing", kSchema));
  GpuResults results;
  results.file = name;
  results.date = top.text_if("date");
  take_device(top.at("device"), results);
  if (top.has("measured")) take_ceilings(top.at("measured"), results);
  for (const JsonPlace& row : top.at("rows").elements()) results.rows.push_back(row_of(row));
  return results;
}

GpuResults read_gpu_results(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  std::ifstream file(path, std::ios::binary);
  if (error || !file) throw ResultsFileError(fmt::format("{}: cannot be read", path.string()));
  if (size > kLargestFile)
    throw ResultsFileError(fmt::format("{}: {} bytes are too many for a results file", path.string(), size));
  std::ostringstream text;
  text << file.rdbuf();
  return parse_gpu_results(text.str(), path.string());
}

}  // namespace nnp::comparison
