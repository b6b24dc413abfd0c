// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/lab/lesson_runs.h"

#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>

#include "host_runtime/lab/expression.h"

namespace nnp::lab {

namespace fs = std::filesystem;

struct LessonRuns::Documents {
  std::map<std::string, nlohmann::ordered_json> by_key;
};

Visit::Visit(const fs::path& folder) : home_(fs::current_path()) { fs::current_path(folder); }
Visit::~Visit() {
  std::error_code ignored;
  fs::current_path(home_, ignored);
}

LessonRuns::LessonRuns(const Lesson& lesson, fs::path folder, Runner runner)
    : lesson_(lesson), folder_(std::move(folder)), runner_(std::move(runner)) {}
LessonRuns::~LessonRuns() = default;

Value LessonRuns::evaluate(const std::string& expression) {
  if (!done_) {
    auto documents = std::make_unique<Documents>();
    const Visit visit(folder_);
    for (const Run& run : lesson_.runs) {
      std::vector<std::string> arguments = run.arguments;
      arguments.emplace_back("--json");
      try {
        documents->by_key[run.key] = nlohmann::ordered_json::parse(runner_(arguments));
      } catch (const nlohmann::json::parse_error&) {
        throw LessonError(fmt::format("{}: `nnpsim {}` prints no JSON", lesson_.name, run.command));
      }
    }
    done_ = std::move(documents);
  }
  return lab::evaluate(expression, [&](const std::string& key) -> const nlohmann::ordered_json& {
    const auto found = done_->by_key.find(key);
    if (found == done_->by_key.end())
      throw LessonError(
          fmt::format("expression '{}': lesson {} has no run '{}'", expression, lesson_.name, key));
    return found->second;
  });
}

}  // namespace nnp::lab
