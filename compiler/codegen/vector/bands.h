// SPDX-License-Identifier: Apache-2.0
// A layer of the vector unit cut into bands that fit the staging area. The frame is the index space that the
// layer walks; axes on which its elements do not depend on each other may be cut, outermost in storage first.
// Values in the buffer are used where they lie; others are loaded and stored band by band, or, where a band
// of theirs is not one run of bytes, once and whole. Bands are no larger than pieces need to be.
#pragma once

#include <functional>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/vector/view.h"

namespace nnp::compiler {

struct BandOperand {
  ir::ValueId id = ir::kNoValue;  // a value that is computed, or a constant
  bool result = false;
  std::vector<int> axis_of;  // by axis of the frame: the operand's axis, -1 where it has none
  // By axis of the frame, where not empty: frame index i is the operand's index start + i * step.
  std::vector<std::int64_t> start, step;
};

/// On an axis that may not be cut an operand may have an extent of its own: it shows in its view.
struct BandSpec {
  ir::Shape frame;
  std::vector<bool> independent;  // by axis of the frame
  std::vector<BandOperand> operands;
  std::function<Bytes(const ir::Shape& band)> temporaries = [](const ir::Shape&) { return Bytes{0}; };
};

/// Axes of an operand of `rank` that broadcasts, NumPy's rule, to a frame.
std::vector<int> aligned_axes(std::size_t rank, const ir::Shape& frame);
std::vector<int> same_axes(std::size_t rank);

StagingNeed band_staging(const BandSpec&, const ir::Graph&, const isa::ArchSpec&);

/// One band: its extents, the operands' views in the order of the spec, and room for temporaries.
struct Band {
  ir::Shape extents;
  std::vector<std::int64_t> start;  // index of its first element
  std::vector<View> views;
  Address temporaries;
};
/// Calls `compute` for each band between its loads and stores.
void for_each_band(LayerEmitter&, const BandSpec&, const std::function<void(const Band&)>& compute);

/// Type, scale and clamp of a value; a result's clamp is the node's.
View element_view(const ir::Graph&, const ir::Node&, ir::ValueId, bool result);

}  // namespace nnp::compiler
