// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/lab/check.h"

#include <gtest/gtest.h>

namespace nnp::lab {
namespace {

const Lesson kLesson = read_lesson("01-x", {{"lesson.toml", R"(
title = "T"
question = "Q"
minutes = 5
[run.one]
command = "run a.csv"
[predict.cycles]
ask = "How many?"
unit = "cycles"
answer = "one.cycles"
value = 100
within = 0.1
why = "So many."
[predict.bound]
ask = "What bounds it?"
answer = "one.bound"
value = "memory"
choices = ["memory", "array"]
why = "Because."
)"}});

/// Runs that always measure this many cycles; counts them.
struct Bench {
  explicit Bench(double cycles)
      : runs(kLesson, ".", [this, cycles](const std::vector<std::string>& arguments) {
          EXPECT_EQ(arguments, (std::vector<std::string>{"run", "a.csv", "--json"}));
          ++made;
          return "{\"cycles\": " + std::to_string(cycles) + ", \"bound\": \"memory\"}";
        }) {}
  std::vector<Judged> judge(const std::map<std::string, std::string>& answers) {
    return lab::judge(kLesson, answers, runs);
  }
  int made = 0;
  LessonRuns runs;
};

TEST(Judge, HoldsAnswersAgainstWhatWasMeasured) {
  Bench bench(100);
  const auto judged = bench.judge({{"cycles", "109"}, {"bound", "array"}});
  ASSERT_EQ(judged.size(), 2u);
  EXPECT_EQ(judged[0].verdict, Verdict::right);
  EXPECT_EQ(judged[1].verdict, Verdict::wrong);
  EXPECT_EQ(judged[1].measured, Value(std::string("memory")));
  EXPECT_EQ(bench.made, 1) << "all questions read one run";
  EXPECT_EQ(bench.judge({{"cycles", "111"}})[0].verdict, Verdict::wrong);
}

TEST(Judge, MeasuresTheStudentsFilesAndSaysWhenTheyDiffer) {
  Bench bench(50);
  const auto judged = bench.judge({{"cycles", "50"}});
  EXPECT_EQ(judged[0].verdict, Verdict::right);
  EXPECT_FALSE(judged[0].as_in_lesson);
}

TEST(Judge, RunsNothingAndTellsNothingWhereNothingWasAnswered) {
  Bench bench(100);
  const auto judged = bench.judge({{"cycles", ""}});
  EXPECT_EQ(judged[0].verdict, Verdict::unanswered);
  EXPECT_FALSE(judged[0].measured.has_value());
  EXPECT_EQ(bench.made, 0);
}

TEST(Judge, RefusesAnswersThatCannotBeMeantBeforeItRuns) {
  Bench bench(100);
  EXPECT_THROW(bench.judge({{"cycle", "100"}}), LessonError);
  EXPECT_THROW(bench.judge({{"cycles", "many"}}), LessonError);
  EXPECT_THROW(bench.judge({{"bound", "link"}}), LessonError);
  EXPECT_EQ(bench.made, 0);
}

TEST(AnswerSheet, HasEveryQuestionAndIsReadBack) {
  const std::string sheet = answer_sheet(kLesson);
  EXPECT_NE(sheet.find("# How many? [cycles]"), std::string::npos) << sheet;
  EXPECT_NE(sheet.find("# What bounds it? [memory, array]"), std::string::npos) << sheet;
  EXPECT_EQ(read_answer_sheet(sheet), (std::map<std::string, std::string>{{"cycles", ""}, {"bound", ""}}));
  EXPECT_EQ(read_answer_sheet("cycles = 100\nbound = \"memory\"\n"),
            (std::map<std::string, std::string>{{"cycles", "100"}, {"bound", "memory"}}));
  EXPECT_THROW(read_answer_sheet("cycles = \n"), LessonError);
  Question question;
  question.value = true;
  EXPECT_EQ(answer_hint(question), " [yes or no]");
}

}  // namespace
}  // namespace nnp::lab
