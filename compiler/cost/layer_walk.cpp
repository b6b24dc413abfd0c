// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/layer_walk.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "isa/arch/matrix_shape.h"
#include "isa/instruction/instruction.h"

namespace nnp::compiler {
namespace {

constexpr double kToken =
    2;  // from a retirement to the start of what waits for it (engine.cpp, serial_engine.cpp)

double ceil_of(double bytes, double unit) { return std::ceil(bytes / unit); }

template <std::size_t N>
void push(std::array<double, N>& ring, double value) {
  std::memmove(ring.data() + 1, ring.data(), (N - 1) * sizeof(double));
  ring[0] = value;
}

}  // namespace

LayerWalk::LayerWalk(const MacProblem& problem, const MacTiling& tiling, ir::DType activations,
                     const models::ChipSpec& chip, const ChipRates& rates, const LayerWork& work)
    : problem_(problem), tiling_(tiling), chip_(chip), rates_(rates), work_(work) {
  element_ = static_cast<double>(ir::size_of(activations));
  wide_ = element_ == 2;
  ahead_ = problem.in_resident || !work.banded || tiling.input_buffers != 1;
  // A chunk that came is written into the buffer, one after the other, a cycle apart (load_dma.cpp).
  const double request = static_cast<double>(chip.dma.request_bytes), word = chip.arch.buffer_word_bytes;
  const double window = static_cast<double>(chip.dma.window_bytes);
  const double latency = rates.read_latency + request / rates.bytes_per_cycle;
  load_rate_ = std::min(
      {rates.bytes_per_cycle, request / (ceil_of(request, word) + 1), std::max(window, request) / latency});
  // A chunk is asked for, read and sent, one after the other (store_dma.cpp).
  store_chunk_more_ = 1 + chip.buffer.read_latency_cycles - 1.0;
}

/// Bodies two by two (buffers and steps alternate) until a pair changes all that the pair before has changed;
/// then as many at once as until nothing waits for memory any more, and again.
template <typename Body>
void LayerWalk::repeat(std::int64_t count, Body&& body) {
  std::int64_t done = 0;
  for (int round = 0; round < kRounds && count - done > 3; ++round) {
    State change;
    bool settled = false;
    int pair = 0;
    for (; pair < kPairs && !settled && count - done > 3; ++pair) {
      const State before = s_;
      body(done), body(done + 1);
      done += 2;
      const State now = difference(s_, before);
      settled = pair > 0 && alike(now, change);
      change = now;
    }
    if (!settled && pair < kPairs) break;
    std::int64_t pairs = (count - done - 1) / 2;
    if (round + 1 < kRounds) pairs = std::min(pairs, pairs_alike(change));
    if (pairs > 0) move_on(change, static_cast<double>(pairs)), done += 2 * pairs;
  }
  for (; done < count; ++done) body(done);
}

std::int64_t LayerWalk::pairs_alike(const State& change) const {
  double most = 1e15;
  for (double State::*const waiting : {&State::load_backlog, &State::store_backlog, &State::weights_ahead})
    if (change.*waiting < 0) most = std::min(most, s_.*waiting / -(change.*waiting));
  if (change.weights_ahead > 0)
    most = std::min(most, std::max(0.0, ahead_limit_ - s_.weights_ahead) / change.weights_ahead);
  return static_cast<std::int64_t>(most);
}

namespace {

constexpr double kAlike = 1e-3;  // of a change

}  // namespace

/// Of all that moves by itself; histories move as their latest entry.
template <typename F>
void LayerWalk::for_each_number(F&& f) {
  for (double State::*const member :
       {&State::processor,  &State::fetched,      &State::stream_end,   &State::load_free,
        &State::drain_end,  &State::load_end,     &State::store_end,    &State::memory,
        &State::first_read, &State::last_read,    &State::input_from,   &State::input_asked,
        &State::next_from,  &State::next_asked,   &State::parameters,   &State::next_parameters,
        &State::tiles,      &State::instructions, &State::load_backlog, &State::store_backlog,
        &State::load_asked, &State::weights_left, &State::weights_ahead})
    f(member);
}
template <typename F>
void LayerWalk::for_each_history(F&& f) {
  f(&State::stored), f(&State::step_drained), f(&State::drained), f(&State::starts);
  f(&State::cumulative), f(&State::first_pop), f(&State::last_pop);
}

LayerWalk::State LayerWalk::difference(const State& now, const State& before) {
  State change;
  for_each_number([&](double State::*member) { change.*member = now.*member - before.*member; });
  for_each_history([&](auto member) { (change.*member)[0] = (now.*member)[0] - (before.*member)[0]; });
  return change;
}

bool LayerWalk::alike(const State& a, const State& b) {
  bool same = true;
  for_each_number([&](double State::*member) {
    same &=
        std::abs(a.*member - b.*member) <= kAlike * std::max(std::abs(a.*member), std::abs(b.*member)) + 1e-6;
  });
  return same;
}

void LayerWalk::move_on(State change, double times) {
  // The command processor goes as the queues take; it may have caught up since.
  change.processor = std::min(
      change.processor, std::max({change.stream_end, change.drain_end, change.store_end, change.load_end}));
  for_each_number([&](double State::*member) { s_.*member += times * (change.*member); });
  s_.load_backlog = std::max(0.0, s_.load_backlog), s_.store_backlog = std::max(0.0, s_.store_backlog);
  for_each_history([&](auto member) {
    for (double& entry : s_.*member) entry += times * (change.*member)[0];
  });
}

double LayerWalk::cycles() {
  s_.processor = rates_.doorbell + rates_.fetch;
  s_.memory = s_.processor;
  double weights = 0, passes = 0;
  for (const SliceWork& slice : work_.slices)
    weights += static_cast<double>(slice.count) * static_cast<double>(slice.weight_bytes());
  for (const BandWork& band : work_.bands) passes += static_cast<double>(band.count * band.tiles());
  s_.weights_left = weights * passes * static_cast<double>(work_.images) / rates_.bytes_per_cycle;
  if (!work_.sliced) load_parameters(work_.slices.front());
  bool first = true;
  repeat(work_.images, [&](std::int64_t image) {
    for (std::size_t kind = 0; kind < work_.bands.size(); ++kind) {
      const bool last_kind = image + 1 == work_.images && kind + 1 == work_.bands.size();
      repeat(work_.bands[kind].count, [&](std::int64_t i) {
        band(work_.bands[kind], first, last_kind && i + 1 == work_.bands[kind].count);
        first = false;
      });
    }
  });
  double end = s_.drained[0];
  if (!problem_.out_resident) {
    serve_until(s_.store_end);
    end = std::max(
        {end, s_.store_end + rates_.write_latency + 1, s_.memory + s_.store_backlog + rates_.write_latency});
  }
  return end + 3 + rates_.interrupt;
}

/// Instructions are fetched from where they lie, which may be memory.
void LayerWalk::dispatch(double instructions) {
  s_.processor += instructions * rates_.instruction;
  if (rates_.fetches_from_memory) s_.memory += instructions * isa::kInstructionBytes / rates_.bytes_per_cycle;
}

/// A load of so many bytes that may start at `from`: when it is in the buffer. Requests run ahead into the
/// next load; what came last is still to be written (load_dma.cpp).
double LayerWalk::load(double bytes, double from) {
  dispatch(1);
  const double service = bytes / rates_.bytes_per_cycle;
  const double request = std::min(bytes, static_cast<double>(chip_.dma.request_bytes));
  s_.load_end = std::max({s_.load_end, s_.processor + 2, from}) + bytes / load_rate_;
  s_.load_backlog += service, s_.load_asked += service;
  return s_.load_end + rates_.read_latency + ceil_of(request, chip_.arch.buffer_word_bytes) + 1;
}

/// Into one of two buffers: the drains of the step before the last have read theirs.
void LayerWalk::load_parameters(const SliceWork& slice) {
  const double read = s_.step_drained[ahead_ ? 0 : 1];
  s_.next_parameters =
      load(static_cast<double>(slice.n) * sizeof(numerics::ChannelParam), read > 0 ? read + kToken : 0);
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

/// A piece of the band goes where one of the band before the last was, or of the last: when that has been
/// read.
void LayerWalk::load_band(const BandWork& band) {
  const double pieces =
      static_cast<double>(std::min(band.tiles(), band.positions / problem_.shape.line_positions));
  const double read = s_.first_read > 0 ? s_.first_read + kToken : 0;
  s_.next_from = std::max({s_.load_end, s_.processor + 2, read});
  s_.next_asked = s_.load_asked;
  load(band.input_bytes, read);
  const double piece = band.input_bytes / load_rate_ / pieces;
  if (s_.last_read > 0) s_.load_end = std::max(s_.load_end, s_.last_read + kToken + piece);
  // The queue holds so many pieces; the processor waits for the others.
  const double queued = chip_.front_end.queue_depth + 2.0;
  dispatch(pieces - 1);
  if (pieces > queued)
    s_.processor = std::max(s_.processor, s_.next_from + (pieces - queued) * piece -
                                              static_cast<double>(chip_.dma.window_bytes) / load_rate_);
}

void LayerWalk::load_step(const BandWork& band, const SliceWork& slice, bool new_band) {
  if (work_.sliced) load_parameters(slice);
  if (new_band && !problem_.in_resident) load_band(band);
}

/// In the instruction stream a step's loads stand before the step before it (ahead), or before its own
/// products.
void LayerWalk::band(const BandWork& band, bool first, bool last) {
  band_bytes_ = band.input_bytes;
  if (first && ahead_) load_step(band, work_.slices.front(), true);
  for (std::size_t kind = 0; kind < work_.slices.size(); ++kind) {
    const SliceWork& slice = work_.slices[kind];
    const bool last_kind = kind + 1 == work_.slices.size();
    repeat(slice.count, [&](std::int64_t i) {
      const bool first_slice = kind == 0 && i == 0, last_slice = last_kind && i + 1 == slice.count;
      if (!ahead_) load_step(band, slice, first_slice);
      s_.parameters = s_.next_parameters;
      if (first_slice) s_.input_from = s_.next_from, s_.input_asked = s_.next_asked;
      if (ahead_ && !(last && last_slice)) load_step(band, slice, last_slice);
      step(band, slice, last_slice);
    });
  }
}

void LayerWalk::step(const BandWork& band, const SliceWork& slice, bool last_slice) {
  const std::int64_t full = band.positions / band.tile, rest = band.positions % band.tile;
  const auto rows = static_cast<double>(isa::accumulator_rows_of(
      static_cast<std::uint64_t>(band.tile), static_cast<std::uint64_t>(work_.tile_columns), chip_.arch));
  if (rows != rows_) {
    rows_before_ = rows_, slots_before_ = slots_, rows_ = rows, changed_at_ = s_.instructions;
    slots_ =
        std::max(1.0, std::min(std::floor(chip_.arch.accumulator_rows / rows), std::floor(65535 / rows) + 1));
  }
  position_ = 0;
  // Tiles that read what a first piece overwrites.
  std::int64_t first_readers = full + (rest > 0 ? 1 : 0);
  if (!problem_.in_resident && last_slice) {
    const double share = input_share(band, band.tile);
    first_readers = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::ceil(share * static_cast<double>(first_readers))), 1, first_readers);
  }
  const auto tile_at = [&](std::int64_t i, std::int64_t m) {
    position_ = std::min(band.positions, i * band.tile + m);
    tile(band, slice, m, last_slice);
    if (last_slice && i < first_readers) s_.first_read = s_.stream_end + rates_.depth;
  };
  repeat(std::min(full, first_readers), [&](std::int64_t i) { tile_at(i, band.tile); });
  if (full > first_readers)
    repeat(full - first_readers, [&](std::int64_t i) { tile_at(first_readers + i, band.tile); });
  if (rest > 0) tile_at(full, rest);
  s_.stored[1] = s_.stored[0], s_.stored[0] = s_.store_end + rates_.write_latency;
  s_.step_drained[1] = s_.step_drained[0], s_.step_drained[0] = s_.drained[0];
}

