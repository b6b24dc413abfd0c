// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/accounting_sink.h"

#include <algorithm>

namespace nnp::sim {

std::uint16_t AccountingSink::add_unit(std::string name, Clock clock, bool counts_layers) {
  const auto worker = std::ranges::find(kWorkerUnits, units_.size());
  units_.push_back({std::move(name), clock, counts_layers});
  if (worker != kWorkerUnits.end())
    units_.back().worker = static_cast<std::size_t>(worker - kWorkerUnits.begin());
  return static_cast<std::uint16_t>(units_.size() - 1);
}

void AccountingSink::state(const StateRecord& record) {
  Totals& unit = units_[record.unit];
  NNP_ASSERT(record.start == unit.covered_to, "{}: states leave a gap or overlap: {} after {}", unit.name,
             record.start, unit.covered_to);
  unit.covered_to = record.start + record.length;
  if (turns_ != nullptr && unit.clock == Clock::core) turns_->advance(record.unit, unit.covered_to);
  unit.covered += record.length;
  switch (record.state.state) {
    case State::busy:
      unit.busy += record.length;
      break;
    case State::idle:
      unit.idle += record.length;
      break;
    case State::wait:
      unit.waits[static_cast<std::size_t>(record.state.cause)] += record.length;
      break;
  }
  if (record.state.layer != kNoLayer && record.state.state != State::idle) {
    if (record.state.layer >= layers_.size()) layers_.resize(record.state.layer + 1u);
    auto& layer = layers_[record.state.layer];
    if (unit.counts_layers && record.state.state == State::busy) {
      layer.start_cycle = layer.seen ? std::min(layer.start_cycle, record.start) : record.start;
      layer.end_cycle = std::max(layer.end_cycle, unit.covered_to);
      layer.seen = true;
    }
    if (unit.worker && record.state.state == State::busy) layer.busy[*unit.worker] += record.length;
    if (record.unit == array_) {
      if (record.state.state == State::busy)
        layer.array_active += record.length;
      else
        layer.array_waits[to_string(record.state.cause)] += record.length;
    }
  }
  if (next_ != nullptr) next_->state(record);
}

void AccountingSink::reset() {
  for (Totals& unit : units_) unit = {std::move(unit.name), unit.clock, unit.counts_layers, unit.worker};
  layers_.clear();
}

void AccountingSink::finish(device::RunStatistics& into, Cycle core_end, Cycle memory_end) const {
  for (const Totals& unit : units_) {
    const Cycle end = unit.clock == Clock::core ? core_end : memory_end;
    device::UnitStatistics statistics{unit.name, unit.covered, unit.busy, unit.idle, {}};
    Cycles sum = unit.busy + unit.idle;
    for (std::size_t cause = 0; cause < unit.waits.size(); ++cause)
      if (unit.waits[cause] != 0) {
        statistics.waits[to_string(static_cast<Cause>(cause))] = unit.waits[cause];
        sum += unit.waits[cause];
      }
    NNP_ASSERT(sum == unit.covered && unit.covered_to == end && unit.covered == end,
               "{}: busy + waits + idle = {} but the run took {} cycles", unit.name, sum, end);
    into.units.push_back(std::move(statistics));
  }
  into.layers = layers_;
}

}  // namespace nnp::sim
