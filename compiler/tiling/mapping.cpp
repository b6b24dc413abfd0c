// SPDX-License-Identifier: Apache-2.0
#include "compiler/tiling/mapping.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/compile_error.h"
#include "compiler/tiling/column_tiles.h"

namespace nnp::compiler {

MacTiling mac_tiling(const MacProblem& problem, const ir::Node& node, const Mapping& mapping,
                     const isa::ArchSpec& arch) {
  if (const auto given = mapping.mac.find(node.name); given != mapping.mac.end()) {
    if (const std::string fault = fault_of(problem, given->second, arch); !fault.empty())
      throw CompileError(
          fmt::format("the mapping of layer {} ({}): {}", node.name, ir::operator_name(node), fault));
    return given->second;
  }
  if (const auto tiling = choose_tiling(problem, arch)) return *tiling;
  const MacTiling smallest{1, std::min(problem.shape.n, column_unit(problem.shape, arch)), 1, 1};
  throw CompileError(fmt::format(
      "layer {} ({}): its smallest tile needs {} bytes of unified buffer, {} are there for it", node.name,
      ir::operator_name(node),
      staging_of(problem.shape, smallest, problem.in_resident, problem.out_resident, arch), problem.staging));
}

}  // namespace nnp::compiler
