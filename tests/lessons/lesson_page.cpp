// SPDX-License-Identifier: Apache-2.0
#include "tests/lessons/lesson_page.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <sstream>
#include <stdexcept>

namespace nnp::test {
namespace {

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool belongs_to_word(char before) {
  return std::isalnum(static_cast<unsigned char>(before)) != 0 || before == '_' || before == '=' ||
         before == '[' || before == '.' || before == ':';
}

}  // namespace

LessonPage read_page(std::string_view markdown) {
  LessonPage page;
  bool inside = false;
  std::istringstream in{std::string(markdown)};
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) page.fences.push_back({line.substr(3), {}});
    } else if (inside) {
      page.fences.back().lines.push_back(line);
    } else if (line.starts_with("# ")) {
      page.title = line.substr(2);
    } else if (line.starts_with("## ")) {
      page.headings.push_back(line.substr(3));
    } else {
      page.prose.push_back(line);
    }
  }
  if (inside) throw std::runtime_error("a fence has no end");
  return page;
}

LessonPage page_of(const lab::Lesson& lesson) {
  const auto file = std::ranges::find(lesson.files, "lesson.md", &lab::File::name);
  if (file == lesson.files.end()) throw std::runtime_error(lesson.name + ": lesson.md is missing");
  return read_page(file->content);
}

std::vector<std::string> numbers_in(std::string_view line) {
  std::vector<std::string> numbers;
  for (std::size_t at = 0; at < line.size();) {
    if (!is_digit(line[at])) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    while (at < line.size() && (is_digit(line[at]) || ((line[at] == ',' || line[at] == '.') &&
                                                       at + 1 < line.size() && is_digit(line[at + 1]))))
      ++at;
    const bool of_word = start > 0 && belongs_to_word(line[start - 1]);
    const bool of_lesson = line.substr(0, start).ends_with("lesson ");
    if (!of_word && !of_lesson) numbers.emplace_back(line.substr(start, at - start));
  }
  return numbers;
}

bool says(const std::string& number, double value) {
  std::string digits;
  for (const char c : number)
    if (c != ',') digits += c;
  const std::size_t point = digits.find('.');
  const double places = point == std::string::npos ? 0 : static_cast<double>(digits.size() - point - 1);
  return std::abs(std::stod(digits) - value) <= 0.5 * std::pow(10.0, -places) * (1 + 1e-9);
}

}  // namespace nnp::test
