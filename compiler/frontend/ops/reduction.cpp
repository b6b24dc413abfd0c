// SPDX-License-Identifier: Apache-2.0
// The Reduce family: axes from an attribute, or from an input since operator set 13 (Sum) and 18.
#include <algorithm>
#include <set>

#include "compiler/frontend/ops/ops.h"
#include "compiler/frontend/shape_functions.h"

namespace nnp::compiler {
namespace {

struct Row {
  const char* op;
  ir::ReduceFunction function;
};
constexpr Row kTable[] = {
    {"ReduceMean", ir::ReduceFunction::mean},      {"ReduceSum", ir::ReduceFunction::sum},
    {"ReduceMax", ir::ReduceFunction::max},        {"ReduceMin", ir::ReduceFunction::min},
    {"ReduceProd", ir::ReduceFunction::prod},      {"ReduceL1", ir::ReduceFunction::l1},
    {"ReduceL2", ir::ReduceFunction::l2},          {"ReduceSumSquare", ir::ReduceFunction::sum_square},
    {"ReduceLogSum", ir::ReduceFunction::log_sum}, {"ReduceLogSumExp", ir::ReduceFunction::log_sum_exp},
};

}  // namespace

void import_reduce(GraphBuilder& builder, const OnnxNode& node) {
  const Row* row = std::ranges::find_if(kTable, [&](const Row& r) { return node.op == r.op; });
  const std::size_t rank = builder.input_shape(node, 0).size();
  const auto given = node.has_input(1) ? integers_of(node, builder.required_constant(node, 1, "the axes"))
                                       : node.integers("axes", {});
  std::set<std::int64_t> axes;
  for (const std::int64_t axis : given)
    axes.insert(static_cast<std::int64_t>(resolve_axis(node, axis, rank)));
  if (given.empty() && node.integer("noop_with_empty_axes", 0) == 0) {
    for (std::size_t axis = 0; axis < rank; ++axis) axes.insert(static_cast<std::int64_t>(axis));
  }
  // Over no axes each element is its own sum, product, largest and mean.
  if (axes.empty() && (node.op == "ReduceSum" || node.op == "ReduceMean" || node.op == "ReduceProd" ||
                       node.op == "ReduceMax" || node.op == "ReduceMin"))
    return builder.emit(node, ir::Op::identity, {builder.input(node, 0)});
  ir::ReduceAttributes attributes;
  attributes.function = row->function, attributes.keepdims = node.integer("keepdims", 1) != 0;
  attributes.axes.assign(axes.begin(), axes.end());
  builder.emit(node, ir::Op::reduce, {builder.input(node, 0)}, std::move(attributes));
}

}  // namespace nnp::compiler
