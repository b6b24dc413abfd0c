// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/figures.h"

#include <fmt/format.h>

#include <cmath>

namespace nnp::cli {
namespace {

/// Four significant digits, never an exponent.
std::string four_digits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

}  // namespace

std::string count_text(std::uint64_t value) {
  std::string text = fmt::format("{}", value);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string size_text(double bytes) {
  const char* units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (bytes >= 1024 && unit < 4) bytes /= 1024, ++unit;
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.1f} {}", bytes, units[unit]);
}

std::string kib_text(std::uint64_t bytes) {
  const auto tenths = static_cast<std::uint64_t>(std::llround(static_cast<double>(bytes) * 10 / 1024));
  return fmt::format("{}.{}", count_text(tenths / 10), tenths % 10);
}

std::string time_text(double seconds) {
  if (seconds >= 1 || seconds == 0) return four_digits(seconds) + " s";
  if (seconds >= 1e-3) return four_digits(seconds * 1e3) + " ms";
  if (seconds >= 1e-6) return four_digits(seconds * 1e6) + " us";
  return four_digits(seconds * 1e9) + " ns";
}

std::string percent_text(double fraction) { return fmt::format("{:.1f} %", fraction * 100); }

std::string rate_text(double per_second) {
  return per_second >= 1000 ? count_text(static_cast<std::uint64_t>(std::llround(per_second)))
                            : four_digits(per_second);
}

double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

}  // namespace nnp::cli
