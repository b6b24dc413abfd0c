// SPDX-License-Identifier: Apache-2.0
// A walk's instructions that are no products: dispatch, loads, stores.
#include <algorithm>

#include "compiler/cost/layer_walk.h"
#include "isa/instruction/instruction.h"

namespace nnp::compiler {

/// Instructions are fetched from where they lie, which may be memory.
void LayerWalk::dispatch(double instructions) {
  s_.processor += instructions * rates_.instruction;
  if (rates_.fetches_from_memory)
    s_.memory.instructions(times_.service(instructions * isa::kInstructionBytes));
}

void LayerWalk::occupy_load(double cycles, double service, double from) {
  dispatch(1);
  s_.load_end = std::max({s_.load_end, s_.processor + kTokenCycles, from}) + cycles;
  s_.memory.load(service);
}

/// When so many bytes, whose load may start at `from`, are in the buffer. Requests run ahead into the next
/// load.
double LayerWalk::load(double bytes, double from) {
  occupy_load(bytes / times_.load_rate(), times_.service(bytes), from);
  return s_.load_end + times_.load_latency(bytes);
}

/// Parameters go into one of two buffers: the drains of the step before the last have read theirs.
void LayerWalk::load_step(const BandWork& band, const SliceWork& slice, bool new_band) {
  if (work_.sliced) {
    const double read = s_.past.step_drained[ahead_ ? 0 : 1];
    s_.next_parameters = load(static_cast<double>(slice.n) * sizeof(numerics::ChannelParam),
                              read > 0 ? read + kTokenCycles : 0);
  }
  if (new_band && !problem_.in_resident) load_band(band);
  if (problem_.shape.loads_addend) load_addend(band, slice);
}

/// Into one of two buffers: the sums of the step before the last have read theirs.
void LayerWalk::load_addend(const BandWork& band, const SliceWork& slice) {
  const double read = s_.past.step_summed[ahead_ ? 0 : 1];
  const double from = read > 0 ? read + kTokenCycles : 0;
  s_.next_addend_from = std::max({s_.load_end, s_.processor + kTokenCycles, from});
  s_.next_addend_asked = s_.memory.asked;
  occupy_load(times_.addend(work_, slice, band.positions),
              times_.addend_service(work_, slice, band.positions), from);
  dispatch(static_cast<double>(band.tiles() - 1));
}

/// Of a tile that ends at position `end` of its step (tile_sum.cpp): when its results are in the buffer.
double LayerWalk::sum(const SliceWork& slice, std::int64_t end, std::int64_t m) {
  dispatch(1);
  double addend = 0;
  if (problem_.shape.loads_addend) {
    const double by_engine = s_.addend_from + times_.addend(work_, slice, end);
    const double by_memory =
        s_.memory.wait_for_load(0, s_.addend_asked + times_.addend_service(work_, slice, end), early_limit_);
    const double last_run = static_cast<double>(work_.sliced ? static_cast<Bytes>(slice.n) * work_.out_element
                                                             : static_cast<Bytes>(m) * work_.out_pixel);
    addend = std::max(by_engine, by_memory) + times_.load_latency(last_run) + kTokenCycles;
  }
  const double start = std::max({s_.sum_end, s_.past.drained.newest() + kTokenCycles, addend});
  s_.sum_end = start + times_.sum(work_, slice, m);
  return s_.sum_end + times_.sum_latency();
}

/// A piece of the band goes where one of the band before the last was, or of the last: when that has been
/// read.
void LayerWalk::load_band(const BandWork& band) {
  const double pieces =
      static_cast<double>(std::min(band.tiles(), band.positions / problem_.shape.line_positions));
  const double read = s_.first_read > 0 ? s_.first_read + 2 : 0;
  s_.next_from = std::max({s_.load_end, s_.processor + 2, read});
  s_.next_asked = s_.memory.asked;
  load(band.input_bytes, read);
  const double piece = band.input_bytes / times_.load_rate() / pieces;
  if (s_.last_read > 0) s_.load_end = std::max(s_.load_end, s_.last_read + 2 + piece);
  // The queue holds so many pieces; the processor waits for the others.
  const double queued = chip_.front_end.queue_depth + 2.0;
  dispatch(pieces - 1);
  if (pieces > queued)
    s_.processor =
        std::max(s_.processor, s_.next_from + (pieces - queued) * piece -
                                   static_cast<double>(chip_.dma.window_bytes) / times_.load_rate());
}

/// Of the band's input, what its first `positions` read.
double LayerWalk::input_share(const BandWork& band, std::int64_t positions) const {
  const MacShape& shape = problem_.shape;
  std::int64_t stride = 1, extent = 1;
  if (shape.is_conv)
    stride = shape.conv.strides[0], extent = (shape.conv.kernel[0] - 1) * shape.conv.dilations[0] + 1;
  const std::int64_t lines = band.positions / shape.line_positions,
                     line = (positions - 1) / shape.line_positions;
  return static_cast<double>(line * stride + extent) / static_cast<double>((lines - 1) * stride + extent);
}

void LayerWalk::store(const SliceWork& slice, std::int64_t m, double ready) {
  dispatch(1);
  const double start = std::max(s_.store_end, ready + kTokenCycles);
  s_.store_end = start + times_.store(work_, slice, m);
  s_.memory.store(times_.store_service(work_, slice, m), start, times_.store_requests(work_, slice, m));
}

}  // namespace nnp::compiler
