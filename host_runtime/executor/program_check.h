// SPDX-License-Identifier: Apache-2.0
// Whether a program and the graph that travels with it speak of the same network: what Executor relies on.
// check_tables (isa/program/tables.h) knows the program alone, ir::verify the graph alone. And whether this
// machine should run it at all.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "isa/program/program.h"

namespace nnp::executor {

/// Empty where every layer is its node, every stretch of chip nodes has its launch, and every tensor at the
/// border of a launch is a value of the same shape and type that is there by then.
std::vector<std::string> check_against_graph(const isa::Program&, const ir::Graph&);

/// The graph that travels in a program for this architecture. Throws isa::FileError that begins with `file`:
/// another architecture, no graph, or one of another network. `constants`: all, or those of host_values()
/// alone, which is enough to execute it.
enum class GraphConstants : std::uint8_t { all, of_host };
ir::Graph graph_of(const isa::Program&, const isa::ArchSpec&, const std::string& chip,
                   const std::string& file, GraphConstants constants = GraphConstants::all);

struct HostLimits {
  double bytes = 0, operations = 0;  // of all values, and to compute all nodes; 0: no limit
};
/// A graph asks for more of the host than it may.
struct HostLimitError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Throws HostLimitError. What runs on the host, the naive reference included, is no work of the chip: its
/// cycles do not bound it.
void require_bounded(const ir::Graph&, const HostLimits&);

}  // namespace nnp::executor