void LayerWalk::tile(const BandWork& band, const SliceWork& slice, std::int64_t m, bool last_slice) {
  if (!problem_.in_resident) share_ = input_share(band, position_);
  for (const ColumnRun& run : slice.runs) repeat(run.count, [&](std::int64_t) { instruction(run, m); });
  if (last_slice) s_.last_read = s_.stream_end + rates_.depth;
  if (!problem_.out_resident) store(slice, m);
}

void LayerWalk::instruction(const ColumnRun& run, std::int64_t m) {
  const isa::ArchSpec& arch = chip_.arch;
  const auto kind = arch.array_kind;
  const double rows = static_cast<double>(m), word = arch.buffer_word_bytes;
  double vector = wide_ ? 2 : 1;  // cycles a vector (pass_plan.cpp)
  if (kind != isa::ArrayKind::input_stationary)
    vector = std::max(vector, ceil_of(arch.array_rows * element_, word));
  const double tiles = static_cast<double>(run.tiles);
  double passes = tiles, stream = rows * vector, load = rates_.load;
  if (kind == isa::ArrayKind::output_stationary) passes = 1, stream = static_cast<double>(run.k) * vector;
  if (kind == isa::ArrayKind::input_stationary)
    passes = static_cast<double>(ceil_div<std::int64_t>(run.k, arch.array_rows)),
    stream = static_cast<double>(run.n) * vector;
  const bool overlap = chip_.array.overlap || chip_.array.ideal_fill;
  const double pass = overlap ? std::max(stream, load) : load + std::max(stream, stream + rates_.depth - 1);

  // Dispatch: WLOAD, product, DRAIN, and the product's waits.
  const double instructions = 3;
  dispatch(instructions);
  s_.processor =
      std::max(s_.processor, s_.starts[std::min<std::size_t>(kStarts - 1, chip_.front_end.queue_depth + 1)]);

  // Weights: a tile is asked for when it has a place in the FIFO (weight_dma.cpp).
  const double bytes = static_cast<double>(run.bytes), fifo = arch.weight_fifo_tiles;
  const double request = static_cast<double>(chip_.dma.request_bytes),
               window = static_cast<double>(chip_.dma.window_bytes);
  const double tile_bytes = bytes / tiles;
  const double service = bytes / rates_.bytes_per_cycle / tiles;
  const double chunks = ceil_of(tile_bytes, std::min(request, static_cast<double>(run.run_bytes)));
  const double latency = rates_.read_latency;
  double apart =
      std::max({service, run.run_bytes < tile_bytes ? chunks : tile_bytes / request,
                tile_bytes * (latency + request / rates_.bytes_per_cycle) / std::max(window, request),
                (latency + service + 1 + load) / fifo});
  const double place = popped(s_.tiles + 1 - fifo);
  const double from = std::max({s_.fetched, place, s_.processor + 1});
  const double first_arrival = from + apart + latency;
  const double served = serve_weights(from, service * tiles);
  s_.fetched = std::max(from + tiles * apart, served);
  const double last_arrival = s_.fetched + latency;

  // The input's piece is there; meanwhile weights come as far as they have places and instructions.
  double input = 0;
  if (!problem_.in_resident) {
    ahead_limit_ = std::max(0.0, std::min(fifo, tiles * (chip_.front_end.queue_depth + 2)) - tiles) * service;
    const double written = ceil_of(std::min(request, share_ * band_bytes_), word) + 1;
    input =
        std::max(s_.input_from + share_ * band_bytes_ / load_rate_ + rates_.read_latency,
                 load_done(s_.input_asked + share_ * band_bytes_ / rates_.bytes_per_cycle, ahead_limit_)) +
        written + kToken;
  }

  // The array.
  const double load_start = std::max(s_.load_free, first_arrival + 1);
  const double slot = slot_free();
  s_.instructions += 1;
  const double start =
      std::max({load_start + load, s_.stream_end, input, slot > 0 ? slot + kToken : 0, s_.processor + 2});
  const double end = std::max(start + (passes - 1) * pass + stream, last_arrival + 1 + load + stream);
  if (first_start_ < 0) first_start_ = start;
  push(s_.starts, start);
  const double last_pop =
      passes > 1 ? std::max(load_start + load, end - stream - pass + load) : load_start + load;
  s_.tiles += tiles;
  push(s_.cumulative, s_.tiles), push(s_.first_pop, load_start + load), push(s_.last_pop, last_pop);
  s_.load_free = overlap ? end - stream : end + rates_.depth - 1;
  s_.stream_end = overlap ? end : std::max(end, end + rates_.depth - 1);
  s_.fetched = std::max(s_.fetched, popped(s_.tiles - fifo) + apart);

  // The drain (drain_unit.cpp).
  const double sums = std::min<double>(static_cast<double>(run.n), arch.array_cols);
  const double groups = ceil_of(static_cast<double>(run.n), arch.array_cols);
  const double lanes = chip_.drain.lanes != 0 ? chip_.drain.lanes : arch.array_cols;
  const double row = std::max(ceil_of(sums * problem_.shape.out.element_bytes, word), ceil_of(sums, lanes));
  const double drain = groups * (ceil_of(sums * sizeof(numerics::ChannelParam), word) + rows * row);
  const double stored = work_.sliced || work_.banded ? s_.stored[1] : 0;
  const double drain_start =
      std::max({s_.drain_end, end + rates_.depth + kToken,
                problem_.out_resident || stored == 0 ? 0 : stored + kToken, s_.parameters + kToken});
  s_.drain_end = drain_start + drain;
  push(s_.drained, s_.drain_end + chip_.drain.latency_cycles + chip_.buffer.read_latency_cycles - 1.0);
}

