// SPDX-License-Identifier: Apache-2.0
// How long a compiled program takes to execute: bench_exec NETWORK CHIP [runs]. Process CPU seconds, best of
// the runs; a child process loads the program file as `nnpsim exec` does, so that peak memory is that of
// executing, not of compiling.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>

#include "compiler/compile.h"
#include "compiler/mapping/by_model.h"
#include "host_runtime/executor/executor.h"
#include "host_runtime/reference/reference.h"
#include "isa/program/program_file.h"
#include "models/chips/chip_file.h"
#include "models/networks/zoo.h"
#include "sim/chip/systemc_host.h"

namespace {

using namespace nnp;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

isa::Program compile_network(const std::string& network, const models::ChipSpec& chip) {
  compiler::CompileRequest request;
  request.network = network, request.chip = chip.name, request.arch = chip.arch;
  request.model = models::network_file(network);
  request.map = compiler::map_by_model(chip);
  for (const models::NetworkInfo& info : models::networks())
    if (info.name == network) {
      request.import.batch = info.default_batch;
      request.import.dims = {{"batch", info.default_batch},
                             {"steps", std::max<std::int64_t>(1, info.default_steps)}};
    }
  reference::OneDnn runner;
  return compiler::compile(request, runner).program;
}

void execute(const std::filesystem::path& file, const models::ChipSpec& chip, int runs) {
  const double begin = cpu_seconds();
  const isa::Program program = isa::read_program(file);
  const ir::Graph graph = ir::deserialize(program.graph);
  const double loaded = cpu_seconds();
  for (const bool values : {true, false}) {
    sim::ChipOptions options;
    options.values = values;
    double best = 1e9;
    Cycles cycles = 0;
    for (int run = 0; run < runs; ++run) {
      const auto device = sim::make_device(chip, options);
      executor::Executor executor(*device, program, graph);
      const auto inputs = compiler::random_inputs(graph, 1);
      const double start = cpu_seconds();
      cycles = executor.run(inputs, {values, false}).statistics.cycles;
      best = std::min(best, cpu_seconds() - start);
    }
    fmt::print("{:<12} {:.3f} CPU s, {} cycles, {:.2f} M cycles/CPU s\n",
               values ? "with values" : "timing only", best, cycles,
               static_cast<double>(cycles) * 1e-6 / best);
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print("load file    {:.3f} CPU s; peak memory {} MB\n", loaded - begin, usage.ru_maxrss / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) return fmt::print(stderr, "usage: bench_exec NETWORK CHIP [runs]\n"), 2;
  const models::ChipSpec chip = models::load_chip(argv[2]);
  const auto file = std::filesystem::temp_directory_path() / fmt::format("bench_exec_{}.nnp", getpid());
  fmt::print("{} on {}\n", argv[1], argv[2]);
  std::fflush(stdout);
  const auto in_child = [](auto&& work) {
    const pid_t child = fork();
    if (child == 0) work(), std::fflush(stdout), std::_Exit(0);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  };
  bool ok = in_child([&] { isa::write_program(compile_network(argv[1], chip), file); });
  ok = ok && in_child([&] { execute(file, chip, argc > 3 ? std::atoi(argv[3]) : 3); });
  std::filesystem::remove(file);
  return ok ? 0 : 1;
}
