// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/turn_keeper.h"

#include <algorithm>

namespace nnp::sim {
namespace {

using device::Traffic;
using device::Work;
using device::Worker;

bool waits(const UnitState& state, Cause cause) { return state.state == State::wait && state.cause == cause; }

/// Of a DMA engine: requests of this job are out, or go out.
bool moves(const UnitState& state) {
  return state.state == State::busy || waits(state, Cause::memory) || waits(state, Cause::bank_conflict);
}

constexpr std::uint16_t kMovers[] = {kLoad, kWeight, kStore};
constexpr std::uint16_t kComputers[] = {kMatrix, kVector, kDrain};

}  // namespace

void TurnKeeper::reset() {
  place_of_.clear(), left_.clear(), turns_.clear(), taken_.clear();
  inputs_left_.clear(), inputs_out_ = false, front_ = kNoPlace, layers_ = 0, reached_ = 0, launch_ = {};
}

void TurnKeeper::begin_launch(std::uint32_t first_instruction, bool in_parts) {
  first_ = first_instruction, in_parts_ = in_parts, part_has_layers_ = false, part_ = 0;
  place_of_.clear();
}

void TurnKeeper::begin_part() {
  if (layers_ == 0) layers_ = static_cast<std::uint32_t>(left_.size());
  ++part_, part_has_layers_ = false;
}

void TurnKeeper::expect(const isa::Instruction& instruction) {
  std::uint32_t place = kNoPlace;
  if (instruction.opcode == isa::Opcode::h2d) {
    if (in_parts_ && part_has_layers_) begin_part();
    if (part_ >= inputs_left_.size()) inputs_left_.resize(part_ + 1u);
    place = kInput | part_, ++inputs_left_[part_];
  } else if (instruction.queue != isa::Queue::hdma && instruction.queue != isa::Queue::ctrl &&
             instruction.layer < kNoLayer - 1) {
    place = part_ * layers_ + instruction.layer, part_has_layers_ = true;
    if (place >= left_.size()) left_.resize(place + 1u);
    ++left_[place];
  }
  place_of_.push_back(place);
}

void TurnKeeper::start() {
  const std::size_t layers = layers_ == 0 ? left_.size() : layers_;
  if (turns_.size() < layers) turns_.resize(layers), taken_.resize(layers);
  front_ = 0;
  while (front_ < left_.size() && left_[front_] == 0) ++front_;  // those of launches before, too
  take_turn();
  see_inputs();
}

/// A layer that was done before its turn has none, and asked for all its bytes before.
void TurnKeeper::take_turn() {
  for (; front_ < left_.size(); ++front_) {
    const std::uint16_t layer = front_layer();
    const Bytes sent = sent_(layer);
    turns_[layer].bytes_before += sent, ++taken_[layer];
    if (left_[front_] > 0) return;
  }
  front_ = kNoPlace;
}

void TurnKeeper::retired(std::uint32_t instruction) {
  const std::uint32_t place = place_of_[instruction - first_];
  if (place == kNoPlace) return;
  std::uint32_t& left = (place & kInput) != 0 ? inputs_left_[place & ~kInput] : left_[place];
  if (--left == 0) core_.commit_later(*this);
}

void TurnKeeper::commit(Cycle now) {
  advance(now);
  if (front_ != kNoPlace && left_[front_] == 0) ++front_, take_turn();
  see_inputs();
}

/// The first layer has nothing to do but to wait for the host's data.
bool TurnKeeper::host_only() const {
  return inputs_out_ && traffic(front_layer()) != Traffic::own &&
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
  const std::uint16_t layer = host_only() ? kNoLayer : front_layer();
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
  for (std::size_t i = 0; i < turns_.size(); ++i) {
    into.layers[i].turn = turns_[i];
    // Every turn began behind the bytes of all turns before it, and all turns have the same.
    if (const std::uint32_t turns = taken_[i]; turns > 1)
      into.layers[i].turn.bytes_before -= sent_(static_cast<std::uint16_t>(i)) * (turns - 1) / 2;
  }
  into.launch = launch_;
}

}  // namespace nnp::sim
