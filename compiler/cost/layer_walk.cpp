// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/layer_walk.h"

#include <algorithm>
#include <cmath>

#include "isa/arch/matrix_shape.h"
#include "isa/instruction/instruction.h"

namespace nnp::compiler {
namespace {

constexpr double kToken = kTokenCycles;

double after(double retired) { return retired > 0 ? retired + kToken : 0; }

}  // namespace

LayerWalk::LayerWalk(const MacProblem& problem, const MacTiling& tiling, const models::ChipSpec& chip,
                     const ChipRates& rates, const LayerWork& work, const UnitTimes& times)
    : problem_(problem),
      chip_(chip),
      rates_(rates),
      work_(work),
      times_(times),
      ahead_(problem.in_resident || !work.banded || tiling.input_buffers != 1) {}

void LayerWalk::repeat(std::int64_t count, auto&& body) {
  s_.repeat(count, body, [this](const WalkNumbers& change) {
    double most = 1e15;
    const auto until = [&](double left, double by) {
      if (by < 0) most = std::min(most, std::max(0.0, left) / -by);
    };
    until(s_.memory.loads, change.memory.loads), until(s_.memory.stores, change.memory.stores);
    until(s_.memory.weights_early, change.memory.weights_early);
    until(early_limit_ - s_.memory.weights_early, -change.memory.weights_early);
    return static_cast<std::int64_t>(most);
  });
}

double LayerWalk::cycles() {
  s_.processor = s_.memory.now = rates_.doorbell + rates_.fetch;
  s_.memory.window = rates_.in_order ? times_.load_window() : 0;
  s_.memory.weights_left = times_.service(static_cast<double>(work_.weight_bytes));
  if (!work_.sliced)
    s_.next_parameters =
        load(static_cast<double>(work_.slices.front().n) * sizeof(numerics::ChannelParam), 0);
  bool first = true;
  repeat(work_.images, [&](std::int64_t image) {
    for (std::size_t kind = 0; kind < work_.bands.size(); ++kind) {
      const bool last_kind = image + 1 == work_.images && kind + 1 == work_.bands.size();
      repeat(work_.bands[kind].count, [&](std::int64_t i) {
        const bool last_of_kind = i + 1 == work_.bands[kind].count;
        const BandWork& next = work_.bands[last_of_kind ? (kind + 1) % work_.bands.size() : kind];
        band(work_.bands[kind], next, first, last_kind && last_of_kind);
        first = false;
      });
    }
  });
  double end = std::max(s_.past.drained.newest(), s_.past.step_summed.newest());
  if (!problem_.out_resident) {
    s_.memory.idle_until(s_.store_end);
    end = std::max({end, s_.store_end + rates_.write_latency + 1,
                    s_.memory.now + s_.memory.all_stores() + rates_.write_latency});
  }
  end += 3;  // SYNC sees the last retirement; IRQ (command_processor.cpp)
  fill_ = first_start_ + end - s_.stream_end + rates_.interrupt;
  return end + rates_.interrupt;
}

void LayerWalk::plan_band(const BandWork& band) {
  if (planned_ == &band) return;
  planned_ = &band;
  slices_.clear();
  const std::int64_t rest = band.positions % band.tile;
  for (const SliceWork& slice : work_.slices) {
    Slice& planned = slices_.emplace_back();
    for (const ColumnRun& run : slice.runs)
      planned.push_back(
          {run.count, times_.product(run, band.tile), rest > 0 ? times_.product(run, rest) : ProductTimes{}});
  }
  const auto rows = static_cast<double>(isa::accumulator_rows_of(
      static_cast<std::uint64_t>(band.tile), static_cast<std::uint64_t>(work_.tile_columns), chip_.arch));
  if (rows == rows_) return;
  rows_before_ = rows_, slots_before_ = slots_, rows_ = rows, changed_at_ = s_.instructions;
  slots_ =
      std::max(1.0, std::min(std::floor(chip_.arch.accumulator_rows / rows), std::floor(65535 / rows) + 1));
}

/// In the instruction stream a step's loads stand before the step before it (ahead), or before its own
/// products.
void LayerWalk::band(const BandWork& band, const BandWork& next, bool first, bool last) {
  plan_band(band);
  if (first && ahead_) load_step(band, work_.slices.front(), true);
  for (std::size_t kind = 0; kind < work_.slices.size(); ++kind) {
    const SliceWork& slice = work_.slices[kind];
    const bool last_kind = kind + 1 == work_.slices.size();
    repeat(slice.count, [&](std::int64_t i) {
      const bool first_slice = kind == 0 && i == 0, last_slice = last_kind && i + 1 == slice.count;
      if (!ahead_) load_step(band, slice, first_slice);
      s_.parameters = s_.next_parameters;
      if (first_slice) s_.input_from = s_.next_from, s_.input_asked = s_.next_asked;
      s_.addend_from = s_.next_addend_from, s_.addend_asked = s_.next_addend_asked;
      if (ahead_ && !(last && last_slice)) load_step(last_slice ? next : band, slice, last_slice);
      step(band, kind, last_slice);
    });
  }
}

void LayerWalk::step(const BandWork& band, std::size_t slice, bool last_slice) {
  const std::int64_t full = band.positions / band.tile, rest = band.positions % band.tile;
  // Tiles that read what the first piece of a later band overwrites.
  std::int64_t first_readers = band.tiles();
  if (!problem_.in_resident && last_slice)
    first_readers =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::ceil(input_share(band, band.tile) *
                                                                     static_cast<double>(band.tiles()))),
                                 1, band.tiles());
  const auto tile_at = [&](std::int64_t i, std::int64_t m) {
    tile(band, slice, i * band.tile + m, m, last_slice);
    if (last_slice && i < first_readers) s_.first_read = s_.stream_end + rates_.depth;
  };
  repeat(std::min(full, first_readers), [&](std::int64_t i) { tile_at(i, band.tile); });
  if (full > first_readers)
    repeat(full - first_readers, [&](std::int64_t i) { tile_at(first_readers + i, band.tile); });
  if (rest > 0) tile_at(full, rest);
  s_.past.stores_upto.push(s_.memory.stores_asked);
  s_.past.stored.push(s_.store_end + rates_.write_latency);
  s_.past.step_drained.push(s_.past.drained.newest());
  if (problem_.shape.adds || problem_.shape.pools)
    s_.past.step_summed.push(s_.sum_end + times_.sum_latency());
}

