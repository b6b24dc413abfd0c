// SPDX-License-Identifier: Apache-2.0
// Where every value that the chip touches lives: resident in the buffer while it is alive, or in device
// memory.
//
// Vocabulary. A *root* is a value with storage of its own; values that a Reshape-like node makes from it
// share it. A value is alive from the node that defines it to the last node that reads it. The buffer is
// split into the resident arena [0, arena_bytes) and the staging area [arena_bytes, buffer size) that each
// layer uses for parameters, tables, and bands of values in device memory.
#pragma once

#include <vector>

#include "compiler/tiling/fused_tails.h"

namespace nnp::compiler {

struct Placement {
  bool on_chip = false;    // the chip reads or writes the value at all
  bool in_buffer = false;  // else in device memory, or nowhere:
  bool passing = false;    // FusedTail::passing
  Address address = 0;
  ir::ValueId root = ir::kNoValue;
};

struct MemoryPlan {
  std::vector<Placement> values;  // by ValueId
  Address staging_begin = 0;      // of the buffer
  Bytes staging_bytes = 0;
  Bytes spill_bytes = 0;  // device memory that placements use, from address 0 of the spill region
  std::vector<FusedTail> tails;

  /// The fused tail that takes a value in passing, or that is this node; null: none.
  const FusedTail* tail_taking(ir::ValueId) const;
  const FusedTail* tail_at(std::size_t node) const;
};

/// Nodes that only rename bytes: their output shares the input's storage.
bool shares_storage(const ir::Graph&, const ir::Node&);

/// Bytes of staging area that a node needs: with all its values resident, and at the least and comfortably
/// with its values in device memory. What is welcome with its values resident makes it faster, and takes no
/// value its place.
struct StagingNeed {
  Bytes resident = 0, least = 0, comfortable = 0, welcome = 0;
};

/// A value that an array needs as its stationary operand (the right side of a MatMul) lies in device memory,
/// from where WLOAD fetches it. Everything else is resident if it fits beside the largest `resident` need,
/// or better that and the largest `welcome` one.
/// Otherwise the staging area is as large as the most comfortable layer wants, at most three quarters of the
/// buffer (or the largest least need), and values that find no place go to device memory. Throws CompileError
/// (layer, bytes needed, bytes there) when a layer's least need is larger than the buffer. Where the chip's
/// residency is a layer, every value goes to device memory and the whole buffer is staging area.
/// Tails are fused unless all values are resident.
MemoryPlan plan_memory(const ir::Graph&, const isa::ArchSpec&, const std::vector<StagingNeed>& by_node,
                       const std::vector<FusedTail>& fusable = {});

/// Every broken rule: placements that overlap while both are alive, addresses outside the arena.
std::vector<std::string> verify(const MemoryPlan&, const ir::Graph&, const isa::ArchSpec&);

}  // namespace nnp::compiler