/// Accumulator rows go round in a ring of slots. Behind steps of other tiles a slot lies across theirs.
double LayerWalk::slot_free() const {
  const auto drained = [&](double instructions_ago) {
    return instructions_ago <= kSlots ? s_.drained[static_cast<std::size_t>(instructions_ago) - 1] : 0.0;
  };
  const double since = s_.instructions - changed_at_;
  double free = since >= slots_ ? drained(slots_) : 0;
  if (rows_before_ == 0 || since >= slots_) return free;
  const double begin = std::fmod(s_.instructions, slots_) * rows_;
  const double last = std::min(slots_before_ - 1, std::floor((begin + rows_ - 1) / rows_before_));
  for (double old = std::floor(begin / rows_before_); old <= last && old <= begin / rows_before_ + kSlots;
       ++old) {
    const double behind = std::fmod(changed_at_ - 1 - old, slots_before_);
    free = std::max(free, drained(since + 1 + (behind < 0 ? behind + slots_before_ : behind)));
  }
  return free;
}

void LayerWalk::store(const SliceWork& slice, std::int64_t m) {
  const double request = static_cast<double>(chip_.dma.request_bytes), word = chip_.arch.buffer_word_bytes;
  const double run = work_.stores_runs ? static_cast<double>(slice.n) * problem_.shape.out.element_bytes
                                       : static_cast<double>(m) * problem_.shape.out.pixel_bytes;
  const double runs = work_.stores_runs ? static_cast<double>(m) : 1;
  const double whole = std::floor(run / request), rest = run - whole * request;
  const double a_run = whole * (ceil_of(request, word) + store_chunk_more_) +
                       (rest > 0 ? ceil_of(rest, word) + store_chunk_more_ : 0);
  dispatch(1);
  const double service = runs * run / rates_.bytes_per_cycle;
  s_.store_end = std::max(s_.store_end, s_.drained[0] + kToken) + std::max(runs * a_run, service);
  s_.store_backlog += service;
}

