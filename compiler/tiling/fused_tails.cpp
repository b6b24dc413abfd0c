// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/fused_tails.h"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

#include "compiler/ir/quantized.h"

namespace nnp::compiler {
namespace {

constexpr std::size_t kNobody = static_cast<std::size_t>(-1);

bool by_array(ir::Op op) { return op == ir::Op::conv || op == ir::Op::gemm || op == ir::Op::matmul; }

class Finder {
 public:
  Finder(const ir::Graph& graph, const isa::ArchSpec& arch)
      : graph_(graph), arch_(arch), makers_(graph.values.size(), kNobody), readers_(graph.values.size()) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      for (const ir::ValueId id : graph.nodes[i].outputs)
        if (id != ir::kNoValue) makers_[id] = i;
      for (const ir::ValueId id : graph.nodes[i].inputs)
        if (id != ir::kNoValue) ++readers_[id];
    }
    for (const ir::ValueId id : graph.outputs) ++readers_[id];
  }

  std::vector<FusedTail> run() const {
    std::vector<FusedTail> tails;
    std::set<std::size_t> taken;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      if (const auto tail = of(i); tail && taken.insert(tail->maker).second) tails.push_back(*tail);
    return tails;
  }

 private:
  std::optional<FusedTail> of(std::size_t index) const {
    const ir::Node& node = graph_.nodes[index];
    if (node.on_host) return std::nullopt;
    switch (node.op) {
      case ir::Op::add:
        return sum(index);
      case ir::Op::max_pool:
      case ir::Op::average_pool:
        return pool(index);
      default:
        return std::nullopt;
    }
  }

  std::optional<FusedTail> sum(std::size_t index) const {
    const ir::Node& node = graph_.nodes[index];
    if (ir::by_reals(graph_, node)) return std::nullopt;
    const ir::ValueId a = node.inputs[0], b = node.inputs[1], result = node.outputs[0];
    if (a == b || graph_.values[a].constant || graph_.values[b].constant) return std::nullopt;
    if (!alike(a, result) || !alike(b, result)) return std::nullopt;
    const auto made = [&](ir::ValueId id) { return makers_[id] == kNobody ? 0 : makers_[id] + 1; };
    const ir::ValueId passing = made(a) > made(b) ? a : b;
    return behind(index, passing, passing == a ? b : a);
  }

  std::optional<FusedTail> pool(std::size_t index) const {
    const ir::Node& node = graph_.nodes[index];
    const ir::ValueId passing = node.inputs[0];
    if (!pool_window(graph_, node) || makers_[passing] == kNobody ||
        graph_.nodes[makers_[passing]].op != ir::Op::conv ||
        graph_.values[passing].type != graph_.values[node.outputs[0]].type)
      return std::nullopt;
    return behind(index, passing, ir::kNoValue);
  }

  /// Where the array makes `passing` for this node alone, in the same launch.
  std::optional<FusedTail> behind(std::size_t index, ir::ValueId passing, ir::ValueId other) const {
    const std::size_t maker = makers_[passing];
    if (maker == kNobody || readers_[passing] != 1 || !by_array(graph_.nodes[maker].op)) return std::nullopt;
    const auto begin = graph_.nodes.begin();
    const bool one_launch =
        std::none_of(begin + static_cast<std::ptrdiff_t>(maker), begin + static_cast<std::ptrdiff_t>(index),
                     [](const ir::Node& between) { return between.on_host; });
    if (!one_launch) return std::nullopt;
    return FusedTail{maker, index, passing, other, graph_.nodes[index].outputs[0]};
  }

  bool alike(ir::ValueId a, ir::ValueId b) const {
    const auto key = [&](ir::ValueId id) {
      const Layout layout = layout_of(graph_.values[id], arch_);
      return std::tuple(layout.pixels, layout.channels, layout.element_bytes, layout.pixel_bytes,
                        graph_.values[id].type, graph_.values[id].shape);
    };
    return key(a) == key(b);
  }

  const ir::Graph& graph_;
  const isa::ArchSpec& arch_;
  std::vector<std::size_t> makers_, readers_;
};

}  // namespace

std::optional<PoolWindow> pool_window(const ir::Graph& graph, const ir::Node& node) {
  const auto& pool = std::get<ir::PoolAttributes>(node.attributes);
  const ir::Shape &x = graph.values[node.inputs[0]].shape, &y = graph.values[node.outputs[0]].shape;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const bool one = y[2 + axis] == 1;  // then the stride says nothing
    if (pool.pads[axis] != 0 || pool.pads[2 + axis] != 0) return std::nullopt;
    if (!one && pool.kernel[axis] != pool.strides[axis]) return std::nullopt;
    if (y[2 + axis] * pool.kernel[axis] != x[2 + axis]) return std::nullopt;
  }
  return PoolWindow{pool.kernel[0], pool.kernel[1]};
}

std::vector<FusedTail> fusable_tails(const ir::Graph& graph, const isa::ArchSpec& arch) {
  return Finder(graph, arch).run();
}

}  // namespace nnp::compiler
