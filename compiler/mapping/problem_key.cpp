// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/problem_key.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nnp::compiler {

std::string problem_key(const ir::Graph& graph, const ir::Node& node, const MacProblem& problem) {
  const MacShape& s = problem.shape;
  const auto type = [&](ir::ValueId id) { return static_cast<int>(graph.values[id].type); };
  std::string key = fmt::format(
      "{} {}x{}({})x{} k{} n{} g{} in {}x{}/{} out {}/{} types {},{},{} resident {}{} staging {}",
      ir::operator_name(node), s.images, s.lines, s.out_h, s.line_positions, s.k, s.n, s.groups, s.in_h,
      s.in_w, s.in.pixel_bytes, s.out.channels, s.out.pixel_bytes, type(node.inputs[0]), type(node.inputs[1]),
      type(node.outputs[0]), problem.in_resident, problem.out_resident, problem.staging);
  if (s.is_conv)
    key += fmt::format(" kernel {} strides {} pads {} dilations {}", fmt::join(s.conv.kernel, ","),
                       fmt::join(s.conv.strides, ","), fmt::join(s.conv.pads, ","),
                       fmt::join(s.conv.dilations, ","));
  if (!graph.values[node.inputs[1]].constant)
    key += fmt::format(" computed weights, lines of {}", s.right_line_bytes);
  if (s.pools) key += fmt::format(" and a pool of {}x{}", s.pool.h, s.pool.w);
  if (s.adds) key += s.loads_addend ? " and a sum with a value in memory" : " and a sum";
  if (ir::transposes_right(node)) key += " transposed";
  return key;
}

}  // namespace nnp::compiler
