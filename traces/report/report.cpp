// SPDX-License-Identifier: Apache-2.0
#include "traces/report/report.h"

#include <fmt/format.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>

#include "traces/format/trace_file.h"
#include "traces/report/base64.h"
#include "traces/report/page.h"

namespace nnp::traces {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kPlace = "<!--the report command puts traces here-->";
constexpr std::size_t kBlock =
    3u << 20;  // bytes of a trace in one element; a multiple of 3: each stands alone

/// JSON inside a script element: nothing in it may end the element.
std::string inlined(const Json& json) {
  std::string text;
  for (const char c : json.dump(-1, ' ', false, Json::error_handler_t::replace))
    if (c == '<')
      text += "\\u003c";
    else
      text += c;
  return text;
}

Json json_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json::parse(text); }

std::vector<std::uint8_t> bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) throw TraceFileError(fmt::format("{}: cannot be read", path.string()));
  return bytes;
}

}  // namespace

void write_report(const Report& report, std::ostream& to) {
  const std::string_view page = explorer_page();
  const std::size_t place = page.find(kPlace);
  if (place == std::string_view::npos) throw std::logic_error("the explorer's page has no place for traces");
  to << page.substr(0, place);

  Json list = Json::array();
  std::vector<std::vector<std::uint8_t>> payloads;
  for (const ReportTrace& trace : report.traces) {
    const TraceFile file(trace.file);
    const std::uint64_t size = std::filesystem::file_size(trace.file);
    const bool whole = size <= report.whole_trace_bytes;
    payloads.push_back(whole ? bytes_of(trace.file) : file.figures());
    list.push_back({{"name", trace.name},
                    {"file_bytes", size},
                    {"whole", whole},
                    {"bytes", payloads.back().size()},
                    {"block_bytes", kBlock},
                    {"checks", json_or_null(trace.checks)}});
  }
  to << R"(<script type="application/json" id="report">)"
     << inlined({{"schema", "nnpsim.report/1"},
                 {"traces", list},
                 {"comparison", json_or_null(report.comparison)},
                 {"what_if", json_or_null(report.what_if)}})
     << "</script>\n";
  for (std::size_t i = 0; i < payloads.size(); ++i)
    for (std::size_t at = 0; at < payloads[i].size(); at += kBlock) {
      const std::size_t size = std::min(kBlock, payloads[i].size() - at);
      to << fmt::format(R"(<script type="application/octet-stream" data-trace="{}">)", i)
         << base64(std::span(payloads[i]).subspan(at, size)) << "</script>\n";
    }
  to << page.substr(place + kPlace.size());
}

}  // namespace nnp::traces
