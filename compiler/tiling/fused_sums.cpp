// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/fused_sums.h"

#include <algorithm>
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

  std::vector<FusedSum> run() const {
    std::vector<FusedSum> sums;
    std::set<std::size_t> taken;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i)
      if (const auto sum = of(i); sum.maker != kNobody && taken.insert(sum.maker).second) sums.push_back(sum);
    return sums;
  }

 private:
  FusedSum of(std::size_t index) const {
    const FusedSum none{kNobody, 0, 0, 0, 0};
    const ir::Node& node = graph_.nodes[index];
    if (node.op != ir::Op::add || node.on_host || ir::by_reals(graph_, node)) return none;
    const ir::ValueId a = node.inputs[0], b = node.inputs[1], result = node.outputs[0];
    if (a == b || graph_.values[a].constant || graph_.values[b].constant) return none;
    if (!alike(a, result) || !alike(b, result)) return none;
    const auto made = [&](ir::ValueId id) { return makers_[id] == kNobody ? 0 : makers_[id] + 1; };
    const ir::ValueId passing = made(a) > made(b) ? a : b, other = passing == a ? b : a;
    const std::size_t maker = makers_[passing];
    if (maker == kNobody || readers_[passing] != 1 || !by_array(graph_.nodes[maker].op)) return none;
    const auto begin = graph_.nodes.begin();
    const bool one_launch =
        std::none_of(begin + static_cast<std::ptrdiff_t>(maker), begin + static_cast<std::ptrdiff_t>(index),
                     [](const ir::Node& between) { return between.on_host; });
    return one_launch ? FusedSum{maker, index, passing, other, result} : none;
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

std::vector<FusedSum> fusable_sums(const ir::Graph& graph, const isa::ArchSpec& arch) {
  return Finder(graph, arch).run();
}

}  // namespace nnp::compiler
