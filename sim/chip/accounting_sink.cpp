// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/accounting_sink.h"

#include <algorithm>
#include <numeric>

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
  const bool busy = record.state.state == State::busy;
  if (record.state.layer != kNoLayer && (busy || record.unit == array_)) sum_layer(record);
  if (next_ != nullptr) next_->state(record);
}

void AccountingSink::sum_layer(const StateRecord& record) {
  if (record.state.state == State::idle) return;
  if (record.state.layer >= layers_.size()) layers_.resize(record.state.layer + 1u);
  const Totals& unit = units_[record.unit];
  OfLayer& layer = layers_[record.state.layer];
  if (record.state.state == State::wait) {
    layer.array_waits[static_cast<std::size_t>(record.state.cause)] += record.length;
    return;
  }
  if (unit.counts_layers) {
    layer.start = std::min(layer.start, record.start);
    layer.end = std::max(layer.end, unit.covered_to);
  }
  if (unit.worker) layer.busy[*unit.worker] += record.length;
  if (record.unit == array_) layer.array_active += record.length;
}

void AccountingSink::reset() {
  for (Totals& unit : units_) unit = {std::move(unit.name), unit.clock, unit.counts_layers, unit.worker};
  layers_.clear();
}

std::map<std::string, Cycles> AccountingSink::by_name(const std::array<Cycles, kCauses>& waits) {
  std::map<std::string, Cycles> names;
  for (std::size_t cause = 0; cause < waits.size(); ++cause)
    if (waits[cause] != 0) names[to_string(static_cast<Cause>(cause))] = waits[cause];
  return names;
}

void AccountingSink::finish(device::RunStatistics& into, Cycle core_end, Cycle memory_end) const {
  for (const Totals& unit : units_) {
    const Cycle end = unit.clock == Clock::core ? core_end : memory_end;
    const Cycles sum = std::accumulate(unit.waits.begin(), unit.waits.end(), unit.busy + unit.idle);
    NNP_ASSERT(sum == unit.covered_to && unit.covered_to == end,
               "{}: busy + waits + idle = {} up to {} but the run took {} cycles", unit.name, sum,
               unit.covered_to, end);
    into.units.push_back({unit.name, sum, unit.busy, unit.idle, by_name(unit.waits)});
  }
  into.layers.clear();
  for (const OfLayer& layer : layers_) {
    device::LayerStatistics& statistics = into.layers.emplace_back();
    statistics.seen = layer.start != kNever;
    if (statistics.seen) statistics.start_cycle = layer.start, statistics.end_cycle = layer.end;
    statistics.busy = layer.busy, statistics.array_active = layer.array_active;
    statistics.array_waits = by_name(layer.array_waits);
  }
}

}  // namespace nnp::sim
