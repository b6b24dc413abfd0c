// SPDX-License-Identifier: Apache-2.0
// nnpsim lab: the lessons. `start` gives a student a folder, `check` runs what is in it and holds predictions
// against what was measured.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "host_runtime/cli/captured_command.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/lab_report.h"
#include "host_runtime/lab/embedded_lessons.h"

namespace nnp::cli {
namespace {

namespace fs = std::filesystem;
constexpr const char* kAnswers = "answers.toml";

/// By name ("03-three-dataflows"), number ("3", "03") or what stands behind it ("three-dataflows").
lab::Lesson lesson_called(const std::string& name) {
  std::vector<lab::Lesson> all = lab::lessons();
  std::vector<std::string> names;
  for (lab::Lesson& lesson : all) {
    const std::string number = lesson.name.substr(0, lesson.name.find('-'));
    if (name == lesson.name || name == number || "0" + name == number ||
        name == lesson.name.substr(number.size() + 1))
      return std::move(lesson);
    names.push_back(lesson.name);
  }
  throw UsageError(name.empty() ? "lab: which lesson? `nnpsim lab list` names them"
                                : fmt::format("no lesson '{}'{}", name, instead_of(name, names, "Lessons")));
}

/// A student gets all but lesson.toml, which has the answers, and a sheet for them.
void write_files(const lab::Lesson& lesson, const fs::path& folder) {
  const auto write = [&](const std::string& name, const std::string& content) {
    std::ofstream out(folder / name, std::ios::binary);
    if (!(out << content).flush()) throw FileFault((folder / name).string() + ": cannot be written");
  };
  for (const lab::File& file : lesson.files)
    if (file.name != "lesson.toml") write(file.name, file.content);
  write(kAnswers, lab::answer_sheet(lesson));
}

/// A lesson's own files for as long as it lives.
class Desk {
 public:
  explicit Desk(const lab::Lesson& lesson) {
    std::string path = (fs::temp_directory_path() / "nnpsim-lab-XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) throw FileFault(path + ": cannot be made");
    path_ = path;
    write_files(lesson, path_);
  }
  ~Desk() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

int start(const LabOptions& options) {
  const lab::Lesson lesson = lesson_called(options.lesson);
  const fs::path folder = options.output.empty() ? fs::path(lesson.name) : fs::path(options.output);
  if (fs::exists(folder) && (!fs::is_directory(folder) || !fs::is_empty(folder)))
    throw UsageError(fmt::format("{}: is there already; -o DIR names another folder", folder.string()));
  fs::create_directories(folder);
  write_files(lesson, folder);
  fmt::print("{}", options.json ? lab_start_json(lesson, folder) : lab_start_text(lesson, folder));
  return kOk;
}

std::map<std::string, std::string> answers_of(const LabOptions& options, const fs::path& sheet) {
  std::map<std::string, std::string> answers;
  if (fs::exists(sheet)) {
    std::ifstream in(sheet, std::ios::binary);
    answers = lab::read_answer_sheet({std::istreambuf_iterator<char>(in), {}});
  }
  for (const std::string& answer : options.answers) {
    const std::size_t sign = answer.find('=');
    if (sign == std::string::npos || sign == 0)
      throw UsageError(fmt::format("--answer {}: must be KEY=VALUE", answer));
    answers[answer.substr(0, sign)] = answer.substr(sign + 1);
  }
  return answers;
}

int check(const LabOptions& options) {
  const lab::Lesson lesson = lesson_called(options.lesson);
  if (!options.folder.empty() && !fs::is_directory(options.folder))
    throw UsageError(
        fmt::format("{}: is no folder; `nnpsim lab start {} -o DIR` makes one", options.folder, lesson.name));
  const bool here = options.folder.empty() && fs::exists(kAnswers) && fs::exists("lesson.md");
  std::optional<Desk> desk;
  if (options.folder.empty() && !here) desk.emplace(lesson);
  const fs::path folder = desk ? desk->path() : here ? fs::path(".") : fs::path(options.folder);
  const auto answers = answers_of(options, folder / kAnswers);
  lab::LessonRuns runs(lesson, folder, output_of_command);
  const std::vector<lab::Judged> judged = lab::judge(lesson, answers, runs);
  fmt::print("{}", options.json ? lab_check_json(lesson, desk ? fs::path() : folder, judged)
                                : lab_check_text(lesson, judged));
  const bool wrong = std::ranges::find(judged, lab::Verdict::wrong, &lab::Judged::verdict) != judged.end();
  return wrong ? kCheckFailed : kOk;
}

int list(const LabOptions& options) {
  if (!options.lesson.empty()) throw UsageError(fmt::format("'{}' is one word too many", options.lesson));
  const std::vector<lab::Lesson> all = lab::lessons();
  fmt::print("{}", options.json ? lab_list_json(all) : lab_list_text(all));
  return kOk;
}

/// An option of another action is a mistake worth telling.
void refuse_strangers(const LabOptions& options) {
  if (options.action != "start" && !options.output.empty())
    throw UsageError("-o: only `lab start` makes a folder");
  if (options.action != "check" && (!options.answers.empty() || !options.folder.empty()))
    throw UsageError("--answer and DIR: only `lab check` takes them");
}

}  // namespace

int lessons(const LabOptions& options) try {
  const std::vector<std::string> actions{"list", "start", "check"};
  if (std::ranges::find(actions, options.action) == actions.end())
    throw UsageError(fmt::format("no action '{}' of lab{}", options.action,
                                 instead_of(options.action, actions, "Actions")));
  refuse_strangers(options);
  return options.action == "list"    ? list(options)
         : options.action == "start" ? start(options)
                                     : check(options);
} catch (const lab::LessonError& error) {
  throw UsageError(error.what());
}

}  // namespace nnp::cli
