// SPDX-License-Identifier: Apache-2.0
// Program files: read, disassembled and assembled again, checked for races, executed with values and held
// against the naive reference, as `nnpsim exec` does, for a number of cycles.
#include <sstream>

#include "host_runtime/compare/comparison.h"
#include "host_runtime/executor/executor.h"
#include "host_runtime/executor/program_check.h"
#include "isa/program/assembler.h"
#include "isa/program/happens_before.h"
#include "isa/program/program_bytes.h"
#include "isa/program/program_file.h"
#include "models/chips/chip_file.h"
#include "tests/fuzz/program/program_mutation.h"
#include "tests/fuzz/support/random_inputs.h"
#include "tests/support/program_header.h"
#include "tests/support/random_real_network.h"
#include "tests/support/random_run.h"
#include "tests/support/temporary_folder.h"

namespace nnp::fuzz {
namespace {

constexpr std::uint64_t kMostCycles = 50'000;
constexpr double kMostValueBytes = 64 << 20, kMostOperations = 3e7;
constexpr const char* kFile = "case.nnp";

/// Sound programs with their chips.
const std::vector<test::NetworkCase>& sound() {
  static const std::vector<test::NetworkCase> cases = [] {
    std::vector<test::NetworkCase> list;
    for (std::uint64_t seed = 1; seed <= 6; ++seed)
      list.push_back(test::random_case(seed, models::load_chip(seed % 2 == 0 ? "edge8" : "tiny4")));
    for (std::uint64_t seed = 1; seed <= 3; ++seed)
      list.push_back(test::make_case(test::random_vector_network(seed), models::load_chip("edge8"), seed));
    list.push_back(test::make_case(test::random_products(1), models::load_chip("edge8"), 1));
    for (std::uint64_t seed = 1; seed <= 2; ++seed)
      list.push_back(test::make_case(test::random_real_network(seed), models::load_chip("fp32ref"), seed,
                                     isa::Precision::fp32));
    return list;
  }();
  return cases;
}

const models::ChipSpec& chip_for(const isa::Program& program) {
  for (const test::NetworkCase& made : sound())
    if (isa::hash(made.chip.arch) == program.arch_hash) return made.chip;
  return sound().front().chip;
}

std::string header() {
  const test::TemporaryFolder folder;
  isa::write_program(sound().front().program, folder.path(kFile));
  return test::read_bytes(folder.path(kFile)).substr(0, test::kProgramHeaderBytes);
}

std::string make(Random& random) {
  static const std::string head = header();
  isa::Program program = any_of(random, sound()).program;
  if (!once_in(random, 12))
    for (std::size_t left = 1 + below(random, 4); left != 0; --left) mutate(random, program);
  const std::vector<std::uint8_t> payload = isa::program_bytes(program);
  std::string bytes(payload.begin(), payload.end());
  if (once_in(random, 10)) damage(random, bytes);
  bytes.insert(0, head);
  test::repair_header(bytes);
  if (once_in(random, 50)) damage(random, bytes);
  return bytes;
}

void judge(const std::string& bytes) {
  std::istringstream in(bytes);
  const isa::Program program = isa::read_program(in, kFile);
  if (!(isa::assemble(isa::disassemble(program), kFile) == program))
    throw std::logic_error("the program does not come back from its text");
  const models::ChipSpec& chip = chip_for(program);
  const ir::Graph graph = executor::graph_of(program, chip.arch, chip.name, kFile);
  executor::require_bounded(graph, {kMostValueBytes, kMostOperations});
  for (const isa::Launch& launch : program.launches) isa::check_happens_before(program, launch, chip.arch, 4);
  const auto inputs = random_inputs(graph);
  const auto device = sim::make_device(chip, {.max_cycles = kMostCycles}, sim::Host::plain);
  auto run = executor::Executor(*device, program, graph).run(inputs, {.values = true, .accumulators = true});
  compare::compare_naive(graph, inputs, {std::move(run.outputs), std::move(run.accumulators)});
}

}  // namespace
}  // namespace nnp::fuzz

int main(int argc, char** argv) {
  return nnp::fuzz::run({"program", nnp::fuzz::make, nnp::fuzz::judge}, argc, argv);
}
