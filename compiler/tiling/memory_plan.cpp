// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/memory_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "compiler/compile_error.h"
#include "compiler/ir/reshaping.h"

namespace nnp::compiler {
namespace {

struct Lifetime {
  std::size_t first = 0, last = 0;
  Bytes bytes = 0;
  bool used = false;
};

/// Storage of values on the chip, by root. A fused tail is made where its maker is; what passes has none.
std::vector<Lifetime> lifetimes(const ir::Graph& graph, const isa::ArchSpec& arch,
                                const std::vector<FusedTail>& tails, std::vector<Placement>& values) {
  std::vector<Lifetime> lives(graph.values.size());
  for (std::size_t v = 0; v < values.size(); ++v) values[v].root = static_cast<ir::ValueId>(v);
  for (const ir::Node& node : graph.nodes)
    if (!node.on_host && shares_storage(graph, node))
      values[node.outputs[0]].root = values[node.inputs[0]].root;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    const auto touch = [&](ir::ValueId id, bool defines) {
      if (id == ir::kNoValue || graph.values[id].constant) return;
      Placement& placement = values[id];
      if (!node.on_host) placement.on_chip = true, values[placement.root].on_chip = true;
      Lifetime& life = lives[placement.root];
      if (!life.used || (defines && i < life.first)) life.first = std::min(life.used ? life.first : i, i);
      life.last = std::max(life.last, i);
      life.used = true;
      life.bytes = std::max(life.bytes, layout_of(graph.values[id], arch).bytes());
    };
    for (const ir::ValueId id : node.outputs) touch(id, true);
    for (const ir::ValueId id : node.inputs) touch(id, false);
  }
  // What comes in does so at the start of its launch, what leaves the chip at the end.
  for (const ir::ValueId id : graph.inputs) lives[values[id].root].first = 0;
  for (const ir::ValueId id : graph.outputs) {
    Lifetime& life = lives[values[id].root];
    if (life.used) life.last = graph.nodes.size();
  }
  for (const FusedTail& tail : tails) {
    lives[values[tail.result].root].first = std::min(lives[values[tail.result].root].first, tail.maker);
    values[tail.passing].passing = true, lives[tail.passing].used = false;
  }
  return lives;
}

/// Roots that must lie in device memory: WLOAD fetches them.
std::vector<bool> stationary_roots(const ir::Graph& graph, const std::vector<Placement>& values) {
  std::vector<bool> roots(values.size());
  for (const ir::Node& node : graph.nodes)
    if (!node.on_host && node.op == ir::Op::matmul && !graph.values[node.inputs[1]].constant)
      roots[values[node.inputs[1]].root] = true;
  return roots;
}

/// First-fit addresses in [0, limit), 256-byte aligned; nullopt in `places` where a root found none.
std::map<ir::ValueId, std::optional<Address>> place(const std::vector<Lifetime>& lives,
                                                    const std::vector<Placement>& values,
                                                    const std::vector<bool>& in_memory, Bytes limit,
                                                    Bytes align) {
  std::vector<ir::ValueId> roots;
  for (std::size_t v = 0; v < values.size(); ++v)
    if (values[v].root == v && values[v].on_chip && lives[v].used)
      roots.push_back(static_cast<ir::ValueId>(v));
  std::stable_sort(roots.begin(), roots.end(),
                   [&](ir::ValueId a, ir::ValueId b) { return lives[a].first < lives[b].first; });
  std::map<ir::ValueId, std::optional<Address>> places;
  for (const ir::ValueId root : roots) {
    if (in_memory[root]) {
      places[root] = std::nullopt;
      continue;
    }
    // Ranges of the roots placed before that are alive together with this one.
    std::vector<std::pair<Address, Address>> taken;
    for (const auto& [other, address] : places)
      if (address && lives[other].last >= lives[root].first && lives[other].first <= lives[root].last)
        taken.emplace_back(*address, *address + lives[other].bytes);
    std::sort(taken.begin(), taken.end());
    Address at = 0;
    for (const auto& [begin, end] : taken) {
      if (at + lives[root].bytes <= begin) break;
      at = std::max(at, round_up<Address>(end, align));
    }
    places[root] = at + lives[root].bytes <= limit ? std::optional(at) : std::nullopt;
  }
  return places;
}

}  // namespace

bool shares_storage(const ir::Graph& graph, const ir::Node& node) {
  return ir::channel_preserving(graph, node);
}

const FusedTail* MemoryPlan::tail_taking(ir::ValueId value) const {
  const auto found = std::ranges::find(tails, value, &FusedTail::passing);
  return found == tails.end() ? nullptr : &*found;
}

const FusedTail* MemoryPlan::tail_at(std::size_t node) const {
  const auto found = std::ranges::find(tails, node, &FusedTail::node);
  return found == tails.end() ? nullptr : &*found;
}

