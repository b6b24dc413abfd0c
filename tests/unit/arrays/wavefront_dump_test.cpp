// SPDX-License-Identifier: Apache-2.0
// Rung: register-level array. What the trace explorer's wavefront is held against: every PE's registers in
// every cycle of small arrays, in traces/explorer/test/data/wavefront.json. Operands say where they come
// from: pass p (from 0), vector or depth v: 10 p + v + 1; a 16-bit activation has that in both bytes. The
// file is written anew with NNPSIM_WRITE=1.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sim/units/matrix/registers/array_driver.h"
#include "sim/units/matrix/registers/arrays.h"

namespace nnp {
namespace {

struct Case {
  sim::ArrayDesign design;
  std::vector<sim::PassShape> shapes;
  Cycles cycles_a_vector = 1;  // its words, where they take longer than its steps
  Cycles gap = 0;              // before each stream but the first
};

std::vector<Case> cases() {
  using sim::Dataflow;
  std::vector<Case> all;
  for (const Dataflow dataflow : {Dataflow::weight_stationary, Dataflow::input_stationary,
                                  Dataflow::output_stationary, Dataflow::adder_tree}) {
    sim::ArrayDesign design;
    design.dataflow = dataflow, design.rows = 4, design.cols = 3, design.tree_registers = 3;
    all.push_back({design, {{3, 3, 3, false}, {2, 3, 2, false}}, 1, 0});
    design.shift_rows_per_cycle = 2;
    all.push_back({design, {{3, 3, 2, true}, {3, 3, 3, true}}, 3, 2});
  }
  sim::ArrayDesign at_once;
  at_once.dataflow = sim::Dataflow::output_stationary, at_once.rows = 3, at_once.cols = 4;
  at_once.drain_phase = false;
  all.push_back({at_once, {{3, 5, 4, false}, {2, 4, 3, false}}, 2, 1});
  return all;
}

/// Activations say their row, or their depth where sums stay; weights their depth, or their column where they
/// move.
sim::PassValues values(const sim::ArrayDesign& design, const sim::PassShape& shape, std::uint32_t pass) {
  sim::PassValues values{shape, {}, {}};
  const bool sums_stay = design.dataflow == sim::Dataflow::output_stationary;
  for (std::uint32_t i = 0; i < shape.m; ++i)
    for (std::uint32_t k = 0; k < shape.k; ++k) {
      const std::uint32_t stays = design.dataflow == sim::Dataflow::input_stationary || sums_stay ? k : i;
      values.a.push_back(static_cast<std::int16_t>((10 * pass + stays + 1) * (shape.wide ? 257 : 1)));
    }
  for (std::uint32_t k = 0; k < shape.k; ++k)
    for (std::uint32_t j = 0; j < shape.n; ++j) {
      const bool moves = design.dataflow == sim::Dataflow::input_stationary;
      const bool tree = design.dataflow == sim::Dataflow::adder_tree;  // its products show the activations
      values.w.push_back(static_cast<std::int8_t>(tree ? 1 : 10 * pass + (moves ? j : k) + 1));
    }
  return values;
}

std::vector<sim::PassSchedule> schedules(const Case& of, const sim::ArrayTiming& timing) {
  std::vector<sim::TimedPass> timed;
  for (const sim::PassShape& shape : of.shapes) {
    sim::TimedPass& pass = timed.emplace_back();
    pass.shape = shape;
    const Cycles parts = shape.steps_per_vector();
    pass.stream_gap = (timed.size() > 1 ? of.gap : 0) + std::max(of.cycles_a_vector, parts) - parts;
    for (Cycles step = 0; step < timing.stream(shape); ++step)
      pass.stream_bubbles.push_back(step % parts == 0 ? std::max(of.cycles_a_vector, parts) - parts : 0);
  }
  return schedule(timing, timed);
}

/// The registers that are compared, by their names in the dump.
std::vector<std::string> shown(sim::Dataflow dataflow) {
  if (dataflow == sim::Dataflow::output_stationary)
    return {"activation", "activation_valid", "activation_part", "weight", "weight_valid", "last"};
  if (dataflow == sim::Dataflow::adder_tree) return {"rank0"};
  return {"moving", "moving_valid", "moving_part", "shift", "active"};
}

std::string one_register(const sim::RegisterArray& array, const std::string& name) {
  std::vector<std::int64_t> all;
  for (std::uint32_t row = 0; row < array.design().rows; ++row)
    for (std::uint32_t col = 0; col < array.design().cols; ++col)
      for (const sim::RegisterValue& value : array.registers(row, col))
        if (value.name == name) all.push_back(value.value);
  return fmt::format("\"{}\":[{}]", name, fmt::join(all, ","));
}

/// A line a cycle: what stands at the edge in it, and what the PEs had at its end.
std::string dump(const Case& of) {
  const auto timing = make_array_timing(of.design);
  const auto array = make_register_array(of.design);
  const std::vector<sim::PassSchedule> when = schedules(of, *timing);
  std::vector<sim::PassValues> passes;
  for (const sim::PassShape& shape : of.shapes)
    passes.push_back(values(of.design, shape, static_cast<std::uint32_t>(passes.size())));
  std::vector<std::string> edges, registers;
  run_passes(*array, passes, when, [&](Cycle, const sim::RegisterArray& seen) {
    std::vector<int> valid;
    for (const sim::Sum& sum : seen.outputs()) valid.push_back(sum.valid);
    edges.push_back(fmt::format("\"edge\":[{}]", fmt::join(valid, ",")));
    std::vector<std::string> texts;
    for (const std::string& name : shown(of.design.dataflow)) texts.push_back(one_register(seen, name));
    registers.push_back(fmt::format("{}", fmt::join(texts, ",")));
  });
  std::string text = fmt::format(
      R"({{"kind":"{}","rows":{},"cols":{},"lanes":{},"tree_registers":{},"drain_phase":{},"passes":[)",
      to_string(of.design.dataflow), of.design.rows, of.design.cols, of.design.lanes(),
      of.design.tree_registers, of.design.drain_phase);
  for (std::size_t pass = 0; pass < passes.size(); ++pass) {
    const sim::PassShape& shape = of.shapes[pass];
    text +=
        fmt::format(R"({}{{"m":{},"k":{},"n":{},"wide":{},"cycles_a_vector":{},"load":[{}],"stream":[{}]}})",
                    pass == 0 ? "" : ",", shape.m, shape.k, shape.n, shape.wide,
                    std::max<Cycles>(of.cycles_a_vector, shape.steps_per_vector()),
                    fmt::join(when[pass].load, ","), fmt::join(when[pass].stream, ","));
  }
  text += "],\"cycles\":[\n";
  for (std::size_t cycle = 0; cycle + 1 < edges.size(); ++cycle)
    text +=
        fmt::format("{{{},{}}}{}\n", edges[cycle], registers[cycle + 1], cycle + 2 < edges.size() ? "," : "");
  return text + "]}";
}

TEST(WavefrontDump, OfTheExplorersTestsIsWhatTheArraysShow) {
  std::string text = "{\"schema\":\"nnpsim.wavefront/1\",\"cases\":[\n";
  for (const Case& each : cases()) text += (text.ends_with("[\n") ? "" : ",\n") + dump(each);
  text += "\n]}\n";
  const std::string path = NNPSIM_SOURCE_DIR "/traces/explorer/test/data/wavefront.json";
  if (std::getenv("NNPSIM_WRITE") != nullptr) std::ofstream(path) << text;
  std::stringstream file;
  file << std::ifstream(path).rdbuf();
  EXPECT_TRUE(file.str() == text) << path
                                  << " is another one: NNPSIM_WRITE=1 test_wavefront_dump writes it; then "
                                  << "cd traces/explorer && npm test";
}

}  // namespace
}  // namespace nnp
