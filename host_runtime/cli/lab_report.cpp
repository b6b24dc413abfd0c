// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/lab_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host_runtime/cli/table.h"

namespace nnp::cli {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json head(const std::string& action) { return {{"schema", "nnpsim.lab/1"}, {"action", action}}; }

Json json_of(const std::optional<lab::Value>& value) {
  if (!value) return nullptr;
  return std::visit([](const auto& is) { return Json(is); }, *value);
}

/// "one.html#view=timeline": the page that `report` makes of a trace.
std::string link(const lab::Look& look) {
  return fs::path(look.trace).replace_extension(".html").string() + "#" + look.view;
}

std::string report_command(const std::string& trace) {
  return fmt::format("nnpsim report {} -o {}", trace, fs::path(trace).replace_extension(".html").string());
}

std::vector<std::string> traces_of(const lab::Lesson& lesson) {
  std::vector<std::string> traces;
  for (const lab::Look& look : lesson.looks)
    if (std::ranges::find(traces, look.trace) == traces.end()) traces.push_back(look.trace);
  return traces;
}

/// For a shell that would not find this program by its name; empty for one that does.
std::string path_line() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  std::istringstream folders(std::getenv("PATH") != nullptr ? std::getenv("PATH") : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (fs::exists(fs::path(folder) / program.filename(), error)) return "";
  return fmt::format("  export PATH={}:$PATH\n", program.parent_path().string());
}

std::string with_unit(const lab::Value& value, const std::string& unit) {
  return lab::shown(value) + (unit.empty() ? "" : " " + unit);
}

std::size_t count(const std::vector<lab::Judged>& judged, lab::Verdict verdict) {
  return static_cast<std::size_t>(std::ranges::count(judged, verdict, &lab::Judged::verdict));
}

}  // namespace

std::string lab_list_text(const std::vector<lab::Lesson>& lessons) {
  using Align = Table::Align;
  Table table({{"lesson", Align::left}, {"minutes"}, {"question", Align::left}});
  for (const lab::Lesson& lesson : lessons)
    table.add({lesson.name, fmt::format("{}", lesson.minutes), lesson.question});
  return table.text(0) + "\nBegin with: nnpsim lab start 1\n";
}

std::string lab_list_json(const std::vector<lab::Lesson>& lessons) {
  Json json = head("list"), list = Json::array();
  for (const lab::Lesson& lesson : lessons)
    list.push_back({{"name", lesson.name},
                    {"title", lesson.title},
                    {"question", lesson.question},
                    {"minutes", lesson.minutes}});
  json["lessons"] = list;
  return text_of(json);
}

std::string lab_start_text(const lab::Lesson& lesson, const fs::path& folder) {
  std::string text = fmt::format("{}\n\n{}\n\nPredict, and write it into {}/answers.toml:\n", lesson.title,
                                 lesson.question, folder.string());
  for (const lab::Question& question : lesson.questions)
    text += fmt::format("  {:<12} {}{}\n", question.key, question.ask, lab::answer_hint(question));
  text +=
      fmt::format("\nThen read {}/lesson.md. Its first command:\n{}  cd {}\n  nnpsim {}\n", folder.string(),
                  path_line(), folder.string(), lesson.runs.empty() ? "" : lesson.runs.front().command);
  if (!lesson.looks.empty()) text += "\nLook, when it has run:\n";
  for (const std::string& trace : traces_of(lesson)) {
    text += fmt::format("  {}\n", report_command(trace));
    for (const lab::Look& look : lesson.looks)
      if (look.trace == trace) text += fmt::format("    {}   {}\n", link(look), look.shows);
  }
  return text + fmt::format("\nAt the end: nnpsim lab check {}\n", lesson.name);
}

std::string lab_start_json(const lab::Lesson& lesson, const fs::path& folder) {
  Json json = head("start");
  json["lesson"] = lesson.name, json["title"] = lesson.title, json["question"] = lesson.question;
  json["folder"] = folder.string();
  Json files = Json::array({"answers.toml"}), questions = Json::array(), commands = Json::array(),
       links = Json::array();
  for (const lab::File& file : lesson.files)
    if (file.name != "lesson.toml") files.push_back(file.name);
  for (const lab::Question& question : lesson.questions)
    questions.push_back({{"key", question.key},
                         {"ask", question.ask},
                         {"unit", question.unit},
                         {"choices", question.choices}});
  for (const lab::Run& run : lesson.runs) commands.push_back("nnpsim " + run.command);
  for (const lab::Look& look : lesson.looks)
    links.push_back({{"report", report_command(look.trace)}, {"link", link(look)}, {"shows", look.shows}});
  json["files"] = files, json["questions"] = questions, json["commands"] = commands, json["links"] = links;
  return text_of(json);
}

std::string lab_check_text(const lab::Lesson& lesson, const std::vector<lab::Judged>& judged) {
  std::string text = lesson.title + "\n";
  for (const lab::Judged& each : judged) {
    const lab::Question& question = *each.question;
    text += fmt::format("\n{}: {}\n", question.key, question.ask);
    if (each.verdict == lab::Verdict::unanswered) {
      text += fmt::format("  not answered yet: --answer {}=..., or a line of answers.toml\n", question.key);
      continue;
    }
    text += fmt::format("  {}: you said {}, measured: {}{}\n", to_string(each.verdict),
                        lab::shown(*each.answer), with_unit(*each.measured, question.unit),
                        each.as_in_lesson ? ""
                                          : fmt::format(" (the lesson's own files: {})",
                                                        with_unit(question.value, question.unit)));
    text += fmt::format("  why: {}\n", question.why);
  }
  return text + fmt::format("\n{} right, {} wrong, {} not answered\n", count(judged, lab::Verdict::right),
                            count(judged, lab::Verdict::wrong), count(judged, lab::Verdict::unanswered));
}

std::string lab_check_json(const lab::Lesson& lesson, const fs::path& folder,
                           const std::vector<lab::Judged>& judged) {
  Json json = head("check"), answers = Json::array();
  json["lesson"] = lesson.name;
  json["folder"] = folder.empty() ? Json(nullptr) : Json(folder.string());
  for (const lab::Judged& each : judged) {
    const bool answered = each.verdict != lab::Verdict::unanswered;
    answers.push_back({{"key", each.question->key},
                       {"verdict", to_string(each.verdict)},
                       {"answer", json_of(each.answer)},
                       {"measured", json_of(each.measured)},
                       {"expected", answered ? json_of(each.question->value) : Json(nullptr)},
                       {"unit", each.question->unit},
                       {"within", each.question->within},
                       {"why", answered ? Json(each.question->why) : Json(nullptr)}});
  }
  json["answers"] = answers;
  for (const lab::Verdict verdict : {lab::Verdict::right, lab::Verdict::wrong, lab::Verdict::unanswered})
    json[to_string(verdict)] = count(judged, verdict);
  return text_of(json);
}

}  // namespace nnp::cli
