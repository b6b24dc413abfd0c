// SPDX-License-Identifier: Apache-2.0
// H2D and D2H: the values that cross the border between host and chip.
#pragma once

#include <vector>

#include "compiler/codegen/codegen.h"
#include "compiler/codegen/stream_builder.h"

namespace nnp::compiler {

class HostTransfers {
 public:
  HostTransfers(const ir::Graph& graph, const PlacedPart& part, const isa::ArchSpec& arch)
      : graph_(graph), part_(part), arch_(arch) {}

  /// What a launch needs of the host, in the order in which its layers need it; for part `part` of the batch.
  void inputs(StreamBuilder&, const NodeRange&, std::int64_t part, std::vector<isa::HostTensor>& of_launch);
  /// What the host needs of a node.
  void outputs(StreamBuilder&, std::size_t node, std::int64_t part, std::vector<isa::HostTensor>& of_launch);
  /// Of host memory, for all values so far.
  Bytes host_bytes() const { return host_bytes_; }

 private:
  enum class Pieces { one, many };
  bool made_by_host(ir::ValueId) const;
  bool used_by_host(ir::ValueId) const;
  const isa::HostTensor& host_tensor(ir::ValueId, std::vector<isa::HostTensor>& of_launch);
  std::vector<std::int64_t> piece_ends_of(ir::ValueId, Pieces) const;
  void transfer(StreamBuilder&, isa::Opcode, ir::ValueId, std::int64_t part,
                std::vector<isa::HostTensor>& of_launch, Pieces);

  const ir::Graph& graph_;
  const PlacedPart& part_;
  const isa::ArchSpec& arch_;
  Bytes host_bytes_ = 0;
};

}  // namespace nnp::compiler
