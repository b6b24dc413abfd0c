// SPDX-License-Identifier: Apache-2.0
// Predictions held against what the runs measured.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host_runtime/lab/lesson_runs.h"

namespace nnp::lab {

enum class Verdict { right, wrong, unanswered };
const char* to_string(Verdict);

struct Judged {
  const Question* question = nullptr;
  Verdict verdict = Verdict::unanswered;
  std::optional<Value> answer, measured;  // measured: of answered questions only
  bool as_in_lesson = true;               // what was measured is what the lesson's own files give
};

/// Answers by the key of their question; an empty one counts as none. Throws LessonError for a key or a
/// choice that the lesson does not have, before anything runs.
std::vector<Judged> judge(const Lesson&, const std::map<std::string, std::string>& answers, LessonRuns&);

/// What an answer may be, in brackets: " [memory, compute]", " [yes or no]", " [cycles]"; empty where nothing
/// is said.
std::string answer_hint(const Question&);
/// answers.toml, which a student may fill in: the questions, each with an empty answer.
std::string answer_sheet(const Lesson&);
/// Its answers; throws LessonError.
std::map<std::string, std::string> read_answer_sheet(const std::string& toml);

}  // namespace nnp::lab
