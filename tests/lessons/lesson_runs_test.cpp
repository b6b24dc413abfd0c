// SPDX-License-Identifier: Apache-2.0
// Every lesson, done as a student does it: its files in a folder, its commands typed one after the other.
// What they print must be what the lesson says.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "host_runtime/lab/embedded_lessons.h"
#include "host_runtime/lab/lesson_runs.h"
#include "tests/lessons/lesson_page.h"
#include "tests/support/nnpsim_process.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using lab::Lesson;
constexpr double kWritten = 1e-4;  // a fact is written with at least so many digits

/// stdout of a command that must succeed.
std::string output_of(const std::vector<std::string>& arguments) {
  const Outcome outcome = run_nnpsim(arguments);
  EXPECT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
  return outcome.out;
}

/// Of `lab start`; a build without `report` has no page to make.
bool has_report() {
  static const bool kHas = run_nnpsim({"report", "--help"}).exit == 0;
  return kHas;
}

class EveryLessonRun : public testing::TestWithParam<std::size_t> {
 protected:
  void SetUp() override {
    output_of({"lab", "start", lesson_.name, "-o", folder_.path("desk")});
    visit_.emplace(folder_.path("desk"));
  }
  const std::vector<Lesson> all_ = lab::lessons();
  const Lesson& lesson_ = all_.at(GetParam());
  const TemporaryFolder folder_;
  std::optional<lab::Visit> visit_;
};

TEST_P(EveryLessonRun, GivesWhatTheLessonSays) {
  lab::LessonRuns runs(lesson_, ".", output_of);
  const auto expect = [&](const std::string& key, const std::string& expression, const lab::Value& value) {
    const lab::Value measured = runs.evaluate(expression);
    EXPECT_TRUE(lab::agree(measured, value, kWritten))
        << lesson_.name << ": " << key << " is " << lab::shown(measured) << ", lesson.toml says "
        << lab::shown(value) << "\n  of " << expression;
  };
  for (const lab::Fact& fact : lesson_.facts) expect(fact.key, fact.expression, fact.value);
  for (const lab::Question& each : lesson_.questions) expect(each.key, each.expression, each.value);
  for (const lab::Look& look : lesson_.looks) {
    const auto trace = nlohmann::json::parse(output_of({"query", look.trace, "--json"}));
    std::istringstream parts(look.view);
    for (std::string part; std::getline(parts, part, '&');) {
      const std::string key = part.substr(0, part.find('=')), value = part.substr(part.find('=') + 1);
      if (key == "cycle" || key == "from" || key == "to") {
        EXPECT_LE(std::stoull(value), trace["cycles"].get<std::uint64_t>()) << look.view;
      } else if (key == "unit") {
        EXPECT_TRUE(trace["units"].contains(value)) << look.view;
      } else if (key == "layer") {
        output_of({"query", look.trace, "--layer", value, "--json"});
      }
    }
  }
}

TEST_P(EveryLessonRun, CommandsOfTheTextDoWhatItQuotes) {
  std::map<std::string, std::string> printed;
  for (const Fence& fence : page_of(lesson_).fences) {
    if (fence.info == "sh") {
      for (const std::string& line : fence.lines) {
        std::vector<std::string> words = lab::words_of(line);
        ASSERT_EQ(words.at(0), "nnpsim") << line;
        words.erase(words.begin());
        if (words[0] == "report" && !has_report()) continue;
        printed[line.substr(line.find(' ') + 1)] = output_of(words);
      }
    } else if (fence.info.starts_with("text ")) {
      const auto run = std::ranges::find(lesson_.runs, fence.info.substr(5), &lab::Run::key);
      ASSERT_TRUE(run != lesson_.runs.end()) << fence.info;
      for (const std::string& line : fence.lines)
        EXPECT_NE(printed[run->command].find(line + "\n"), std::string::npos)
            << lesson_.name << ": `nnpsim " << run->command << "` does not print\n"
            << line;
    }
  }
}

TEST_P(EveryLessonRun, FindsTheRightAnswersRight) {
  std::vector<std::string> arguments{"lab", "check", lesson_.name, "."};
  for (const lab::Question& question : lesson_.questions)
    arguments.insert(arguments.end(),
                     {"--answer", fmt::format("{}={}", question.key, lab::shown(question.value))});
  arguments.emplace_back("--json");
  const auto answer = nlohmann::json::parse(output_of(arguments));
  EXPECT_EQ(answer["right"], lesson_.questions.size()) << reproducer(arguments) << '\n' << answer.dump(2);
}

INSTANTIATE_TEST_SUITE_P(Of, EveryLessonRun, testing::Range(std::size_t{0}, lab::lessons().size()),
                         [](const auto& of) {
                           std::string name = lab::lessons().at(of.param).name;
                           std::ranges::replace(name, '-', '_');
                           return "Lesson" + name;
                         });

}  // namespace
}  // namespace nnp::test
