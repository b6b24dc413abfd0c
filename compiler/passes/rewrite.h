// SPDX-License-Identifier: Apache-2.0
// What the passes share: who makes and reads a value, replacing values, and fresh constants.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/reshaping.h"

namespace nnp::compiler {

inline constexpr std::size_t kNoNode = static_cast<std::size_t>(-1);

/// Readers of each value; being a graph output counts as one.
std::vector<std::size_t> use_counts(const ir::Graph&);
/// Index of the node that makes each value, or kNoNode.
std::vector<std::size_t> producers(const ir::Graph&);

bool is_graph_output(const ir::Graph&, ir::ValueId);
bool is_graph_input(const ir::Graph&, ir::ValueId);
using ir::is_reshape_like;
/// Relu or Clip.
bool is_clamp(ir::Op);
/// The constant behind input i of a node, or null.
const ir::Tensor* constant_input(const ir::Graph&, const ir::Node&, std::size_t i);
/// The range of a Relu or Clip node: its clamp and its constant inputs min and max together. Nothing when an
/// input is not constant.
std::optional<ir::Clamp> range_of(const ir::Graph&, const ir::Node&);

/// Every reader of `from`, graph outputs included, reads `to` instead.
void replace_uses(ir::Graph&, ir::ValueId from, ir::ValueId to);
/// Takes a node with one output out of the data's way: its input stands for its output. A graph output keeps
/// its name: then the input's maker makes the output directly. False where that cannot be (a graph input
/// handed through).
bool bypass(ir::Graph&, std::size_t node);

/// Drops the nodes marked.
void erase_nodes(ir::Graph&, const std::vector<bool>& dead);
void absorb_origin(ir::Node& into, const ir::Node& from);

/// `wanted`, or `wanted`_2, ... where a node or a value has that name.
std::string unique_name(const ir::Graph&, const std::string& wanted);
ir::ValueId add_constant(ir::Graph&, const std::string& name, ir::Tensor);
/// The constant `to` says of its codes what `from` does, its axes permuted (`to`'s axis i is from's
/// permutation[i]) and its values multiplied by `factor` (positive).
void carry_quant(ir::Graph&, ir::ValueId from, ir::ValueId to, const std::vector<std::int64_t>& permutation,
                 float factor = 1);
/// An f32 value without a source yet.
ir::ValueId add_float(ir::Graph&, const std::string& name, ir::Shape);

}  // namespace nnp::compiler
