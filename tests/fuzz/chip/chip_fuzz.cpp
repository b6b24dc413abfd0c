// SPDX-License-Identifier: Apache-2.0
// Chip files: presets with keys, values and lines changed. A chip that is accepted comes back from its own
// text, and runs a small network, for a number of cycles.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/codegen/codegen.h"
#include "host_runtime/executor/executor.h"
#include "models/chips/chip_file.h"
#include "models/chips/embedded_presets.h"
#include "sim/chip/systemc_host.h"
#include "tests/fuzz/support/random_inputs.h"
#include "tests/support/random_network.h"
#include "tests/support/random_real_network.h"

namespace nnp::fuzz {
namespace {

constexpr std::uint64_t kMostCycles = 100'000;
constexpr const char* kSymbols[] = {"tCK",   "CL",   "CWL",    "tRCD",   "tRP",    "tRAS",   "tRFC",
                                    "tREFI", "tFAW", "tRRD_S", "tCCD_L", "tWTR_L", "nothing"};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (const std::string line(text.substr(0, end)); !line.empty() && line[0] != '#') lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

const std::vector<std::vector<std::string>>& presets() {
  static const std::vector<std::vector<std::string>> all = [] {
    std::vector<std::vector<std::string>> list;
    for (const models::EmbeddedPreset& preset : models::embedded_presets())
      list.push_back(lines_of(preset.toml));
    return list;
  }();
  return all;
}

std::string odd_value(Random& random) {
  constexpr const char* kUnits[] = {"B",  "KiB", "MiB", "GiB",  "kHz",     "MHz", "GHz",
                                    "ns", "us",  "ms",  "GB/s", "parsecs", ""};
  constexpr const char* kWords[] = {"true",
                                    "false",
                                    "\"\"",
                                    "[]",
                                    "{}",
                                    "nan",
                                    "-inf",
                                    "1979-05-27",
                                    "\"ideal\"",
                                    "\"ddr5_4800\"",
                                    "\"rtl\"",
                                    "\"registers\"",
                                    "\"output_stationary\"",
                                    "\"adder_tree\"",
                                    "\"input_stationary\"",
                                    "[\"fp32\"]",
                                    "[\"int8\", \"bf16\"]",
                                    "\"per_bank\"",
                                    "\"closed\"",
                                    "\"row:bank^row:bankgroup:column\"",
                                    "\"host\"",
                                    "[[[[[[[[]]]]]]]]",
                                    "1e400",
                                    "0x7fffffffffffffff",
                                    "'''"};
  switch (below(random, 4)) {
    case 0:
      return any_of(random, kWords);
    case 1:
      return fmt::format("\"{} {}\"", odd_number(random), any_of(random, kUnits));
    case 2:
      return fmt::format("\"{} {}\"", 1 + below(random, 64), any_of(random, kUnits));
    default:
      return fmt::format(
          "{}", once_in(random, 2) ? odd_number(random) : static_cast<std::int64_t>(below(random, 64)));
  }
}

/// Near what it was: halved, doubled, one more or less.
std::string near_value(Random& random, const std::string& value) {
  const std::size_t at = value.find_first_of("0123456789");
  if (at == std::string::npos) return odd_value(random);
  const std::size_t end = std::min(value.find_first_not_of("0123456789", at), value.size());
  const std::string digits = value.substr(at, end - at);
  if (digits.size() > 15) return odd_value(random);
  const long long number = std::stoll(digits),
                  changed[] = {number * 2, number / 2, number + 1, number - 1, number * 10};
  return value.substr(0, at) + std::to_string(any_of(random, changed)) + value.substr(end);
}

void change_line(Random& random, std::vector<std::string>& lines) {
  std::string& line = any_of(random, lines);
  const std::size_t equals = line.find('=');
  switch (below(random, 12)) {
    case 0:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(below(random, lines.size())));
      return;
    case 1:
      lines.push_back(std::string(line));
      return;
    case 2:
      return std::swap(line, any_of(random, lines));
    case 3: {  // of another preset, mostly in its own table
      const std::string key = line.substr(0, equals);
      for (const std::string& other : any_of(random, presets()))
        if (other.starts_with(key)) line = other;
      return;
    }
    case 4:
      return damage(random, line);
    case 5:
      lines.insert(lines.end(),
                   {"[memory.timing]", fmt::format("{} = {}", any_of(random, kSymbols), odd_value(random))});
      return;
    default:
      if (equals == std::string::npos) return;
      const std::size_t comment = std::min(line.find('#', equals), line.size());
      const std::string value = line.substr(equals + 1, comment - equals - 1);
      line = line.substr(0, equals + 1) + " " +
             (once_in(random, 3) ? odd_value(random) : near_value(random, value));
  }
}

std::string make(Random& random) {
  std::vector<std::string> lines = any_of(random, presets());
  for (std::size_t left = 1 + below(random, 6); left != 0 && lines.size() > 1; --left)
    change_line(random, lines);
  std::string text = fmt::format("{}\n", fmt::join(lines, "\n"));
  if (once_in(random, 20)) damage(random, text);
  return text;
}

/// Small, quantised or real as the chip computes.
ir::Graph network_for(const models::ChipSpec& chip) {
  const isa::Precision precision = chip.arch.precisions.front();
  const bool real = precision == isa::Precision::fp32 || precision == isa::Precision::bf16;
  ir::Graph graph = real ? test::random_real_network(1) : test::random_network(1);
  compiler::schedule(graph);
  return graph;
}

void judge(const std::string& text) {
  const models::ChipSpec chip = models::parse_chip(text, "case.toml");
  const std::string resolved = models::to_toml(chip);
  if (models::to_toml(models::parse_chip(resolved, "resolved.toml")) != resolved)
    throw std::logic_error("the chip does not come back from its resolved file");
  const ir::Graph graph = network_for(chip);
  const isa::Program program =
      compiler::generate(graph, chip.arch, {chip.name, chip.arch.precisions.front(), 1});
  const auto device = sim::make_device(chip, {.max_cycles = kMostCycles}, sim::Host::plain);
  executor::Executor(*device, program, graph).run(random_inputs(graph));
}

}  // namespace
}  // namespace nnp::fuzz

int main(int argc, char** argv) {
  return nnp::fuzz::run({"chip", nnp::fuzz::make, nnp::fuzz::judge}, argc, argv);
}
