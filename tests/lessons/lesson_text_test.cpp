// SPDX-License-Identifier: Apache-2.0
// What every lesson's text must be, whatever its runs give: the same form, and no figure that lesson.toml
// does not vouch for.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host_runtime/lab/embedded_lessons.h"
#include "tests/lessons/lesson_page.h"

namespace nnp::test {
namespace {

using lab::Lesson;
using Texts = std::vector<std::string>;

const Texts kViews{"overview", "layers", "timeline", "instructions", "floorplan", "wavefront",
                   "sram",     "dram",   "roofline", "diff",         "gpu"};

bool vouched_for(const Lesson& lesson, const std::string& number) {
  const auto is = [&](const lab::Value& value) {
    const auto* figure = std::get_if<double>(&value);
    return figure != nullptr && says(number, *figure);
  };
  return std::ranges::find(lesson.given, number) != lesson.given.end() ||
         std::ranges::any_of(lesson.facts, is, &lab::Fact::value) ||
         std::ranges::any_of(lesson.questions, is, &lab::Question::value);
}

void expect_vouched_for(const Lesson& lesson, const std::string& line) {
  for (const std::string& number : numbers_in(line))
    EXPECT_TRUE(vouched_for(lesson, number))
        << lesson.name << ": no fact, prediction or given of lesson.toml is " << number << " in\n  " << line;
}

/// The addresses in a page that lead into a report.
Texts links_in(const LessonPage& page) {
  Texts links;
  for (const std::string& line : page.prose)
    for (std::size_t at = line.find(".html#"); at != std::string::npos; at = line.find(".html#", at + 1)) {
      const std::size_t start = line.rfind('`', at) + 1, end = line.find('`', at);
      links.push_back(line.substr(start, end - start));
    }
  return links;
}

class EveryLesson : public testing::TestWithParam<std::size_t> {
 protected:
  const std::vector<Lesson> all_ = lab::lessons();
  const Lesson& lesson_ = all_.at(GetParam());
  const LessonPage page_ = page_of(lesson_);
};

TEST_P(EveryLesson, HasTheSixStepsInOrder) {
  EXPECT_EQ(page_.title, lesson_.title);
  EXPECT_EQ(page_.headings, (Texts{"Question", "Predict", "Run", "Look", "Explain", "Change"}));
}

TEST_P(EveryLesson, SaysNoNumberThatIsNotChecked) {
  for (const std::string& line : page_.prose) expect_vouched_for(lesson_, line);
  for (const std::string& line : {lesson_.title, lesson_.question}) expect_vouched_for(lesson_, line);
  for (const lab::Question& question : lesson_.questions)
    expect_vouched_for(lesson_, question.ask), expect_vouched_for(lesson_, question.why);
  for (const lab::Look& look : lesson_.looks) expect_vouched_for(lesson_, look.shows);
}

TEST_P(EveryLesson, AsksInTheTextWhatTheCheckAsks) {
  Texts asked, asks;
  for (const std::string& line : page_.prose)
    if (line.starts_with("- `")) asked.push_back(line);
  for (const lab::Question& question : lesson_.questions)
    asks.push_back(fmt::format("- `{}` {}", question.key, question.ask));
  EXPECT_EQ(asked, asks) << lesson_.name;
  EXPECT_GE(asks.size(), 2u) << lesson_.name << " asks too little";
}

TEST_P(EveryLesson, LeadsToThePlacesThatStartPrints) {
  Texts links;
  for (const lab::Look& look : lesson_.looks) {
    ASSERT_TRUE(look.trace.ends_with(".npt")) << look.trace;
    links.push_back(look.trace.substr(0, look.trace.size() - 4) + ".html#" + look.view);
    const std::string view = look.view.substr(0, look.view.find('&'));
    EXPECT_TRUE(view.starts_with("view=") && std::ranges::count(kViews, view.substr(5)) == 1) << look.view;
  }
  ASSERT_FALSE(links.empty()) << lesson_.name;
  for (const std::string& link : links_in(page_))
    EXPECT_EQ(std::ranges::count(links, link), 1) << lesson_.name << ": no [look] of lesson.toml is " << link;
  EXPECT_FALSE(links_in(page_).empty()) << lesson_.name;
}

TEST_P(EveryLesson, ShowsTheCommandsThatItsFiguresComeFrom) {
  Texts typed;
  for (const Fence& fence : page_.fences)
    if (fence.info == "sh") typed.insert(typed.end(), fence.lines.begin(), fence.lines.end());
  for (const lab::Run& run : lesson_.runs)
    EXPECT_EQ(std::ranges::count(typed, "nnpsim " + run.command), 1)
        << lesson_.name << ": lesson.md does not show\n  nnpsim " << run.command;
}

INSTANTIATE_TEST_SUITE_P(Of, EveryLesson, testing::Range(std::size_t{0}, lab::lessons().size()),
                         [](const auto& of) {
                           std::string name = lab::lessons().at(of.param).name;
                           std::ranges::replace(name, '-', '_');
                           return "Lesson" + name;
                         });

TEST(Numbers, AreFiguresOfATextAndNothingElse) {
  EXPECT_EQ(numbers_in("uses 1,024 of 40.5 % (C[3][3], int8, rows=8), a 4x6 array, 3."),
            (Texts{"1,024", "40.5", "4", "3"}));
  EXPECT_EQ(numbers_in("see lesson 5, or 5 others"), Texts{"5"});
}

TEST(Numbers, SayAValueAsFarAsTheyAreWrittenOut) {
  EXPECT_TRUE(says("94", 94.34));
  EXPECT_TRUE(says("1,024", 1024));
  EXPECT_FALSE(says("94.4", 94.34));
  EXPECT_FALSE(says("95", 94.34));
}

}  // namespace
}  // namespace nnp::test