MemoryPlan plan_memory(const ir::Graph& graph, const isa::ArchSpec& arch,
                       const std::vector<StagingNeed>& by_node, const std::vector<FusedTail>& fusable) {
  MemoryPlan plan;
  plan.values.resize(graph.values.size());
  const bool stay = arch.residency == isa::Residency::network;
  if (!stay) plan.tails = fusable;
  auto lives = lifetimes(graph, arch, plan.tails, plan.values);
  const Bytes align = std::max<Bytes>(arch.buffer_word_bytes, 64), size = arch.unified_buffer_bytes;

  const std::vector<bool> in_memory = stationary_roots(graph, plan.values);
  // A node with a value that cannot be resident needs room to stage it, whatever else is resident.
  const auto resident_need = [&](std::size_t i) {
    const ir::Node& node = graph.nodes[i];
    const auto is_in_memory = [&](ir::ValueId id) {
      return id != ir::kNoValue && in_memory[plan.values[id].root];
    };
    const bool stages =
        std::ranges::any_of(node.inputs, is_in_memory) || std::ranges::any_of(node.outputs, is_in_memory);
    return stages ? std::max(by_node[i].resident, by_node[i].comfortable) : by_node[i].resident;
  };

  StagingNeed most;
  std::size_t hungriest = 0;  // the node with the largest least need
  for (std::size_t i = 0; i < by_node.size(); ++i) {
    if (by_node[i].least > size && (by_node[i].resident > size || arch.residency == isa::Residency::layer))
      throw CompileError(
          fmt::format("layer {} ({}): its smallest tile needs {} bytes of unified buffer, the chip has {}",
                      graph.nodes[i].name, ir::operator_name(graph.nodes[i]), by_node[i].least, size));
    most.resident = std::max(most.resident, resident_need(i));
    if (by_node[i].least > most.least) most.least = by_node[i].least, hungriest = i;
    most.comfortable = std::max(most.comfortable, by_node[i].comfortable);
    most.welcome = std::max(most.welcome, by_node[i].welcome);
  }
  const auto settle = [&](Bytes staging) {
    plan.staging_bytes = staging / align * align;
    plan.staging_begin = (size - plan.staging_bytes) / align * align;
    plan.staging_bytes = size - plan.staging_begin;
    return place(lives, plan.values, in_memory, plan.staging_begin, align);
  };
  const auto all_placed = [&](const auto& places) {
    return std::all_of(places.begin(), places.end(),
                       [&](const auto& item) { return item.second || in_memory[item.first]; });
  };
  auto places = settle(stay ? std::min(size, round_up(most.resident + most.welcome, align)) : size);
  if (stay && most.welcome > 0 && !all_placed(places))
    places = settle(std::min(size, round_up(most.resident, align)));
  if (stay && (most.resident > size || !all_placed(places))) {
    const Bytes staging = std::max(most.least, std::min(most.comfortable, size / 4 * 3));
    if (staging > size)
      throw CompileError(fmt::format(
          "layer {} ({}): its smallest tile needs {} bytes of unified buffer, the chip has {}",
          graph.nodes[hungriest].name, ir::operator_name(graph.nodes[hungriest]), most.least, size));
    plan.tails = fusable;
    lives = lifetimes(graph, arch, plan.tails, plan.values);
    places = settle(round_up(staging, align) > size ? size : round_up(staging, align));
  }
  Address spill = 0;
  for (const auto& [root, address] : places) {
    plan.values[root].in_buffer = address.has_value();
    plan.values[root].address = address ? *address : spill;
    if (!address) spill += round_up<Bytes>(lives[root].bytes, 256);
  }
  plan.spill_bytes = spill;
  for (Placement& placement : plan.values)
    if (placement.on_chip)
      placement.in_buffer = plan.values[placement.root].in_buffer,
      placement.address = plan.values[placement.root].address;
  return plan;
}

std::vector<std::string> verify(const MemoryPlan& plan, const ir::Graph& graph, const isa::ArchSpec& arch) {
  std::vector<std::string> broken;
  std::vector<Placement> roots = plan.values;
  const auto lives = lifetimes(graph, arch, plan.tails, roots);
  for (std::size_t a = 0; a < roots.size(); ++a) {
    if (roots[a].root != a || !roots[a].on_chip || !plan.values[a].in_buffer) continue;
    const Address begin = plan.values[a].address, end = begin + lives[a].bytes;
    if (end > plan.staging_begin)
      broken.push_back(
          fmt::format("value {} ends at {}, the arena at {}", graph.values[a].name, end, plan.staging_begin));
    for (std::size_t b = a + 1; b < roots.size(); ++b) {
      if (roots[b].root != b || !roots[b].on_chip || !plan.values[b].in_buffer) continue;
      const bool together = lives[a].first <= lives[b].last && lives[b].first <= lives[a].last;
      if (together && begin < plan.values[b].address + lives[b].bytes && plan.values[b].address < end)
        broken.push_back(fmt::format("values {} and {} overlap while both are alive", graph.values[a].name,
                                     graph.values[b].name));
    }
  }
  return broken;
}

}  // namespace nnp::compiler