void LayerWalk::tile(const BandWork& band, std::size_t slice, std::int64_t end, std::int64_t m,
                     bool last_slice) {
  if (!problem_.in_resident) input_bytes_ = input_share(band, end) * band.input_bytes;
  for (const Run& run : slices_[slice])
    repeat(run.count, [&](std::int64_t) { product(m == band.tile ? run.whole : run.rest); });
  if (last_slice) s_.last_read = s_.stream_end + rates_.depth;
  double ready = s_.past.drained.newest();
  if (problem_.shape.adds) ready = sum(work_.slices[slice], end, m);
  if (problem_.shape.pools) ready = pool(work_.slices[slice], m);
  if (!problem_.out_resident)
    store(work_.slices[slice], std::max<std::int64_t>(1, problem_.shape.stored_positions(m)), ready);
}

/// The array (matrix_unit.cpp) and the drain behind it (drain_unit.cpp).
void LayerWalk::product(const ProductTimes& t) {
  dispatch(3);  // WLOAD, the product, DRAIN
  s_.processor = std::max(
      s_.processor,
      s_.past.starts[std::min<std::size_t>(s_.past.starts.size() - 1, chip_.front_end.queue_depth + 1)]);
  const double first_arrival = weights(t), last_arrival = s_.fetched + t.tile_latency;
  const double input_there = input(t);

  const double load_start = std::max(s_.load_free, first_arrival + 1), loaded = load_start + rates_.load;
  const double start = std::max({loaded, s_.stream_end, input_there, after(slot_free()), s_.processor + 2});
  const double end =
      std::max(start + (t.passes - 1) * t.pass + t.stream, last_arrival + 1 + rates_.load + t.stream);
  const bool overlap = chip_.array.overlap || chip_.array.ideal_fill;
  const double empty = end + std::max(0.0, rates_.depth - 1);
  s_.load_free = overlap ? end - t.stream : empty, s_.stream_end = overlap ? end : empty;
  s_.instructions += 1;
  s_.past.starts.push(start);
  if (first_start_ < 0) first_start_ = start;

  s_.tiles += t.tiles;
  s_.past.tiles_upto.push(s_.tiles), s_.past.first_popped.push(loaded);
  s_.past.last_popped.push(t.passes > 1 ? std::max(loaded, end - t.stream - t.pass + rates_.load) : loaded);
  s_.fetched = std::max(s_.fetched, popped(s_.tiles - chip_.arch.weight_fifo_tiles) + t.tile_apart);

  const double drain_start =
      std::max({s_.drain_end, end + rates_.depth + kToken, s_.parameters + kToken, results_free()});
  s_.drain_end = drain_start + t.drain;
  s_.past.drained.push(s_.drain_end + times_.drain_latency());
}

