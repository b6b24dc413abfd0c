// SPDX-License-Identifier: Apache-2.0
// lesson.md as what a test asks of it: headings, prose, numbers, commands, quoted output.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "host_runtime/lab/lesson.h"

namespace nnp::test {

/// ```INFO ... ```
struct Fence {
  std::string info;  // "sh"; "text RUN" quotes a run's output
  std::vector<std::string> lines;
};

struct LessonPage {
  std::string title;                  // # ...
  std::vector<std::string> headings;  // ## ...
  std::vector<Fence> fences;
  std::vector<std::string> prose;  // lines outside of fences
};
LessonPage read_page(std::string_view markdown);

/// The page of a lesson, or a failure of the test.
LessonPage page_of(const lab::Lesson&);

/// A number as a text says it: 1,024, 40.5. Not one: digits that belong to a word (int8, 4x4's second), an
/// index (C[3]), a value after = (rows=8), or the number of a lesson.
std::vector<std::string> numbers_in(std::string_view line);
/// Whether the number, as far as it is written out, is this value.
bool says(const std::string& number, double value);

}  // namespace nnp::test
