// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/turn_keeper.h"

#include <algorithm>
#include <bit>

namespace nnp::sim {
namespace {

using device::Traffic;
using device::Work;
using device::Worker;

// What a cell depends on, of a unit's state: its sight.
constexpr std::uint8_t kOwn = 1;    // of the layer whose turn it is
constexpr std::uint8_t kBusy = 2;   // it works
constexpr std::uint8_t kMoves = 4;  // of a DMA engine: requests of this job are out, or go out
constexpr std::uint8_t kStall = 8, kShift = 16, kConflict = 32, kPipeline = 64;  // it waits
constexpr std::uint8_t kIdle = 128;

constexpr std::array<std::uint8_t, static_cast<std::size_t>(Cause::count)> kOfWait = [] {
  std::array<std::uint8_t, static_cast<std::size_t>(Cause::count)> sights{};
  const auto of = [&](Cause cause) -> std::uint8_t& { return sights[static_cast<std::size_t>(cause)]; };
  of(Cause::weight_stall) = kStall, of(Cause::weight_shift) = kShift;
  of(Cause::bank_conflict) = kConflict | kMoves, of(Cause::pipeline) = kPipeline;
  of(Cause::memory) = of(Cause::pcie) = kMoves;
  return sights;
}();

constexpr std::uint16_t kMovers[] = {kLoad, kWeight, kStore};

/// By unit: what matters of it.
constexpr std::array<std::uint8_t, kFirstMemory> kMatters = [] {
  std::array<std::uint8_t, kFirstMemory> sights{};
  sights[kCommand] = kIdle, sights[kHostDma] = kIdle | kMoves;
  sights[kWeight] = kIdle | kOwn | kMoves;
  sights[kLoad] = sights[kStore] = kIdle | kOwn | kMoves | kBusy;
  sights[kMatrix] = kIdle | kOwn | kBusy | kStall | kShift | kConflict | kPipeline;
  sights[kDrain] = sights[kVector] = kIdle | kOwn | kBusy | kConflict | kPipeline;
  return sights;
}();

}  // namespace

void TurnKeeper::reset() {
  place_of_.clear(), left_.clear(), turns_.clear(), taken_.clear();
  inputs_left_.clear(), inputs_out_ = false, front_ = kNoPlace, layers_ = 0, reached_ = 0, launch_ = {};
  sights_ = {}, doubtful_ = kAll;
  cells_.fill({}), of_launch_ = {}, cell_ = &of_launch_, is_chosen_ = false, since_ = 0;
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
  reach(now);
  if (front_ != kNoPlace && left_[front_] == 0) end_turn(), ++front_, take_turn();
  see_inputs();
}

/// The first layer has nothing to do but to wait for the host's data.
bool TurnKeeper::host_only() const {
  return inputs_out_ && traffic(sights_) != Traffic::own &&
         ((sights_[kMatrix] | sights_[kVector] | sights_[kDrain]) & kBusy) == 0;
}

Work TurnKeeper::work(const Sights& sights) {
  const auto is = [&](std::uint16_t unit, std::uint8_t what) { return (sights[unit] & what) == what; };
  const auto any = [&](std::uint8_t what) {
    return is(kMatrix, what) || is(kVector, what) || is(kDrain, what);
  };
  if (is(kMatrix, kOwn | kBusy)) return Work::array;
  if (is(kVector, kOwn | kBusy)) return Work::vector;
  if (is(kMatrix, kOwn | kStall)) return Work::weights;
  if (is(kMatrix, kOwn | kShift)) return Work::fill;
  if (any(kOwn | kConflict)) return Work::banks;
  if (is(kDrain, kOwn | kBusy)) return Work::drain;
  if (any(kOwn | kPipeline)) return Work::fill;
  if (is(kLoad, kOwn | kMoves)) return Work::load;
  if (is(kStore, kOwn | kMoves)) return Work::store;
  if (is(kWeight, kOwn | kMoves)) return Work::weights;
  if (is(kMatrix, kBusy)) return Work::array_later;
  if (is(kVector, kBusy) || is(kDrain, kBusy)) return Work::vector_later;
  if (is(kHostDma, kMoves)) return Work::host;
  const bool idle = std::ranges::all_of(sights, [](std::uint8_t sight) { return (sight & kIdle) != 0; });
  return idle ? Work::nothing : Work::issue;
}

Traffic TurnKeeper::traffic(const Sights& sights) {
  const auto is = [&](std::uint8_t what) {
    return (sights[kLoad] & what) == what || (sights[kWeight] & what) == what ||
           (sights[kStore] & what) == what;
  };
  return is(kOwn | kMoves) ? Traffic::own : is(kMoves) ? Traffic::later : Traffic::none;
}

/// As a layer sees it.
std::uint8_t TurnKeeper::sight(std::uint16_t unit, std::uint16_t layer) const {
  const UnitState& state = tracks_[unit]->at(reached_);
  std::uint8_t sight = state.layer == layer ? kOwn : 0;
  if (state.state == State::idle) sight |= kIdle;
  if (state.state == State::busy) sight |= kBusy | kMoves;
  if (state.state == State::wait) sight |= kOfWait[static_cast<std::size_t>(state.cause)];
  return sight & kMatters[unit];
}

void TurnKeeper::reach(Cycle to) {
  while (reached_ < to) {
    if (doubtful_ != 0 || !is_chosen_) look();
    Cycle until = to;
    for (const std::uint16_t unit : kMovers)
      if (const Cycle change = tracks_[unit]->foreseen(); change > reached_ && change <= to)
        until = std::min(until, change), doubtful_ |= 1u << unit;
    reached_ = until;
  }
}

void TurnKeeper::look() {
  if (!is_chosen_) doubtful_ = kAll;
  // In one number: bytes that were just written make a processor wait when they are read as one.
  static_assert(std::endian::native == std::endian::little && sizeof(Sights) == sizeof(std::uint64_t));
  auto seen = std::bit_cast<std::uint64_t>(sights_);
  for (const std::uint16_t layer = front_layer(); doubtful_ != 0; doubtful_ &= doubtful_ - 1) {
    const auto unit = static_cast<std::uint16_t>(std::countr_zero(doubtful_));
    const unsigned place = 8u * unit;
    seen = (seen & ~(std::uint64_t{0xFF} << place)) | std::uint64_t{sight(unit, layer)} << place;
  }
  const bool same = is_chosen_ && seen == std::bit_cast<std::uint64_t>(sights_);
  if (same) return;
  sights_ = std::bit_cast<Sights>(seen);
  give();
  choose_cell();
}

void TurnKeeper::choose_cell() {
  is_chosen_ = true;
  if (!host_only() && front_layer() != kNoLayer) {
    cell_ = &cell_of(sights_);
    return;
  }
  Sights sights;
  for (std::uint16_t unit = 0; unit < sights.size(); ++unit) sights[unit] = sight(unit, kNoLayer);
  of_launch_.add_to(launch_);
  of_launch_ = {sights, work(sights), traffic(sights), {}, 0, true};
  cell_ = &of_launch_;
}

TurnKeeper::Cell& TurnKeeper::cell_of(const Sights& sights) {
  static_assert(sizeof(Sights) == sizeof(std::uint64_t));
  Cell& cell = cells_[std::bit_cast<std::uint64_t>(sights) * 0x9E3779B97F4A7C15u >> 58];
  if (cell.known && cell.sights == sights) return cell;
  if (cell.cycles != 0) cell.add_to(turns_[front_layer()]);
  cell = {sights, work(sights), traffic(sights), {}, 0, true};
  constexpr std::uint8_t kWorks = kOwn | kBusy;
  for (std::size_t worker = 0; worker < device::kWorkers; ++worker)
    cell.busy[worker] = (sights[kWorkerUnits[worker]] & kWorks) == kWorks;
  return cell;
}

void TurnKeeper::Cell::add_to(device::TurnStatistics& turn) {
  turn.cycles += cycles;
  turn.cells[static_cast<std::size_t>(work)][static_cast<std::size_t>(traffic)] += cycles;
  for (std::size_t worker = 0; worker < device::kWorkers; ++worker)
    if (busy[worker]) turn.busy[worker] += cycles;
  cycles = 0;
}

void TurnKeeper::give() {
  cell_->cycles += reached_ - since_;
  since_ = reached_;
}

/// What the cells have is the front's.
void TurnKeeper::end_turn() {
  give();
  of_launch_.add_to(launch_);
  for (Cell& cell : cells_)
    if (cell.cycles != 0) cell.add_to(turns_[front_layer()]);
}

void TurnKeeper::finish(device::RunStatistics& into) {
  end_turn();
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