/// When the place of a step's results, one of two buffers, is free: the step before the last one's have been
/// stored, or a pool has read them.
double LayerWalk::results_free() const {
  if (!work_.sliced && !work_.banded) return 0;
  if (problem_.shape.pools) return after(s_.past.step_summed[1]);
  return problem_.out_resident ? 0 : stored_free();
}

double LayerWalk::stored_free() const {
  return after(std::max(s_.past.stored[1], s_.memory.when_stored(s_.past.stores_upto[1])));
}

/// Of a tile of m positions (tile_pool.cpp), as if its windows were complete: when their results are there.
double LayerWalk::pool(const SliceWork& slice, std::int64_t m) {
  dispatch(1);
  const bool waits = !problem_.out_resident && (work_.sliced || work_.banded);
  const double start = std::max({s_.sum_end, s_.past.drained.newest() + kToken, waits ? stored_free() : 0.0});
  s_.sum_end = start + times_.pool(slice, m);
  return s_.sum_end + times_.sum_latency();
}

/// A tile is asked for when it has a place in the FIFO (weight_dma.cpp). Returns when the first one is there.
double LayerWalk::weights(const ProductTimes& t) {
  const double place = popped(s_.tiles + 1 - chip_.arch.weight_fifo_tiles);
  const double from = std::max({s_.fetched, place, s_.processor + 1});
  const double served = s_.memory.weights(from, t.tile_service * t.tiles);
  s_.fetched = std::max(from + t.tiles * t.tile_apart, served);
  return from + t.tile_apart + t.tile_latency;
}

/// When the piece of the input is there; meanwhile weights come as far as they have places and instructions.
double LayerWalk::input(const ProductTimes& t) {
  if (problem_.in_resident) return 0;
  const double fifo = chip_.arch.weight_fifo_tiles, queued = t.tiles * (chip_.front_end.queue_depth + 2);
  early_limit_ = std::max(0.0, std::min(fifo, queued) - t.tiles) * t.tile_service;
  const double by_engine = s_.input_from + input_bytes_ / times_.load_rate();
  const double by_memory =
      s_.memory.wait_for_load(s_.input_from, s_.input_asked + times_.service(input_bytes_), early_limit_);
  return after(std::max(by_engine, by_memory) + times_.load_latency(input_bytes_));
}

/// When the place of the `tile`-th tile was free again.
double LayerWalk::popped(double tile) const {
  if (tile <= 0) return 0;
  const WalkHistories& past = s_.past;
  std::size_t i = 0;
  while (i + 1 < past.tiles_upto.size() && past.tiles_upto[i + 1] >= tile) ++i;
  const double before = i + 1 < past.tiles_upto.size() ? past.tiles_upto[i + 1] : past.tiles_upto[i];
  const double others = past.tiles_upto[i] - before - 1;
  if (others <= 0 || tile > past.tiles_upto[i]) return past.last_popped[i];
  return past.first_popped[i] +
         (past.last_popped[i] - past.first_popped[i]) * std::clamp((tile - before - 1) / others, 0.0, 1.0);
}

/// Accumulator rows go round in a ring of slots. Behind steps of other tiles a slot lies across theirs.
double LayerWalk::slot_free() const {
  const auto drained = [&](double products_ago) {
    const bool known = products_ago <= static_cast<double>(s_.past.drained.size());
    return known ? s_.past.drained[static_cast<std::size_t>(products_ago) - 1] : 0.0;
  };
  const double since = s_.instructions - changed_at_;
  if (since >= slots_) return drained(slots_);
  if (rows_before_ == 0) return 0;
  const double begin = std::fmod(s_.instructions, slots_) * rows_;
  const double last = std::min(slots_before_ - 1, std::floor((begin + rows_ - 1) / rows_before_));
  double free = 0;
  for (double old = std::floor(begin / rows_before_); old <= last; ++old) {
    const double behind = std::fmod(changed_at_ - 1 - old, slots_before_);
    free = std::max(free, drained(since + 1 + (behind < 0 ? behind + slots_before_ : behind)));
  }
  return free;
}

}  // namespace nnp::compiler
