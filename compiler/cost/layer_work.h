// SPDX-License-Identifier: Apache-2.0
// The work of a cut layer, counted: which kinds of steps, tiles and strips there are, how often, and their
// bytes. What codegen/mac.cpp would emit, without emitting it.
#pragma once

#include <vector>

#include "compiler/tiling/mac_tiling.h"
#include "models/chips/chip_spec.h"

namespace nnp::compiler {

/// Matrix instructions of equal shape, one after the other.
struct ColumnRun {
  std::int64_t count = 0;
  std::int64_t k = 0, n = 0;
  Bytes bytes = 0;         // of one strip, as WLOAD fetches it
  Bytes more_bytes = 0;    // of the last one: up to the weights' alignment
  std::int64_t tiles = 0;  // weight tiles of a strip
  Bytes run_bytes = 0;     // contiguous bytes of a full tile
};
struct SliceWork {
  std::int64_t count = 0;  // such slices in a band
  std::int64_t n = 0;
  std::vector<ColumnRun> runs;
  Bytes weight_bytes() const;
  std::int64_t instructions() const;
};
struct BandWork {
  std::int64_t count = 0;  // such bands of an image
  std::int64_t positions = 0;
  std::int64_t tile = 0;   // positions of an instruction, the last has the rest
  double input_bytes = 0;  // mean
  std::int64_t tiles() const { return ceil_div(positions, tile); }
};

struct LayerWork {
  std::vector<BandWork> bands;    // full ones, then the rest
  std::vector<SliceWork> slices;  // of a band, in order
  std::int64_t images = 1;
  bool sliced = false, banded = false;
  std::int64_t tile_columns = 0;
  Bytes weight_bytes = 0;                 // of read_bytes
  Bytes addend_bytes = 0;                 // of read_bytes: a fused sum's other operand
  Bytes read_bytes = 0, write_bytes = 0;  // device memory's, exactly
  Bytes out_pixel = 0, out_element = 0;   // stored of a position: all of it, or a slice's channels
  Bytes staged_pixel = 0;                 // of a position of a staged slice, in the buffer
  bool sum_in_runs = false;               // result and addend of a fused sum lie alike, without gaps
};

LayerWork layer_work(const MacProblem&, const MacTiling&, const isa::ArchSpec&);

}  // namespace nnp::compiler
