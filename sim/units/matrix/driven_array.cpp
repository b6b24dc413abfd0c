// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/driven_array.h"

#include <algorithm>
#include <utility>

#include "isa/arch/matrix_shape.h"
#include "isa/program/assembler.h"
#include "sim/units/matrix/activation_rows.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;

bool same(const ArrayDesign& a, const ArrayDesign& b) {
  return a.dataflow == b.dataflow && a.rows == b.rows && a.cols == b.cols && a.lanes() == b.lanes() &&
         (a.dataflow != Dataflow::adder_tree || a.tree_registers == b.tree_registers) &&
         (a.dataflow != Dataflow::output_stationary || a.drain_phase == b.drain_phase);
}

std::string describe(const ArrayDesign& design) {
  return fmt::format("{} of {} x {} PEs, {} rows a cycle", to_string(design.dataflow), design.rows,
                     design.cols, design.lanes());
}

}  // namespace

DrivenArray::DrivenArray(std::string name, std::unique_ptr<RegisterArray> array, const ArrayTiming& timing,
                         const PassPlan& plan, Cycles read_latency, ChipState& state)
    : name_(std::move(name)),
      array_(std::move(array)),
      timing_(timing),
      plan_(plan),
      design_(timing.design()),
      latency_(read_latency - 1),
      state_(state),
      feed_(design_),
      watch_(name_, design_) {
  if (!same(array_->design(), design_))
    throw std::invalid_argument(fmt::format("array '{}' is {}, the chip's is {}", name_,
                                            describe(array_->design()), describe(design_)));
  array_->reset();
}

void DrivenArray::reset() {
  NNP_ASSERT(open_.empty(), "array '{}' is reset with {} passes under way", name_, open_.size());
  array_->reset();
  feed_ = EdgeFeed(design_), watch_ = SumWatch(name_, design_);
  now_ = 0, loaded_ = nullptr, a_of_ = kNoInstruction, passes_ = 0, ticks_ = 0;
}

/// Leaves out the cycles before `now` in which the array is empty: after the last operand has reached the far
/// corner, delay registers included, and the last sum has left.
void DrivenArray::catch_up(Cycle now) {
  const Cycle empty = feed_.end() + timing_.depth() + design_.lanes();
  if (empty >= now || now_ >= now) return;
  tick_through(empty);
  now_ = now;
}

void DrivenArray::tick_through(Cycle last) {
  for (; now_ <= last; ++now_) {
    if (const auto missing = watch_.see(now_, array_->outputs())) {
      // How late is it? For longer than any way through an array.
      const Cycle most = now_ + 4 * (Cycles{design_.rows} + design_.cols) + design_.tree_registers + 16;
      Cycle seen = now_;
      while (seen < most && !array_->outputs().at(*missing).valid) array_->tick(feed_.at(seen++));
      watch_.report_late(*missing, seen < most ? seen : kNever);
    }
    array_->tick(feed_.at(now_));
    ++ticks_;
    feed_.forget_before(now_);
  }
}

void DrivenArray::load_weights(Cycle now, const WeightTile& tile) {
  catch_up(now);
  loaded_ = std::make_shared<PassValues>();
  loaded_->shape = {0, tile.k, tile.n, false};
  loaded_->w.resize(std::size_t{tile.k} * tile.n);
  take_weights({}, 0, tile, *loaded_);
  for (std::uint32_t step = 0; step < design_.moves(); ++step)
    feed_.load(now + latency_ + step, loaded_, step);
}

void DrivenArray::load_activations(Cycle now, const Job& job, std::uint32_t pass) {
  catch_up(now);
  loaded_ = std::make_shared<PassValues>();
  loaded_->shape = plan_.pass(job, pass * plan_.segments_of_a_pass(job));
  take_activations(job, pass, *loaded_);
  const Cycles words = plan_.load_accesses(job) / design_.moves();  // of one step
  for (std::uint32_t step = 0; step < design_.moves(); ++step)
    feed_.load(now + latency_ + (step + 1) * words - 1, loaded_, step);
}

/// The columns of A that pass `pass` of the instruction uses.
void DrivenArray::take_activations(const Job& job, std::uint32_t pass, PassValues& values) {
  if (a_of_ != job.index) a_ = activations(job, state_), a_of_ = job.index;
  const std::size_t all = job.get(field::mx_k), first = std::size_t{pass} * design_.rows;
  const PassShape& shape = values.shape;
  values.a.resize(std::size_t{shape.m} * shape.k);
  for (std::size_t i = 0; i < shape.m; ++i)
    std::copy_n(a_.data() + i * all + first, shape.k, values.a.data() + i * shape.k);
}

/// The weights of a tile, to their place in the pass: segment `index` says where it begins.
void DrivenArray::take_weights(const Job& job, std::uint32_t index, const WeightTile& tile,
                               PassValues& values) const {
  const std::size_t place = plan_.loads_weights() ? 0 : index % plan_.segments_of_a_pass(job);
  const std::size_t k0 = plan_.loads_activations() ? 0 : place * design_.rows,
                    n0 = plan_.loads_activations() ? place * design_.cols : 0;
  const WeightValues& from = tile.values;
  if (from.gathered && from.weights == nullptr) return;  // a timing-only run
  for (std::size_t k = 0; k < tile.k; ++k) {
    const Bytes offset = tile.first + k * tile.row_bytes;
    const std::uint8_t* row = from.gathered ? from.weights->data() + offset
                                            : state_.device_memory.read(from.stored + offset, tile.n);
    std::transform(row, row + tile.n, values.w.data() + (k0 + k) * values.shape.n + n0,
                   [](std::uint8_t byte) { return static_cast<std::int8_t>(byte); });
  }
}

