// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/traces/small_trace.h"

#include <cstdlib>

#include "compiler/codegen/codegen.h"
#include "compiler/compile_error.h"
#include "tests/support/random_network.h"
#include "tests/support/traced_run.h"

namespace nnp::test {

void write_small_trace(const std::string& file, std::uint64_t seed, traces::TraceLevel level) {
  ir::Graph graph = random_network(seed);
  compiler::schedule(graph);
  models::ChipSpec chip = random_chip(seed);
  isa::Program program;
  while (program.instructions.empty()) try {
      program = compiler::generate(graph, chip.arch, {chip.name, isa::Precision::int8, 1});
    } catch (const compiler::CompileError&) {
      chip.arch.unified_buffer_bytes *= 2;  // too small for this network
      if (chip.arch.accumulator_rows < 8) chip.arch.accumulator_rows = 8;
    }
  traced_run(program, graph, chip, file, {}, level);
}

std::uint64_t seed_or(std::uint64_t parameter) {
  const char* only = std::getenv("NNPSIM_SEED");
  return only != nullptr ? std::strtoull(only, nullptr, 10) : parameter;
}

}  // namespace nnp::test
