// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/lab/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace nnp::lab {
namespace {

constexpr double kRounding = 1e-9;  // of sums of doubles, relative

/// "1,024" or "41 %": commas, blanks and a percent sign at the end are decoration.
std::optional<double> number_in(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (c != ',' && c != ' ') digits += c;
  if (digits.ends_with('%')) digits.pop_back();
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(number)) return {};
  return number;
}

std::string with_commas(std::string digits) {
  const std::size_t sign = digits[0] == '-' ? 1 : 0;
  for (std::size_t at = std::min(digits.find('.'), digits.size()); at > 3 + sign;)
    digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace

std::string shown(const Value& value) {
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  const double number = std::get<double>(value);
  if (std::abs(number - std::round(number)) < kRounding * std::abs(number) + 1e-12)
    return with_commas(fmt::format("{:.0f}", number));
  const int digits = std::abs(number) >= 100 ? 1 : std::abs(number) >= 1 ? 2 : 4;
  return with_commas(fmt::format("{:.{}f}", number, digits));
}

bool agree(const Value& value, const Value& expected, double within) {
  if (value.index() != expected.index()) return false;
  if (!std::holds_alternative<double>(value)) return value == expected;
  const double wanted = std::get<double>(expected);
  return std::abs(std::get<double>(value) - wanted) <= (within + kRounding) * std::abs(wanted) + 1e-12;
}

Value value_of(const std::string& text) {
  if (text == "yes" || text == "true") return true;
  if (text == "no" || text == "false") return false;
  if (const auto number = number_in(text)) return *number;
  return text;
}

}  // namespace nnp::lab
