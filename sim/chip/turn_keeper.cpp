// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/turn_keeper.h"

#include <algorithm>

namespace nnp::sim {
namespace {

using device::Traffic;
using device::Work;
using device::Worker;

constexpr std::uint16_t kInput = kNoLayer - 1;  // in layer_of_: an H2D

bool waits(const UnitState& state, Cause cause) { return state.state == State::wait && state.cause == cause; }

/// Of a DMA engine: requests of this job are out, or go out.
bool moves(const UnitState& state) {
  return state.state == State::busy || waits(state, Cause::memory) || waits(state, Cause::bank_conflict);
}

constexpr std::uint16_t kMovers[] = {kLoad, kWeight, kStore};
constexpr std::uint16_t kComputers[] = {kMatrix, kVector, kDrain};

}  // namespace

void TurnKeeper::reset() {
  layer_of_.clear(), left_.clear(), turns_.clear();
  inputs_left_ = 0, inputs_out_ = false, front_ = kNoLayer, reached_ = 0, launch_ = {};
}

void TurnKeeper::expect(const isa::Instruction& instruction) {
  std::uint16_t layer = instruction.layer;
  if (instruction.opcode == isa::Opcode::h2d)
    layer = kInput, ++inputs_left_;
  else if (instruction.queue == isa::Queue::hdma || instruction.queue == isa::Queue::ctrl || layer >= kInput)
    layer = kNoLayer;
  layer_of_.push_back(layer);
  if (layer >= kInput) return;
  if (layer >= left_.size()) left_.resize(layer + 1u);
  ++left_[layer];
}

void TurnKeeper::start() {
  if (turns_.size() < left_.size()) turns_.resize(left_.size());
  inputs_out_ = inputs_left_ > 0;
  front_ = 0;
  while (front_ < left_.size() && left_[front_] == 0) ++front_;  // those of launches before, too
  take_turn();
}

/// A layer that was done before its turn has none, and asked for all its bytes before.
void TurnKeeper::take_turn() {
  for (; front_ < left_.size(); ++front_) {
    turns_[front_].bytes_before = sent_(front_);
    if (left_[front_] > 0) return;
  }
  front_ = kNoLayer;
}

void TurnKeeper::retired(std::uint32_t instruction) {
  const std::uint16_t layer = layer_of_[instruction - first_];
  if (layer == kNoLayer) return;
  std::uint32_t& left = layer == kInput ? inputs_left_ : left_[layer];
  if (--left == 0) core_.commit_later(*this);
}

void TurnKeeper::commit(Cycle now) {
  advance(now);
  inputs_out_ = inputs_left_ > 0;
  if (front_ != kNoLayer && left_[front_] == 0) ++front_, take_turn();
}

/// The first layer has nothing to do but to wait for the host's data.
bool TurnKeeper::host_only() const {
  return inputs_out_ && traffic(front_) != Traffic::own &&
         std::ranges::none_of(kComputers, [this](auto unit) { return busy(unit); });
}

Work TurnKeeper::work(std::uint16_t layer) const {
  const auto& state = [this](std::uint16_t unit) -> const UnitState& { return tracks_[unit]->current(); };
  const auto own = [&](std::uint16_t unit) { return state(unit).layer == layer; };
  const auto any = [&](Cause cause) {
    return std::ranges::any_of(kComputers, [&](auto unit) { return own(unit) && waits(state(unit), cause); });
  };
  if (busy(kMatrix) && own(kMatrix)) return Work::array;
  if (busy(kVector) && own(kVector)) return Work::vector;
  if (own(kMatrix) && waits(state(kMatrix), Cause::weight_stall)) return Work::weights;
  if (own(kMatrix) && waits(state(kMatrix), Cause::weight_shift)) return Work::fill;
  if (any(Cause::bank_conflict)) return Work::banks;
  if (busy(kDrain) && own(kDrain)) return Work::drain;
  if (any(Cause::pipeline)) return Work::fill;
  if (own(kLoad) && moves(state(kLoad))) return Work::load;
  if (own(kStore) && moves(state(kStore))) return Work::store;
  if (own(kWeight) && moves(state(kWeight))) return Work::weights;
  if (busy(kMatrix)) return Work::array_later;
  if (busy(kVector) || busy(kDrain)) return Work::vector_later;
  if (moves(state(kHostDma)) || waits(state(kHostDma), Cause::pcie)) return Work::host;
  const bool idle = std::ranges::all_of(
      tracks_, [](const StateTrack* track) { return track->current().state == State::idle; });
  return idle ? Work::nothing : Work::issue;
}

Traffic TurnKeeper::traffic(std::uint16_t layer) const {
  Traffic traffic = Traffic::none;
  for (const std::uint16_t unit : kMovers)
    if (const UnitState& state = tracks_[unit]->current(); moves(state)) {
      if (state.layer == layer) return Traffic::own;
      traffic = Traffic::later;
    }
  return traffic;
}

void TurnKeeper::advance(Cycle to) {
  if (to <= reached_) return;
  const Cycles length = to - reached_;
  reached_ = to;
  const std::uint16_t layer = host_only() ? kNoLayer : front_;
  device::TurnStatistics& turn = layer == kNoLayer ? launch_ : turns_[layer];
  turn.cycles += length;
  turn.cells[static_cast<std::size_t>(work(layer))][static_cast<std::size_t>(traffic(layer))] += length;
  if (layer == kNoLayer) return;
  for (std::size_t worker = 0; worker < device::kWorkers; ++worker)
    if (const UnitState& state = tracks_[kWorkerUnits[worker]]->current();
        state.state == State::busy && state.layer == layer)
      turn.busy[worker] += length;
}

void TurnKeeper::finish(device::RunStatistics& into) const {
  if (into.layers.size() < turns_.size()) into.layers.resize(turns_.size());
  for (std::size_t i = 0; i < turns_.size(); ++i) into.layers[i].turn = turns_[i];
  into.launch = launch_;
}

}  // namespace nnp::sim
