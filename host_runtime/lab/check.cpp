// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/lab/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "models/chips/toml_reader.h"

namespace nnp::lab {
namespace {

constexpr double kWritten = 1e-4;  // a lesson writes what it expects with at least so many digits

std::vector<std::string> keys_of(const Lesson& lesson) {
  std::vector<std::string> keys;
  for (const Question& question : lesson.questions) keys.push_back(question.key);
  return keys;
}

Value parse_answer(const Question& question, const std::string& text) {
  if (!question.choices.empty()) {
    if (std::ranges::find(question.choices, text) == question.choices.end())
      throw LessonError(fmt::format("answer {}={}: must be one of {}", question.key, text,
                                    fmt::join(question.choices, ", ")));
    return text;
  }
  Value value = value_of(text);
  if (value.index() != question.value.index())
    throw LessonError(fmt::format("answer {}={}: must be {}", question.key, text,
                                  std::holds_alternative<bool>(question.value) ? "yes or no" : "a number"));
  return value;
}

}  // namespace

const char* to_string(Verdict verdict) {
  constexpr const char* names[] = {"right", "wrong", "unanswered"};
  return names[static_cast<std::size_t>(verdict)];
}

std::vector<Judged> judge(const Lesson& lesson, const std::map<std::string, std::string>& answers,
                          LessonRuns& runs) {
  for (const auto& [key, text] : answers)
    if (lesson.find_question(key) == nullptr)
      throw LessonError(
          fmt::format("answer {}={}: {} asks {}", key, text, lesson.name, fmt::join(keys_of(lesson), ", ")));
  std::vector<Judged> judged;
  for (const Question& question : lesson.questions) {
    Judged& each = judged.emplace_back();
    each.question = &question;
    const auto found = answers.find(question.key);
    if (found != answers.end() && !found->second.empty()) each.answer = parse_answer(question, found->second);
  }
  for (Judged& each : judged) {
    if (!each.answer) continue;
    each.measured = runs.evaluate(each.question->expression);
    each.verdict =
        agree(*each.answer, *each.measured, each.question->within) ? Verdict::right : Verdict::wrong;
    each.as_in_lesson = agree(*each.measured, each.question->value, kWritten);
  }
  return judged;
}

std::string answer_hint(const Question& question) {
  if (!question.choices.empty()) return fmt::format(" [{}]", fmt::join(question.choices, ", "));
  if (std::holds_alternative<bool>(question.value)) return " [yes or no]";
  return question.unit.empty() ? "" : " [" + question.unit + "]";
}

std::string answer_sheet(const Lesson& lesson) {
  std::string text = fmt::format(
      "# {}: write your predictions between the quotes, then `nnpsim lab check {}` in this folder.\n",
      lesson.title, lesson.name);
  for (const Question& question : lesson.questions) {
    text += fmt::format("\n# {}{}\n", question.ask, answer_hint(question));
    text += fmt::format("{} = \"\"\n", question.key);
  }
  return text;
}

std::map<std::string, std::string> read_answer_sheet(const std::string& toml) {
  std::vector<models::Entry> entries;
  std::vector<models::Problem> problems;
  models::read_toml(toml, entries, problems);
  if (!problems.empty())
    throw LessonError(fmt::format("answers.toml:{}:{}: {}", problems.front().place.line,
                                  problems.front().place.column, problems.front().message));
  std::map<std::string, std::string> answers;
  for (const models::Entry& entry : entries) {
    if (const auto* text = std::get_if<std::string>(&entry.value))
      answers[entry.path] = *text;
    else if (const auto* whole = std::get_if<std::int64_t>(&entry.value))
      answers[entry.path] = fmt::format("{}", *whole);
    else if (const auto* real = std::get_if<double>(&entry.value))
      answers[entry.path] = fmt::format("{}", *real);
    else if (const auto* flag = std::get_if<bool>(&entry.value))
      answers[entry.path] = *flag ? "yes" : "no";
    else
      throw LessonError(fmt::format("answers.toml:{}:{}: {} must be a text, a number, true or false",
                                    entry.place.line, entry.place.column, entry.path));
  }
  return answers;
}

}  // namespace nnp::lab