void DrivenArray::start_segment(Cycle now, const Job& job, std::uint32_t index, const WeightTile& tile) {
  catch_up(now);
  const Segment segment = plan_.segment(job, index);
  if (job.instruction.flags & isa::kFlagReal)
    throw AddressError(fmt::format("array '{}' multiplies codes; instruction {} `{}` has reals", name_,
                                   job.index, isa::disassemble(job.instruction)));
  if (tile.k != segment.k || tile.n != segment.n)
    throw AddressError(
        fmt::format("array '{}': instruction {} `{}` uses {} x {} weights of a tile that has {} x {}", name_,
                    job.index, isa::disassemble(job.instruction), segment.k, segment.n, tile.k, tile.n));
  if (segment.opens_pass) open_pass(job, index);
  if (plan_.streams_weights()) take_weights(job, index, tile, *open_.back().values);
  stream(plan_.streams_activations() ? now + latency_ : now, job, index);
}

void DrivenArray::open_pass(const Job& job, std::uint32_t segment) {
  const std::uint32_t number = segment / plan_.segments_of_a_pass(job);
  Pass& pass = open_.emplace_back();
  pass.instruction = job.index;
  pass.values = std::exchange(loaded_, nullptr);
  if (pass.values == nullptr) pass.values = std::make_shared<PassValues>();
  PassValues& values = *pass.values;
  values.shape = plan_.pass(job, segment);
  const auto [m, k, n, wide] = values.shape;
  values.w.resize(std::size_t{k} * n);
  if (plan_.streams_activations()) take_activations(job, number, values);
  pass.sums = std::make_shared<PassSums>();
  pass.sums->name = fmt::format("pass {} (m {}, k {}, n {}) of instruction {} `{}` of layer {}", number, m, k,
                                n, job.index, isa::disassemble(job.instruction), job.instruction.layer);
  pass.sums->n = n;
  pass.sums->values.resize(std::size_t{m} * n);
  for (std::uint32_t place = 0; place < watch_.places(); ++place)
    pass.order.push_back(leaving_order(design_, values.shape, place / design_.cols, place % design_.cols));
  ++passes_;
}

/// A segment's steps: those of a vector in the last cycles of those that its words take.
void DrivenArray::stream(Cycle from, const Job& job, std::uint32_t index) {
  const Segment segment = plan_.segment(job, index);
  const Pass& pass = open_.back();
  const std::uint32_t parts = pass.values->shape.steps_per_vector();
  if (segment.opens_pass && segment.cycles_a_vector > parts) feed_.swap_in(from);
  const std::uint32_t steps = segment.vectors * parts;
  for (std::uint32_t i = 0; i < steps; ++i) {
    const Cycle cycle = from + (i / parts + 1) * segment.cycles_a_vector - parts + i % parts;
    const std::uint32_t step = segment.first_vector * parts + i;
    const bool last = segment.closes_pass && i + 1 == steps;
    feed_.stream(cycle, pass.values, step, step == 0 && segment.cycles_a_vector == parts, last);
    expect_sums(step, cycle, last);
  }
}

/// What leaves because of a step that is at the corner in `cycle`.
void DrivenArray::expect_sums(std::uint32_t step, Cycle cycle, bool last) {
  Pass& pass = open_.back();
  const auto expect = [&](std::uint32_t place, Cycle at, std::size_t which) {
    watch_.expect(place, at, pass.sums, pass.order[place][which]);
    pass.last_sum = std::max(pass.last_sum, at);
  };
  if (design_.dataflow != Dataflow::output_stationary) {
    const bool by_row = design_.dataflow == Dataflow::input_stationary;
    for (std::uint32_t col = 0; col < design_.cols; ++col)
      expect(col, cycle + timing_.travel(by_row ? col : 0, by_row ? 0 : col), step);
  } else if (last) {
    for (std::uint32_t place = 0; place < watch_.places(); ++place)
      for (std::uint32_t which = 0; which < pass.order[place].size(); ++which) {
        const std::uint32_t i = design_.rows - (which + 1) * design_.lanes() + place / design_.cols;
        expect(place, cycle + timing_.travel(i, place % design_.cols), which);
      }
  }
}

void DrivenArray::retire(Cycle now, const Job& job) {
  const auto own = std::find_if(open_.begin(), open_.end(),
                                [&](const Pass& pass) { return pass.instruction != job.index; });
  NNP_ASSERT(own != open_.begin(), "instruction {} retires without a pass", job.index);
  tick_through(now - 1);
  bool add = job.instruction.flags & isa::kFlagAccumulate;
  for (auto pass = open_.begin(); pass != own; ++pass) {
    NNP_ASSERT(pass->last_sum < now, "{} retires in cycle {} and its last sum leaves in {}", pass->sums->name,
               now, pass->last_sum);
    accumulate(job, *pass, std::exchange(add, true));
  }
  open_.erase(open_.begin(), own);
}

void DrivenArray::accumulate(const Job& job, const Pass& pass, bool add) const {
  const auto [m, k, n, wide] = pass.values->shape;
  std::int32_t* sums =
      state_.accumulator_rows(job.get(field::mx_acc), isa::accumulator_rows_of(m, n, state_.arch));
  const std::size_t cols = state_.arch.array_cols;
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      std::int32_t& sum = sums[(j / cols * m + i) * cols + j % cols];
      const auto value = static_cast<std::uint32_t>(pass.sums->values[i * n + j]);
      sum = static_cast<std::int32_t>((add ? static_cast<std::uint32_t>(sum) : 0u) + value);
    }
}

}  // namespace nnp::sim
