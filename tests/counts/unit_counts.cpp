// SPDX-License-Identifier: Apache-2.0
// unit_counts --list, --key or UNIT: does the work of a unit once, inside measured(), for
// scripts/instruction-counts to count the instructions of. The key names everything that counts depend on but
// the sources.
#include <fmt/format.h>
#include <gnu/libc-version.h>

#include <cstdlib>
#include <functional>
#include <numeric>

#include "compiler/compile.h"
#include "compiler/mapping/by_model.h"
#include "host_runtime/executor/launch_timer.h"
#include "host_runtime/reference/reference.h"
#include "isa/numerics/numerics.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"
#include "sim/units/dram/trace_driver.h"
#include "tests/bench/graphs.h"

/// callgrind counts inside this function only. It has C linkage for its name alone.
extern "C" [[gnu::noipa]] void measured(const std::function<void()>& work) { work(); }

namespace {

using namespace nnp;

/// Requests in order, or scattered over the memory, a quarter of them writes.
void drive_memory(const char* preset, bool scattered, std::uint64_t requests) {
  const sim::DramConfig config = sim::make_dram_config(preset);
  sim::TraceDriver driver(config);
  std::uint64_t sent = 0;
  measured([&] {
    driver.run([&](sim::TraceRequest& request) {
      const std::uint64_t place = scattered ? sent * 2654435761u : sent;
      request = {place * config.access_bytes() % config.capacity_bytes(), scattered && sent % 4 == 0};
      return sent++ < requests;
    });
  });
}

isa::Program small_program(const models::ChipSpec& chip) {
  compiler::CompileRequest request;
  request.network = "chain", request.chip = chip.name, request.arch = chip.arch;
  request.precision = compiler::default_precision(chip.arch);
  request.map = compiler::map_by_model(chip);
  request.calibration_runs = 1;
  request.importer = [](const std::filesystem::path&, const compiler::ImportOptions&) {
    return bench::chain_of_convolutions(3, 32);
  };
  reference::Naive runner;
  return compiler::compile(request, runner).program;
}

void run_chip(const char* name, sim::Engine engine) {
  const models::ChipSpec chip = models::load_chip(name);
  const isa::Program program = small_program(chip);
  executor::LaunchTimer timer([&] {
    sim::ChipOptions options;
    options.values = false, options.engine = engine;
    return sim::make_device(chip, options, sim::Host::plain);
  });
  measured([&] { timer.cycles(program); });
}

void multiply_codes() {
  constexpr std::size_t kM = 96, kN = 256, kK = 576;
  std::vector<std::uint8_t> a(kM * kK);
  std::vector<std::int8_t> b(kK * kN);
  std::iota(a.begin(), a.end(), std::uint8_t{0}), std::iota(b.begin(), b.end(), std::int8_t{0});
  std::vector<std::int32_t> c(kM * kN);
  const std::vector<numerics::ChannelParam> params(kN, {1, 0.001f});
  std::vector<std::uint8_t> y(kN);
  const numerics::Kernels& kernels = numerics::best();
  measured([&] {
    kernels.gemm_u8s8(a.data(), kK, b.data(), kN, c.data(), kN, kM, kN, kK, false);
    for (std::size_t row = 0; row < kM; ++row)
      kernels.requantize_u8(c.data() + row * kN, params.data(), y.data(), kN, {3, 0, 255});
  });
}

struct UnitWork {
  const char* name;
  std::function<void()> run;
};

const std::vector<UnitWork>& units() {
  static const std::vector<UnitWork> all = {
      {"dram_in_order", [] { drive_memory("ddr3_2133", false, 20000); }},
      {"dram_scattered", [] { drive_memory("ddr4_2400", true, 20000); }},
      {"dram_bank_groups", [] { drive_memory("hbm2_2000", false, 20000); }},
      {"leap_tpu_v1", [] { run_chip("tpu_v1", sim::Engine::leap); }},
      {"leap_edge8", [] { run_chip("edge8", sim::Engine::leap); }},
      {"stepped_tpu_v1", [] { run_chip("tpu_v1", sim::Engine::stepped); }},
      {"values_int8", multiply_codes},
  };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string word = argc == 2 ? argv[1] : "";
  if (word == "--key") {
    fmt::print("{} {} {}, {} kernels, glibc {}\n", COMPILER, __VERSION__, BUILD_TYPE,
               numerics::to_string(numerics::best().level), gnu_get_libc_version());
    return 0;
  }
  for (const UnitWork& unit : units()) {
    if (word == "--list") fmt::print("{}\n", unit.name);
    if (word == unit.name) return unit.run(), 0;
  }
  if (word == "--list") return 0;
  return fmt::print(stderr, "usage: unit_counts --list | --key | UNIT\n"), 2;
}
