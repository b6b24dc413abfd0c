// SPDX-License-Identifier: Apache-2.0
// Holds the search for mappings against mappings drawn at random, layer by layer, and writes the page:
//   mapping_quality [LAYERS [MAPPINGS [SEED]]] > docs/validation/mapping-search.md
// Each of LAYERS layers (40), drawn from zoo networks and chips, runs alone as `model`, `simulate` and
// `thorough` choose it and in MAPPINGS (200) random legal ways. Every mapping's code is checked against the
// rules of tests/support/mapping_law.h. Exit code 1 when a rule is broken, `simulate` is more than 3 % slower
// than the best random mapping, or `model` more than 8 %.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <map>
#include <set>

#include "compiler/mapping/by_model.h"
#include "host_runtime/executor/launch_timer.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"
#include "tests/support/mapping_law.h"
#include "tests/support/network_run.h"

namespace nnp {
namespace {

constexpr std::int64_t kMostInstructions = 5000;  // of a mapping that is drawn
constexpr const char* kNetworks[] = {"lenet5",   "alexnet",   "squeezenet", "mobilenet_v2", "resnet18",
                                     "resnet50", "bert_tiny", "gpt2_tiny",  "mlp0"};
constexpr const char* kChips[] = {"tpu_v1", "hbm128", "gemmini16", "nvdla_full"};

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

  /// Core cycles of a layer alone, and the rules that its code breaks.
  std::pair<Cycles, std::vector<std::string>> time(std::size_t node, const compiler::MacTiling& tiling) {
    compiler::CodegenOptions options{chip_.name, isa::Precision::int8, 1, {}};
    options.mapping.mac[graph().nodes[node].name] = tiling;
    const isa::Program program = compiler::generate_layer(graph(), node, plan_, chip_.arch, options);
    return {timer_.cycles(program),
            test::broken_mapping_rules(program, graph(), graph().nodes[node], plan_, chip_.arch)};
  }

  /// What the search takes for one layer.
  compiler::MacTiling choose(std::size_t node, compiler::Effort effort) {
    compiler::CodegenOptions others;
    for (const std::size_t layer : layers_)
      if (layer != node)
        others.mapping.mac[graph().nodes[layer].name] = *compiler::choose_tiling(*problem(layer), chip_.arch);
    const auto choices = compiler::search_mappings(graph(), plan_, chip_.arch, others,
                                                   {effort, compiler::predicted_by_model(chip_), &timer_, 2});
    return choices.front().ranking.front().tiling;
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

/// How much slower than the best random mapping, in %.
struct Excess {
  double sum = 0, worst = -100;
  void add(double percent) { sum += percent, worst = std::max(worst, percent); }
};

class Page {
 public:
  Page(std::size_t layers, unsigned mappings, std::uint64_t seed)
      : layers_(layers), mappings_(mappings), random_(seed), seed_(seed) {}

  int write() {
    fmt::print(kHead, layers_, mappings_, seed_);
    while (shown_ < layers_) draw();
    fmt::print("<!-- end -->\n\nSlower than the best random mapping, mean and worst over the {} layers: ", shown_);
    for (std::size_t e = 0; e < kEfforts.size(); ++e)
      fmt::print("{}`{}` {:.1f} %, {:.1f} %", e > 0 ? "; " : "", to_string(kEfforts[e]),
                 excess_[e].sum / static_cast<double>(shown_), excess_[e].worst);
    fmt::print(
        ". {} mappings were run; the code of {} of them broke a rule (each sum once, all of K, within its "
        "places, every "
        "access ordered).\n",
        tried_, broken_);
    return broken_ > 0 || excess_[0].worst > 8 || excess_[1].worst > 3 ? 1 : 0;
  }

 private:
  static constexpr std::array kEfforts = {compiler::Effort::model, compiler::Effort::simulate,
                                          compiler::Effort::thorough};
  static constexpr fmt::format_string<std::size_t&, unsigned&, std::uint64_t&> kHead =
      "# The search for mappings, held against chance\n\n"
      "`scripts/mapping-quality` writes this page. {} layers drawn from the zoo and four chips, each alone "
      "on its chip: "
      "core cycles of what `--search` chooses, and the best of {} legal mappings drawn at random (seed {}; "
      "of at most 5,000 matrix instructions). "
      "P, M, PQ, b: "
      "lines of a band, channels of a slice, positions of a matrix instruction, bands at hand.\n\n"
      "<!-- by hand: scripts/mapping-quality -->\n"
      "| network | chip | layer | model | simulate | thorough | best random | its mapping | model's |\n"
      "|---|---|---|---:|---:|---:|---:|---|---|\n";

  void draw() {
    const std::string network = kNetworks[random_() % std::size(kNetworks)],
                      chip = kChips[random_() % std::size(kChips)];
    auto& trial = trials_[{network, chip}];
    if (!trial) trial = std::make_unique<Trial>(network, chip);
    if (trial->layers().empty()) return;
    const std::size_t node = trial->layers()[random_() % trial->layers().size()];
    if (!seen_.insert({network, chip, node}).second) return;
    ++shown_;
    const std::string& name = trial->graph().nodes[node].name;
    std::array<Cycles, kEfforts.size()> cycles;
    compiler::MacTiling by_model;
    for (std::size_t e = 0; e < kEfforts.size(); ++e) {
      const compiler::MacTiling tiling = trial->choose(node, kEfforts[e]);
      if (e == 0) by_model = tiling;
      cycles[e] = time(*trial, node, tiling);
    }
    Cycles best = kNever;
    compiler::MacTiling best_tiling;
    for (unsigned k = 0; k < mappings_; ++k)
      if (const auto tiling =
              compiler::random_tiling(*trial->problem(node), trial->chip().arch, random_, kMostInstructions))
        if (const Cycles taken = time(*trial, node, *tiling); taken < best)
          best = taken, best_tiling = *tiling;
    for (std::size_t e = 0; e < kEfforts.size(); ++e)
      excess_[e].add(100 * (static_cast<double>(cycles[e]) / static_cast<double>(best) - 1));
    fmt::print("| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", network, chip, name, cycles[0], cycles[1],
               cycles[2], best, words(best_tiling), words(by_model));
    std::fflush(stdout);
  }

  Cycles time(Trial& trial, std::size_t node, const compiler::MacTiling& tiling) {
    ++tried_;
    const auto [cycles, broken] = trial.time(node, tiling);
    for (const std::string& rule : broken)
      std::cerr << fmt::format("{} on {}, {} as {}: {}\n", trial.graph().name, trial.chip().name,
                               trial.graph().nodes[node].name, words(tiling), rule);
    broken_ += broken.empty() ? 0 : 1;
    return cycles;
  }

  std::size_t layers_, shown_ = 0, tried_ = 0, broken_ = 0;
  unsigned mappings_;
  std::mt19937_64 random_;
  std::uint64_t seed_;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<Trial>> trials_;
  std::set<std::tuple<std::string, std::string, std::size_t>> seen_;
  std::array<Excess, kEfforts.size()> excess_;
};

}  // namespace
}  // namespace nnp

int main(int count, char** words) {
  const auto number = [&](int i, unsigned otherwise) {
    return count > i ? static_cast<unsigned>(std::stoul(words[i])) : otherwise;
  };
  return nnp::Page(number(1, 40), number(2, 200), number(3, 1)).write();
}
