// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/precision_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "host_runtime/cli/errors.h"
#include "models/chips/toml_reader.h"

namespace nnp::cli {
namespace {

const std::vector<std::string>& words() {
  static const std::vector<std::string> kWords = {"int8", "int8x16", "bf16", "fp32", "host"};
  return kWords;
}

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw FileFault(fmt::format("{}: cannot be read", path));
  return text;
}

compiler::AskedPrecision precision_of(const std::string& word) {
  using enum isa::Precision;
  for (const isa::Precision precision : {int8, int8x16, bf16, fp32})
    if (word == isa::to_string(precision)) return precision;
  return std::nullopt;
}

/// Puts one entry into the table; a fault as text, or none.
std::string take(const models::Entry& entry, compiler::PrecisionTable& table) {
  const std::string kind = entry.keys.front();
  std::string name;  // bare keys may have dots: layer1.0.conv2 is a name
  for (std::size_t i = 1; i < entry.keys.size(); ++i) name += (i > 1 ? "." : "") + entry.keys[i];
  if (name.empty() || (kind != "layer" && kind != "operator"))
    return fmt::format("{} does not stand in a table that is known{}", models::in_quotes(entry.path),
                       instead_of(kind, {"layer", "operator"}, "Tables"));
  const auto* word = std::get_if<std::string>(&entry.value);
  if (word == nullptr || std::ranges::find(words(), *word) == words().end())
    return fmt::format("{} {} is {}, not a precision{}", kind, models::in_quotes(name),
                       models::shown(entry.value),
                       instead_of(word == nullptr ? "" : *word, words(), "Allowed are"));
  (kind == "layer" ? table.layers : table.operators)[name] = precision_of(*word);
  return "";
}

}  // namespace

compiler::PrecisionTable read_precision_file(const std::string& path) {
  std::vector<models::Entry> entries;
  std::vector<models::Problem> problems;
  models::read_toml(read_text(path), entries, problems);
  compiler::PrecisionTable table;
  table.source = path;
  for (const models::Entry& entry : entries)
    if (std::string fault = take(entry, table); !fault.empty())
      problems.push_back({entry.place, std::move(fault)});
  if (table.empty() && problems.empty()) problems.push_back({{}, "names no layer and no operator"});
  std::ranges::sort(problems);
  std::vector<std::string> lines;
  for (const models::Problem& problem : problems)
    lines.push_back(
        fmt::format("{}:{}:{}: {}", path, problem.place.line, problem.place.column, problem.message));
  if (!lines.empty()) throw PrecisionFileError(fmt::format("{}", fmt::join(lines, "\n")));
  return table;
}

}  // namespace nnp::cli
