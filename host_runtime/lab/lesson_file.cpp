// SPDX-License-Identifier: Apache-2.0
// lesson.toml: title, question, minutes, given; [run.KEY], [fact.KEY], [predict.KEY], [look.KEY].
#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/lab/lesson.h"
#include "models/chips/toml_reader.h"

namespace nnp::lab {
namespace {

using models::Entry;

[[noreturn]] void refuse(const Entry& entry, const std::string& what) {
  throw LessonError(fmt::format("lesson.toml:{}:{}: {} = {}: {}", entry.place.line, entry.place.column,
                                entry.path, models::shown(entry.value), what));
}

std::string text_of(const Entry& entry) {
  if (const auto* text = std::get_if<std::string>(&entry.value); text != nullptr && !text->empty())
    return *text;
  refuse(entry, "must be a text");
}

std::vector<std::string> texts_of(const Entry& entry) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&entry.value)) return *texts;
  refuse(entry, "must be a list of texts");
}

Value expected_of(const Entry& entry) {
  if (const auto* whole = std::get_if<std::int64_t>(&entry.value)) return static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&entry.value)) return *real;
  if (const auto* flag = std::get_if<bool>(&entry.value)) return *flag;
  return text_of(entry);
}

double number_of(const Entry& entry) {
  const Value value = expected_of(entry);
  if (const auto* number = std::get_if<double>(&value); number != nullptr && *number >= 0) return *number;
  refuse(entry, "must be a number, 0 or more");
}

void take(Lesson& lesson, const std::string& key, const Entry& entry) {
  if (key == "title")
    lesson.title = text_of(entry);
  else if (key == "question")
    lesson.question = text_of(entry);
  else if (key == "minutes")
    lesson.minutes = static_cast<int>(number_of(entry));
  else if (key == "given")
    lesson.given = texts_of(entry);
  else
    refuse(entry, "no such key");
}

void take(Run& run, const std::string& key, const Entry& entry) {
  if (key != "command") refuse(entry, "no such key");
  run.command = text_of(entry);
  run.arguments = words_of(run.command);
}

void take(Fact& fact, const std::string& key, const Entry& entry) {
  if (key == "is")
    fact.expression = text_of(entry);
  else if (key == "value")
    fact.value = expected_of(entry);
  else
    refuse(entry, "no such key");
}

void take(Question& question, const std::string& key, const Entry& entry) {
  if (key == "ask")
    question.ask = text_of(entry);
  else if (key == "unit")
    question.unit = text_of(entry);
  else if (key == "answer")
    question.expression = text_of(entry);
  else if (key == "value")
    question.value = expected_of(entry);
  else if (key == "within")
    question.within = number_of(entry);
  else if (key == "choices")
    question.choices = texts_of(entry);
  else if (key == "why")
    question.why = text_of(entry);
  else
    refuse(entry, "no such key");
}

void take(Look& look, const std::string& key, const Entry& entry) {
  if (key == "trace")
    look.trace = text_of(entry);
  else if (key == "view")
    look.view = text_of(entry);
  else if (key == "shows")
    look.shows = text_of(entry);
  else
    refuse(entry, "no such key");
}

/// The element with the key, new where there is none.
template <typename T>
T& named(std::vector<T>& list, const std::string& key) {
  const auto found = std::ranges::find(list, key, &T::key);
  if (found != list.end()) return *found;
  list.emplace_back().key = key;
  return list.back();
}

void require_whole(const Lesson& lesson) {
  const auto need = [](bool holds, const std::string& what) {
    if (!holds) throw LessonError("lesson.toml: " + what);
  };
  need(!lesson.title.empty() && !lesson.question.empty() && lesson.minutes > 0,
       "title, question or minutes is missing");
  for (const Run& run : lesson.runs)
    need(!run.command.empty(), fmt::format("[run.{}] has no command", run.key));
  for (const Fact& fact : lesson.facts)
    need(!fact.expression.empty(), fmt::format("[fact.{}] lacks `is`", fact.key));
  for (const Question& each : lesson.questions)
    need(!each.ask.empty() && !each.expression.empty() && !each.why.empty(),
         fmt::format("[predict.{}] lacks ask, answer or why", each.key));
  for (const Look& look : lesson.looks)
    need(!look.trace.empty() && !look.view.empty() && !look.shows.empty(),
         fmt::format("[look.{}] lacks trace, view or shows", look.key));
}

}  // namespace

const Question* Lesson::find_question(std::string_view key) const {
  const auto found = std::ranges::find(questions, key, &Question::key);
  return found == questions.end() ? nullptr : &*found;
}

std::vector<std::string> words_of(std::string_view command) {
  std::vector<std::string> words;
  bool inside = false, quoted = false;
  for (const char c : command) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ' ' && !quoted) {
      inside = false;
      continue;
    } else {
      if (!inside) words.emplace_back();
      words.back() += c;
    }
    if (c == '"' && !inside) words.emplace_back();
    inside = true;
  }
  return words;
}

Lesson read_lesson(std::string name, std::vector<File> files) {
  const auto toml = std::ranges::find(files, "lesson.toml", &File::name);
  if (toml == files.end()) throw LessonError(name + ": lesson.toml is missing");
  std::vector<Entry> entries;
  std::vector<models::Problem> problems;
  models::read_toml(toml->content, entries, problems);
  if (!problems.empty())
    throw LessonError(fmt::format("lesson.toml:{}:{}: {}", problems.front().place.line,
                                  problems.front().place.column, problems.front().message));
  Lesson lesson;
  for (const Entry& entry : entries) {
    const std::vector<std::string>& keys = entry.keys;
    const std::string kind = keys.size() == 3 ? keys[0] : "";
    if (keys.size() == 1)
      take(lesson, keys[0], entry);
    else if (kind == "run")
      take(named(lesson.runs, keys[1]), keys[2], entry);
    else if (kind == "fact")
      take(named(lesson.facts, keys[1]), keys[2], entry);
    else if (kind == "predict")
      take(named(lesson.questions, keys[1]), keys[2], entry);
    else if (kind == "look")
      take(named(lesson.looks, keys[1]), keys[2], entry);
    else
      refuse(entry, "must be in [run.KEY], [fact.KEY], [predict.KEY] or [look.KEY]");
  }
  require_whole(lesson);
  lesson.name = std::move(name);
  lesson.files = std::move(files);
  return lesson;
}

}  // namespace nnp::lab
