// SPDX-License-Identifier: Apache-2.0
#include "models/chips/quantity.h"

#include <charconv>
#include <span>

#include "fmt/format.h"

namespace nnp::models {
namespace {

// A factor is a fraction of two exact doubles, so that "500 ns" is 500 / 1e9, rounded once.
struct Unit {
  std::string_view name;
  double numerator;
  double denominator = 1;
};

constexpr double kKi = 1024;
constexpr Unit kSizes[] = {{"TiB", kKi* kKi* kKi* kKi},
                           {"GiB", kKi* kKi* kKi},
                           {"MiB", kKi* kKi},
                           {"KiB", kKi},
                           {"TB", 1e12},
                           {"GB", 1e9},
                           {"MB", 1e6},
                           {"kB", 1e3},
                           {"B", 1}};
constexpr Unit kFrequencies[] = {{"GHz", 1e6}, {"MHz", 1e3}, {"kHz", 1}, {"Hz", 1, 1e3}};
constexpr Unit kTimes[] = {{"s", 1}, {"ms", 1, 1e3}, {"us", 1, 1e6}, {"ns", 1, 1e9}, {"ps", 1, 1e12}};
constexpr Unit kBandwidths[] = {{"TB/s", 1e12},
                                {"GB/s", 1e9},
                                {"MB/s", 1e6},
                                {"kB/s", 1e3},
                                {"B/s", 1},
                                {"TiB/s", kKi* kKi* kKi* kKi},
                                {"GiB/s", kKi* kKi* kKi},
                                {"MiB/s", kKi* kKi},
                                {"KiB/s", kKi}};

struct Family {
  std::string_view noun;
  std::string_view example;
  std::span<const Unit> units;
};

Family family(Quantity quantity) {
  switch (quantity) {
    case Quantity::size:
      return {"size", "24 MiB", kSizes};
    case Quantity::frequency:
      return {"frequency", "700 MHz", kFrequencies};
    case Quantity::time:
      return {"time", "500 ns", kTimes};
    case Quantity::bandwidth:
      return {"bandwidth", "34 GB/s", kBandwidths};
  }
  return {};
}

}  // namespace

std::optional<double> parse_quantity(std::string_view text, Quantity quantity) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  for (const Unit& known : family(quantity).units) {
    if (known.name == unit) return number * known.numerator / known.denominator;
  }
  return std::nullopt;
}

std::string format_quantity(double value, Quantity quantity) {
  std::string best;
  std::size_t best_cost = 0;
  for (const Unit& unit : family(quantity).units) {
    const double number = value / unit.numerator * unit.denominator;
    const std::string text = fmt::format("{} {}", number, unit.name);
    if (parse_quantity(text, quantity) != value) continue;          // not exact in this unit
    const std::size_t cost = text.size() + (number < 1 ? 100 : 0);  // 700 MHz rather than 0.7 GHz
    if (best.empty() || cost < best_cost) {
      best = text;
      best_cost = cost;
    }
  }
  return best;
}

std::string describe(Quantity quantity) {
  const Family known = family(quantity);
  std::string names;
  for (const Unit& unit : known.units) names += fmt::format("{}{}", names.empty() ? "" : ", ", unit.name);
  return fmt::format("a {} such as \"{}\" (units: {})", known.noun, known.example, names);
}

}  // namespace nnp::models
