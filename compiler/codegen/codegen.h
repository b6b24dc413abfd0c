// SPDX-License-Identifier: Apache-2.0
// Quantised, partitioned graph + ArchSpec -> Program.
#pragma once

#include <optional>
#include <string>

#include "compiler/ir/graph.h"
#include "compiler/tiling/mapping.h"
#include "compiler/tiling/memory_plan.h"
#include "isa/program/program.h"

namespace nnp::compiler {

struct CodegenOptions {
  std::string chip_name;
  isa::Precision precision = isa::Precision::int8;
  std::uint32_t batch = 1;
  Mapping mapping = {};
  /// Parts that the batch goes through the network in.
  std::int64_t parts() const { return mapping.sub_batch == 0 ? 1 : batch / mapping.sub_batch; }
};

/// Where the values of a scheduled graph live.
MemoryPlan place_values(const ir::Graph&, const isa::ArchSpec&);

/// What the layers' code is made for: the graph of a part of the batch (sub_batch.h), and where its values
/// live. The scheduled graph stays in place: it is the part's where that is the whole batch.
class PlacedPart {
 public:
  PlacedPart(const ir::Graph& scheduled, const isa::ArchSpec&, std::uint32_t batch, std::int64_t sub_batch);
  const ir::Graph& graph() const { return cut_ ? *cut_ : *whole_; }
  const MemoryPlan& plan() const { return plan_; }

 private:
  const ir::Graph* whole_;
  std::optional<ir::Graph> cut_;
  MemoryPlan plan_;
};

/// What there is to choose for a node on the chip; nullopt for one that is no Conv, Gemm or MatMul.
std::optional<MacProblem> mac_problem(const ir::Graph&, const ir::Node&, const MemoryPlan&,
                                      const isa::ArchSpec&);

/// Nodes are reordered so that chip nodes form as few launches as the graph allows; the Program's graph
/// section holds the reordered graph and Program::layers has one entry a node, in its order. The code of the
/// whole network stands there once for each part of the batch. Throws CompileError when a layer does not fit
/// the chip or the batch has no such parts.
isa::Program generate(ir::Graph graph, const isa::ArchSpec&, const CodegenOptions&);

/// The code of one node alone, with the other values where the plan has them: for a timing-only run that
/// tells what a mapping costs. There are no transfers and no contents of weights; Program::layers has all
/// nodes.
isa::Program generate_layer(const ir::Graph& scheduled, std::size_t node, const MemoryPlan&,
                            const isa::ArchSpec&, const CodegenOptions&);

/// A layer that the chip has code for, but no room.
struct SentHome {
  std::string layer, op;
  Bytes needed, there;  // of the buffer: the smallest band or one step, and what a layer may have
};
/// Sends nodes of the vector unit to the host whose smallest band does not fit the chip's buffer, and
/// recurrent ones of which not even a step does; says which.
std::vector<SentHome> send_home_what_does_not_fit(ir::Graph&, const isa::ArchSpec&);

/// Reorders nodes (keeping topological order) so that host and chip nodes alternate as seldom as a greedy
/// walk achieves.
void schedule(ir::Graph&);

/// One [first, last) range of nodes per launch.
struct NodeRange {
  std::size_t first, last;
};
std::vector<NodeRange> launches_of(const ir::Graph&);

}  // namespace nnp::compiler