/// Loads and stores that wait share the memory.
void LayerWalk::serve_until(double time) {
  while (s_.memory < time && s_.load_backlog + s_.store_backlog > 0) {
    double &a = s_.load_backlog, &b = s_.store_backlog;
    const double sharers = (a > 0) + (b > 0);
    const double least = a > 0 && b > 0 ? std::min(a, b) : std::max(a, b);
    const double slice = std::min(time - s_.memory, least * sharers);
    if (a > 0) a = slice >= a * sharers ? 0 : a - slice / sharers;
    if (b > 0) b = slice >= b * sharers ? 0 : b - slice / sharers;
    s_.memory += slice;
  }
  s_.memory = std::max(s_.memory, time);
}

/// When so much service for weights that may begin at `from` is done, shared with what waits.
double LayerWalk::serve_weights(double from, double service) {
  const double early = std::min(service, s_.weights_ahead);
  s_.weights_ahead -= early, service -= early, s_.weights_left -= service;
  if (service <= 0) return 0;
  if (from > s_.memory) serve_until(from);
  double &a = s_.load_backlog, &b = s_.store_backlog;
  const double of_loads = std::min(a, service), of_stores = std::min(b, service);
  a -= of_loads, b -= of_stores;
  return s_.memory += service + of_loads + of_stores;
}

