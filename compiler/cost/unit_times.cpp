// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/unit_times.h"

#include <algorithm>
#include <cmath>

namespace nnp::compiler {
namespace {

double ceil_of(double amount, double unit) { return std::ceil(amount / unit); }

}  // namespace

UnitTimes::UnitTimes(const MacProblem& problem, ir::DType activations, const models::ChipSpec& chip,
                     const ChipRates& rates)
    : shape_(problem.shape),
      chip_(chip),
      rates_(rates),
      element_(static_cast<double>(ir::size_of(activations))),
      word_(chip.arch.buffer_word_bytes),
      request_(static_cast<double>(chip.dma.request_bytes)),
      window_(std::max(request_, static_cast<double>(chip.dma.window_bytes))) {
  // A request that came is written into the buffer, one after the other and a cycle apart (load_dma.cpp); and
  // no more than the window is under way (memory_port.h).
  load_rate_ = std::min({rates.bytes_per_cycle, request_ / (ceil_of(request_, word_) + 1),
                         window_ / (rates.latency(request_) - rates.open_row + service(request_))});
}

ProductTimes UnitTimes::product(const ColumnRun& run, std::int64_t m) const {
  const isa::ArchSpec& arch = chip_.arch;
  const isa::ArrayKind kind = arch.array_kind;
  ProductTimes times;
  times.tiles = static_cast<double>(run.tiles);

  // A vector takes its steps, or the words that bring it (pass_plan.cpp).
  double vector = element_ == 2 ? 2 : 1;
  if (kind != isa::ArrayKind::input_stationary)
    vector = std::max(vector, ceil_of(arch.array_rows * element_, word_));
  times.passes =
      kind == isa::ArrayKind::output_stationary ? 1 : std::ceil(static_cast<double>(run.k) / arch.array_rows);
  times.stream = vector * static_cast<double>(kind == isa::ArrayKind::output_stationary  ? run.k
                                              : kind == isa::ArrayKind::input_stationary ? run.n
                                                                                         : m);
  // array_timing.h: next_load(), next_start().
  const bool overlap = chip_.array.overlap || chip_.array.ideal_fill;
  times.pass = overlap ? std::max(times.stream, std::max(rates_.load, rates_.way_out))
                       : rates_.load + times.stream + std::max(0.0, rates_.depth - 1);

  // weight_dma.cpp: a tile in requests, of an activation a run each; one request a cycle; as many tiles under
  // way as the FIFO has places, as many bytes as the window.
  const double bytes = static_cast<double>(run.bytes) / times.tiles,
               run_bytes = static_cast<double>(run.run_bytes);
  const bool gathers = run_bytes < bytes;
  const double access = static_cast<double>(rates_.access_bytes);
  times.tile_service = service(gathers ? bytes / run_bytes * ceil_of(run_bytes, access) * access : bytes);
  times.tile_latency = rates_.latency(std::min(bytes, request_));
  const double under_way = times.tile_latency - rates_.open_row + service(std::min(bytes, request_));
  times.tile_apart =
      std::max({times.tile_service, gathers ? bytes / std::min(run_bytes, request_) : bytes / request_,
                bytes * under_way / window_,
                (times.tile_latency - rates_.open_row + times.tile_service + 1 + rates_.load) /
                    arch.weight_fifo_tiles});

  // drain_unit.cpp: the parameters, then rows as wide as lanes and words allow; input stationary one drain
  // for each array_cols columns.
  const double sums = std::min<double>(static_cast<double>(run.n), arch.array_cols);
  const double lanes = chip_.drain.lanes != 0 ? chip_.drain.lanes : arch.array_cols;
  const double row = std::max(ceil_of(sums * shape_.out.element_bytes, word_), ceil_of(sums, lanes));
  times.drain = ceil_of(static_cast<double>(run.n), arch.array_cols) *
                (ceil_of(sums * sizeof(numerics::ChannelParam), word_) + static_cast<double>(m) * row);
  return times;
}

double UnitTimes::store_service(const LayerWork& work, const SliceWork& slice, std::int64_t m) const {
  const double rows = static_cast<double>(m), access = static_cast<double>(rates_.access_bytes);
  if (!work.sliced) return service(rows * static_cast<double>(work.out_pixel));
  return service(
      rows * ceil_of(static_cast<double>(slice.n) * static_cast<double>(work.out_element), access) * access);
}

/// Request by request: asked for, read and sent, then the next (store_dma.cpp). A run of a slice's channels
/// is at least one request.
double UnitTimes::store_requests(const LayerWork& work, const SliceWork& slice, std::int64_t m) const {
  const double runs = work.sliced ? static_cast<double>(m) : 1;
  const double run = work.sliced ? static_cast<double>(slice.n) * static_cast<double>(work.out_element)
                                 : static_cast<double>(m) * static_cast<double>(work.out_pixel);
  const double whole = std::floor(run / request_), rest = run - whole * request_;
  const double more = 1 + chip_.buffer.read_latency_cycles - 1.0;
  const double engine =
      whole * (ceil_of(request_, word_) + more) + (rest > 0 ? ceil_of(rest, word_) + more : 0);
  return runs * engine;
}

/// Runs of lanes or words, whichever are more (vector_unit.cpp); in one run where result and addend lie alike
/// (tile_sum.cpp).
double UnitTimes::sum(const LayerWork& work, const SliceWork& slice, std::int64_t m) const {
  const auto cycles = [&](double elements) {
    return std::max(ceil_of(elements, chip_.vector.lanes),
                    ceil_of(elements * shape_.out.element_bytes, word_));
  };
  const auto rows = static_cast<double>(m);
  if (work.sum_in_runs)
    return cycles(rows * static_cast<double>(work.staged_pixel) / shape_.out.element_bytes);
  return rows * cycles(static_cast<double>(slice.n));
}

double UnitTimes::pool(const SliceWork& slice, std::int64_t m) const {
  const auto channels = static_cast<double>(slice.n);
  return static_cast<double>(m) *
         std::max(ceil_of(channels, chip_.vector.lanes), ceil_of(channels * shape_.out.element_bytes, word_));
}

double UnitTimes::addend(const LayerWork& work, const SliceWork& slice, std::int64_t positions) const {
  if (!work.sliced) return static_cast<double>(positions) * static_cast<double>(work.out_pixel) / load_rate_;
  const double run = static_cast<double>(slice.n) * static_cast<double>(work.out_element);
  const double whole = std::floor(run / request_), rest = run - whole * request_;
  const double engine = static_cast<double>(positions) *
                        (whole * request_ / load_rate_ + (rest > 0 ? ceil_of(rest, word_) + 1 : 0));
  return std::max(engine, addend_service(work, slice, positions));
}

double UnitTimes::load_latency(double bytes) const {
  const double last = std::min(bytes, request_);
  return rates_.latency(last) + ceil_of(last, word_) + 1;
}

}  // namespace nnp::compiler
