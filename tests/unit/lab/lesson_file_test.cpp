// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "host_runtime/lab/lesson.h"

namespace nnp::lab {
namespace {

constexpr const char* kHead = "title = \"T\"\nquestion = \"Q\"\nminutes = 5\n";

Lesson read(const std::string& toml) { return read_lesson("01-x", {{"lesson.toml", toml}}); }

std::string complaint(const std::string& toml) {
  try {
    read(toml);
  } catch (const LessonError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(LessonFile, SaysWhatIsRunAskedAndShown) {
  const Lesson lesson = read(std::string(kHead) + R"(
given = ["4"]
[run.one]
command = "run a.csv --set core.frequency=\"1 GHz\""
[fact.cycles]
is = "one.cycles"
value = 12
[predict.bound]
ask = "What bounds it?"
answer = "one.bound"
value = "memory"
choices = ["memory", "array"]
why = "Because."
[look.x]
trace = "one.npt"
view = "view=timeline"
shows = "it"
)");
  ASSERT_EQ(lesson.runs.size(), 1u);
  EXPECT_EQ(lesson.runs[0].arguments,
            (std::vector<std::string>{"run", "a.csv", "--set", "core.frequency=1 GHz"}));
  ASSERT_EQ(lesson.facts.size(), 1u);
  EXPECT_EQ(lesson.facts[0].value, Value(12.0));
  ASSERT_NE(lesson.find_question("bound"), nullptr);
  EXPECT_EQ(lesson.find_question("bound")->value, Value(std::string("memory")));
  EXPECT_EQ(lesson.find_question("x"), nullptr);
  EXPECT_EQ(lesson.looks.at(0).view, "view=timeline");
  EXPECT_EQ(lesson.given, std::vector<std::string>{"4"});
}

TEST(LessonFile, IsRefusedWithItsLine) {
  EXPECT_NE(complaint(std::string(kHead) + "minute = 5\n").find("lesson.toml:4:"), std::string::npos);
  EXPECT_NE(complaint(std::string(kHead) + "[run.a]\ncomand = \"x\"\n").find("no such key"),
            std::string::npos);
  EXPECT_NE(complaint(std::string(kHead) + "[run.a]\ncommand = 3\n").find("must be a text"),
            std::string::npos);
  EXPECT_NE(complaint(std::string(kHead) + "[fact.a]\nvalue = 3\n").find("[fact.a] lacks `is`"),
            std::string::npos);
  EXPECT_NE(complaint(std::string(kHead) + "[predict.a]\nask = \"x\"\n").find("[predict.a] lacks"),
            std::string::npos);
  EXPECT_NE(complaint("title = \"T\"\n").find("missing"), std::string::npos);
  EXPECT_THROW(read_lesson("01-x", {}), LessonError);
}

TEST(WordsOf, KeepBlanksBetweenQuotes) {
  EXPECT_EQ(words_of("a  b=\"c d\" \"\" e"), (std::vector<std::string>{"a", "b=c d", "", "e"}));
  EXPECT_TRUE(words_of("  ").empty());
}

}  // namespace
}  // namespace nnp::lab