/// When the loads have been served up to `asked`, while as much as `weights` is asked for too.
double LayerWalk::load_done(double asked, double weights) {
  const double left = asked - (s_.load_asked - s_.load_backlog);
  if (left <= 0) return 0;
  const double early = std::min({left, std::max(0.0, weights - s_.weights_ahead), s_.weights_left});
  const double stores = std::min(left, s_.store_backlog);
  s_.weights_ahead += early, s_.weights_left -= early;
  s_.load_backlog -= left, s_.store_backlog -= stores;
  s_.memory += left + early + stores;
  return s_.memory + rates_.read_latency;
}

/// When the place of the `tile`-th tile was free again.
double LayerWalk::popped(double tile) const {
  if (tile <= 0) return 0;
  std::size_t i = 0;
  while (i + 1 < kFifo && s_.cumulative[i + 1] >= tile) ++i;
  const double before = i + 1 < kFifo ? s_.cumulative[i + 1] : s_.cumulative[i];
  const double count = s_.cumulative[i] - before;
  if (count <= 1 || tile > s_.cumulative[i]) return s_.last_pop[i];
  return s_.first_pop[i] +
         (s_.last_pop[i] - s_.first_pop[i]) * std::clamp((tile - before - 1) / (count - 1), 0.0, 1.0);
}

}  // namespace nnp::compiler
