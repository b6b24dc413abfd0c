// SPDX-License-Identifier: Apache-2.0
// Holds the search for mappings against mappings drawn at random, layer by layer:
//   mapping_quality [LAYERS [MAPPINGS [SEED]]]
// Each of LAYERS layers (40), drawn from zoo networks and chips, runs alone as search chooses it and in
// MAPPINGS (200) random legal ways. Every mapping's code is checked against the rules of
// tests/support/mapping_law.h.
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "compiler/mapping/search.h"
#include "host_runtime/executor/launch_timer.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"
#include "tests/support/mapping_law.h"
#include "tests/support/network_run.h"

namespace nnp {
namespace {

constexpr const char* kNetworks[] = {"lenet5",   "alexnet",   "squeezenet", "mobilenet_v2", "resnet18",
                                     "resnet50", "bert_tiny", "gpt2_tiny",  "mlp0"};
constexpr const char* kChips[] = {"tpu_v1", "hbm128", "gemmini16", "nvdla_full"};

struct Drawn {
  std::string network, chip;
};

class Trial {
 public:
  Trial(const std::string& network, const std::string& chip_name)
      : chip_(models::load_chip(chip_name, {})),
        compiled_(test::compile_network(network, chip_)),
        plan_(compiler::place_values(compiled_.quantised, chip_.arch)),
        timer_([this] { return sim::make_device(chip_, {.values = false}, sim::Host::plain); }) {
    for (std::size_t i = 0; i < graph().nodes.size(); ++i)
      if (problem(i)) layers_.push_back(i);
  }
  const ir::Graph& graph() const { return compiled_.quantised; }
  const std::vector<std::size_t>& layers() const { return layers_; }
  std::optional<compiler::MacProblem> problem(std::size_t node) const {
    return compiler::mac_problem(graph(), graph().nodes[node], plan_, chip_.arch);
  }
  const models::ChipSpec& chip() const { return chip_; }

  Cycles time(std::size_t node, const compiler::MacTiling& tiling) {
    compiler::CodegenOptions options{chip_.name, isa::Precision::int8, 1, {}};
    options.mapping.mac[graph().nodes[node].name] = tiling;
    const isa::Program program = compiler::generate_layer(graph(), node, plan_, chip_.arch, options);
    for (const std::string& broken :
         test::broken_mapping_rules(program, graph(), graph().nodes[node], plan_, chip_.arch))
      std::cerr << fmt::format("{} on {}, {}: {}\n", compiled_.program.network, chip_.name,
                               graph().nodes[node].name, broken);
    return timer_.cycles(program);
  }

 private:
  models::ChipSpec chip_;
  compiler::CompiledNetwork compiled_;
  compiler::MemoryPlan plan_;
  executor::LaunchTimer timer_;
  std::vector<std::size_t> layers_;
};

std::string words(const compiler::MacTiling& t) {
  return fmt::format("P{} M{} PQ{} b{}", t.band_lines, t.slice_n, t.tile_m, t.input_buffers);
}

int run(std::size_t layers, unsigned mappings, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Trial>> trials;
  for (std::size_t i = 0; i < layers; ++i) {
    const std::string network = kNetworks[random() % std::size(kNetworks)],
                      chip = kChips[random() % std::size(kChips)];
    auto& trial = trials[{network, chip}];
    if (!trial) trial = std::make_unique<Trial>(network, chip);
    if (trial->layers().empty()) continue;
    const std::size_t node = trial->layers()[random() % trial->layers().size()];
    const auto problem = *trial->problem(node);
    const auto chosen = *compiler::choose_tiling(problem, trial->chip().arch);
    const Cycles now = trial->time(node, chosen);
    Cycles best = kNever;
    compiler::MacTiling best_tiling;
    for (unsigned k = 0; k < mappings; ++k)
      if (const auto tiling = compiler::random_tiling(problem, trial->chip().arch, random))
        if (const Cycles cycles = trial->time(node, *tiling); cycles < best)
          best = cycles, best_tiling = *tiling;
    fmt::print("{:12} {:10} {:28} chosen {:9} ({}) random {:9} ({}) {:6.1f} %\n", network, chip,
               trial->graph().nodes[node].name.substr(0, 28), now, words(chosen), best, words(best_tiling),
               100.0 * (static_cast<double>(now) / static_cast<double>(best) - 1));
    std::cout.flush();
  }
  return 0;
}

}  // namespace
}  // namespace nnp

int main(int count, char** words) {
  const auto number = [&](int i, unsigned otherwise) {
    return count > i ? static_cast<unsigned>(std::stoul(words[i])) : otherwise;
  };
  return nnp::run(number(1, 40), number(2, 200), number(3, 1));
}
