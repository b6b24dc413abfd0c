// SPDX-License-Identifier: Apache-2.0
// The characters of an expression, one after the other; blanks between words are skipped.
#pragma once

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <string>
#include <string_view>

#include "host_runtime/lab/value.h"

namespace nnp::lab {

class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() { return peek() == '\0'; }
  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  /// Takes the token when it is next.
  bool take(std::string_view token) {
    peek();
    if (!text_.substr(at_).starts_with(token)) return false;
    at_ += token.size();
    return true;
  }
  void need(std::string_view token) {
    if (!take(token)) fail(fmt::format("needs '{}'", token));
  }
  bool number_next() { return std::isdigit(static_cast<unsigned char>(peek())) != 0; }
  double number() {
    double value = 0;
    peek();
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) fail("needs a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return value;
  }
  std::string word() {
    peek();
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_'))
      ++at_;
    if (at_ == start) fail("needs a name");
    return std::string(text_.substr(start, at_ - start));
  }
  /// "..." with the opening mark already taken.
  std::string quoted() {
    const std::size_t end = text_.find('"', at_);
    if (end == std::string_view::npos) fail("has no end of the text that begins");
    std::string inside(text_.substr(at_, end - at_));
    at_ = end + 1;
    return inside;
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw LessonError(fmt::format("expression '{}': column {} {}", text_, at_ + 1, what));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace nnp::lab
