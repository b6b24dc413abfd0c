// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/option_values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {
namespace {

/// The value that goes with a word.
template <typename T>
T parse_word(const std::string& option, const std::string& text,
             const std::vector<std::pair<std::string, T>>& words) {
  std::vector<std::string> names;
  for (const auto& [name, value] : words) {
    if (name == text) return value;
    names.push_back(name);
  }
  throw UsageError(fmt::format("{} {} is not known{}", option, text, instead_of(text, names, "Allowed are")));
}

}  // namespace

std::uint64_t parse_whole(const std::string& option, const std::string& text, std::uint64_t lowest,
                          std::uint64_t highest) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < lowest || value > highest)
    throw UsageError(
        fmt::format("{} {}: allowed are whole numbers from {} to {}", option, text, lowest, highest));
  return value;
}

isa::Precision parse_precision(const std::string& text) {
  std::vector<std::pair<std::string, isa::Precision>> words;
  for (const auto precision :
       {isa::Precision::int8, isa::Precision::int8x16, isa::Precision::bf16, isa::Precision::fp32})
    words.emplace_back(isa::to_string(precision), precision);
  return parse_word("--precision", text, words);
}

compiler::CalibrationMethod parse_calibration(const std::string& text) {
  using enum compiler::CalibrationMethod;
  std::vector<std::pair<std::string, compiler::CalibrationMethod>> words;
  for (const auto method : {minmax, percentile, entropy}) words.emplace_back(to_string(method), method);
  return parse_word("--calibration", text, words);
}

double parse_percentile(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0 && value <= 100))
    throw UsageError(fmt::format("--percentile {}: allowed are numbers above 0, at most 100", text));
  return value;
}

traces::TraceLevel parse_trace_level(const std::string& text) {
  return parse_word<traces::TraceLevel>("--trace-level", text,
                                        {{"summary", traces::TraceLevel::summary},
                                         {"units", traces::TraceLevel::units},
                                         {"full", traces::TraceLevel::full}});
}

sim::Engine parse_engine(const std::string& text) {
  return parse_word<sim::Engine>("--engine", text,
                                 {{"leap", sim::Engine::leap}, {"stepped", sim::Engine::stepped}});
}

compiler::Effort parse_effort(const std::string& text) {
  using compiler::Effort;
  return parse_word<Effort>(
      "--search", text,
      {{"model", Effort::model}, {"simulate", Effort::simulate}, {"thorough", Effort::thorough}});
}

std::vector<std::string> parse_list(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    if (std::find(words.begin(), words.end(), word) == words.end()) words.push_back(word);
    begin = end + 1;
  }
  return words;
}

std::vector<std::string> parse_checks(const std::string& text) {
  if (text == "none") return {};
  std::vector<std::string> checks = parse_list(text);
  for (const std::string& name : checks)
    parse_word<int>("--check", name, {{"naive", 0}, {"onednn", 0}, {"ort", 0}, {"cuda", 0}});
  return checks;
}

std::vector<std::string> parse_quantize_checks(const std::string& text) {
  if (text == "none") return {};
  std::vector<std::string> checks = parse_list(text);
  for (const std::string& name : checks) parse_word<int>("--check", name, {{"ort", 0}});
  return checks;
}

std::vector<std::int64_t> parse_batches(const std::string& option, const std::string& text) {
  std::vector<std::int64_t> batches;
  for (const std::string& word : parse_list(text))
    batches.push_back(static_cast<std::int64_t>(parse_whole(option, word, 1, kLargestSize)));
  return batches;
}

std::vector<gpu::NetworkPrecision> parse_gpu_precisions(const std::string& text) {
  using enum gpu::NetworkPrecision;
  std::vector<std::pair<std::string, gpu::NetworkPrecision>> words;
  for (const auto precision : {int8, bf16, fp16, tf32, fp32})
    words.emplace_back(gpu::to_string(precision), precision);
  std::vector<gpu::NetworkPrecision> precisions;
  for (const std::string& word : parse_list(text))
    precisions.push_back(parse_word("--precision", word, words));
  return precisions;
}

std::vector<std::string> parse_against(const std::string& text) {
  std::vector<std::string> runners = parse_list(text);
  for (const std::string& name : runners)
    parse_word<int>("--against", name, {{"onednn", 0}, {"ort", 0}, {"cuda", 0}});
  return runners;
}

std::map<std::string, std::int64_t> parse_dims(const std::vector<std::string>& texts) {
  std::map<std::string, std::int64_t> dims;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == 0 || equals == std::string::npos)
      throw UsageError(fmt::format("--dim {}: write NAME=N", text));
    const auto size = static_cast<std::int64_t>(
        parse_whole("--dim " + text.substr(0, equals), text.substr(equals + 1), 1, kLargestSize));
    if (!dims.emplace(text.substr(0, equals), size).second)
      throw UsageError(fmt::format("--dim {}: the name was given a size before", text));
  }
  return dims;
}

const char* to_string(sim::Engine engine) { return engine == sim::Engine::leap ? "leap" : "stepped"; }

}  // namespace nnp::cli
