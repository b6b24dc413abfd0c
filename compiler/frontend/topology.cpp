// SPDX-License-Identifier: Apache-2.0
// Text to layers.
#include "compiler/frontend/topology.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

namespace nnp::compiler {
namespace {

constexpr std::int64_t kLargestSize = 1'000'000, kMostElements = std::int64_t{1} << 30;
constexpr std::int64_t kMostDepth = (1 << 24) - 1;  // the instruction field of k, isa/instruction/fields.h
constexpr std::size_t kConvNumbers = 7, kGemmNumbers = 3, kMostFaults = 50;

struct Cell {
  std::string_view text;  // without spaces around it
  std::size_t column;     // of its first character, from 1
};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

/// Cells of a line; empty ones at its end are left out.
std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> cells;
  for (std::size_t begin = 0; begin <= line.size();) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    std::size_t first = begin, last = end;
    while (first < last && is_space(line[first])) ++first;
    while (last > first && is_space(line[last - 1])) --last;
    cells.push_back({line.substr(first, last - first), first + 1});
    begin = end + 1;
  }
  while (!cells.empty() && cells.back().text.empty()) cells.pop_back();
  return cells;
}

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 1 || value > kLargestSize)
    return std::nullopt;
  return value;
}

class Parser {
 public:
  explicit Parser(const std::string& file) : file_(file) {}

  std::vector<TopologyLayer> run(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // a byte order mark
    bool header = true;
    for (std::size_t begin = 0; begin < text.size() && faults_.size() < kMostFaults;) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      const std::vector<Cell> cells = cells_of(text.substr(begin, end - begin));
      begin = end + 1;
      ++line_;
      if (cells.empty()) continue;
      if (header)
        check_header(cells);
      else
        layer(cells);
      header = false;
    }
    if (faults_.empty() && layers_.empty()) fault(1, "a topology has a header line and at least one layer");
    if (!faults_.empty()) throw TopologyFileError(fmt::format("{}", fmt::join(faults_, "\n")));
    return std::move(layers_);
  }

 private:
  template <typename... Args>
  void fault(std::size_t column, fmt::format_string<Args...> text, Args&&... args) {
    faults_.push_back(fmt::format("{}:{}:{}: {}", file_, std::max<std::size_t>(line_, 1), column,
                                  fmt::format(text, std::forward<Args>(args)...)));
  }

  void check_header(const std::vector<Cell>& cells) {
    if (cells.size() > kGemmNumbers &&
        std::all_of(cells.begin() + 1, cells.end(), [](const Cell& c) { return number(c.text).has_value(); }))
      fault(1, "this line is a layer; the first line of a topology is a header");
  }

  void layer(const std::vector<Cell>& cells) {
    const std::size_t numbers = cells.size() - 1;
    const bool conv = numbers == kConvNumbers || numbers == kConvNumbers + 1;
    if (!conv && numbers != kGemmNumbers) {
      fault(
          cells.back().column,
          "{} numbers after the name; a convolution has 7 (ifmap height, ifmap width, filter height, filter "
          "width, channels, filters, stride), a matrix product 3 (M, N, K)",
          numbers);
      return;
    }
    if (!first_is_conv_) first_is_conv_ = conv;
    if (conv != *first_is_conv_) {
      fault(1, "a {} in a file that began with a {}", form(conv), form(!conv));
      return;
    }
    std::vector<std::int64_t> values;
    for (std::size_t i = 1; i < cells.size(); ++i) {
      const auto value = number(cells[i].text);
      if (!value)
        fault(cells[i].column, "'{}' is not a whole number from 1 to {}", cells[i].text.substr(0, 40),
              kLargestSize);
      else
        values.push_back(*value);
    }
    if (cells[0].text.empty()) fault(1, "the layer has no name");
    if (values.size() != numbers || cells[0].text.empty()) return;
    TopologyLayer layer = conv ? conv_layer(values, cells) : gemm_layer(values);
    if (layer.m == 0 || !fits(layer, cells)) return;
    layer.name = unique(std::string(cells[0].text));
    layers_.push_back(std::move(layer));
  }

  static const char* form(bool conv) { return conv ? "convolution" : "matrix product"; }

  static TopologyLayer gemm_layer(const std::vector<std::int64_t>& values) {
    TopologyLayer layer;
    layer.m = values[0], layer.n = values[1], layer.k = values[2];
    return layer;
  }

  /// m stays 0 where the filter is larger than the ifmap.
  TopologyLayer conv_layer(const std::vector<std::int64_t>& values, const std::vector<Cell>& cells) {
    TopologyLayer layer;
    layer.is_conv = true;
    layer.in_h = values[0], layer.in_w = values[1], layer.kernel_h = values[2], layer.kernel_w = values[3];
    layer.channels = values[4], layer.filters = values[5], layer.stride_h = values[6];
    layer.stride_w = values.back();
    for (const std::size_t axis : {0, 1})
      if (values[2 + axis] > values[axis]) {
        fault(cells[3 + axis].column, "a filter of {} is larger than the ifmap of {}", values[2 + axis],
              values[axis]);
        return layer;
      }
    layer.m = ((layer.in_h - layer.kernel_h) / layer.stride_h + 1) *
              ((layer.in_w - layer.kernel_w) / layer.stride_w + 1);
    layer.n = layer.filters;
    layer.k = layer.kernel_h * layer.kernel_w * layer.channels;
    return layer;
  }

  /// The sizes are at most 10^6 each, so products of three fit 64 bits.
  bool fits(const TopologyLayer& layer, const std::vector<Cell>& cells) {
    const std::size_t before = faults_.size();
    const auto at_most = [&](const char* what, std::int64_t value, std::int64_t most) {
      if (value > most) fault(cells[1].column, "{} is {}, at most {} can be simulated", what, value, most);
    };
    at_most("K", layer.k, kMostDepth);
    if (faults_.size() == before) {
      at_most("the number of weights", layer.k * layer.n, kMostElements);
      at_most("the number of inputs",
              layer.is_conv ? layer.in_h * layer.in_w * layer.channels : layer.m * layer.k, kMostElements);
      at_most("the number of outputs", layer.m * layer.n, kMostElements);
    }
    return faults_.size() == before;
  }

  std::string unique(std::string name) {
    const std::string stem = name;
    for (int i = 2; !names_.insert(name).second; ++i) name = fmt::format("{}_{}", stem, i);
    return name;
  }

  const std::string& file_;
  std::size_t line_ = 0;
  std::optional<bool> first_is_conv_;
  std::vector<TopologyLayer> layers_;
  std::set<std::string> names_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<TopologyLayer> parse_topology(std::string_view text, const std::string& file) {
  return Parser(file).run(text);
}

}  // namespace nnp::compiler
