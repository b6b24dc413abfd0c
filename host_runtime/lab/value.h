// SPDX-License-Identifier: Apache-2.0
// What an expectation of a lesson may be: a number, a word, or yes and no.
#pragma once

#include <stdexcept>
#include <string>
#include <variant>

namespace nnp::lab {

using Value = std::variant<double, std::string, bool>;

/// As people read it: 1,024, 40.5, memory, yes.
std::string shown(const Value&);
/// Equal words or flags, or numbers no further apart than `within` times the second's size (and rounding of
/// doubles).
bool agree(const Value&, const Value& expected, double within);
/// A number when it reads as one ("1,024", "40.5", "41 %"), yes or no, or else a word.
Value value_of(const std::string& text);

/// A lesson, an expression in it or an answer that is not as it should be; the message says where.
struct LessonError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace nnp::lab
