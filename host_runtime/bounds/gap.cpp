// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/bounds/gap.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nnp::bounds {
namespace {

using device::Traffic;
using device::Work;
using device::Worker;

constexpr const char* kNames[][2] = {
    {"edge_tiles", "array cells without work (edge tiles)"},
    {"fill_drain", "filling and draining"},
    {"not_overlapped", "work that does not overlap"},
    {"refetch", "bytes fetched beyond the least"},
    {"refresh", "refresh"},
    {"dram", "rows and turnarounds of the memory"},
    {"latency", "latency of the memory"},
    {"bank_conflict", "bank conflicts of the buffer"},
    {"vector", "the vector unit"},
    {"host", "the host link"},
    {"sync", "instructions and tokens"},
    {"later_layers", "work for later layers"},
    {"unexplained", "unexplained"},
};
static_assert(std::size(kNames) == kCauses);

/// The worker that the binding resource is; nullopt: device memory.
std::optional<Worker> worker_of(const LayerBounds& bounds) {
  switch (bounds.bound_by) {
    case Resource::memory:
      return std::nullopt;
    case Resource::vector:
      return Worker::vector;
    case Resource::ports:
      if (bounds.port) return bounds.port;
      break;
    default:
      break;
  }
  return bounds.work.macs > 0 ? Worker::matrix : Worker::vector;
}

Work work_of(Worker worker) {
  constexpr Work works[] = {Work::array, Work::drain, Work::vector, Work::load, Work::store};
  return works[static_cast<std::size_t>(worker)];
}

Cycles scaled(Cycles cycles, std::uint64_t part, std::uint64_t whole) {
  if (whole == 0 || part >= whole) return whole == 0 ? 0 : cycles;
  return static_cast<Cycles>(static_cast<double>(cycles) * static_cast<double>(part) /
                             static_cast<double>(whole));
}

class Splitter {
 public:
  Splitter(const LayerBounds& bounds, const device::LayerStatistics& layer, const MemoryLosses& losses,
           double rate)
      : bounds_(bounds),
        layer_(layer),
        losses_(losses),
        rate_(rate),
        worker_(worker_of(bounds)),
        cells_(layer.turn.cells) {}

  Gap run() {
    gap_.count = layer_.turn.cycles, gap_.bound = bounds_.cycles;
    const Cycles here = done_in_turn();
    gap_.ahead = gap_.bound - here, gap_.cycles = gap_.count - here;
    share_of_traffic();
    take(here);
    if (!worker_) memory_part();
    for (std::size_t work = 0; work < device::kWorks; ++work)
      for (std::size_t traffic = 0; traffic < device::kTraffics; ++traffic)
        give(static_cast<Work>(work), static_cast<Traffic>(traffic), cells_[work][traffic]);
    return gap_;
  }

 private:
  Cycles& cell(Work work, Traffic traffic) {
    return cells_[static_cast<std::size_t>(work)][static_cast<std::size_t>(traffic)];
  }
  void add(Cause cause, Cycles cycles) { gap_.parts[static_cast<std::size_t>(cause)] += cycles; }
  Bytes all_bytes() const { return layer_.dram_read_bytes + layer_.dram_write_bytes; }
  Bytes bytes_in_turn() const { return all_bytes() - std::min(all_bytes(), layer_.turn.bytes_before); }

  /// Of the bound: the part of the binding resource's work that fell into the turn.
  Cycles done_in_turn() const {
    Cycles here = 0;
    if (!worker_) {
      here = scaled(gap_.bound, bytes_in_turn(), all_bytes());
    } else {
      const auto worker = static_cast<std::size_t>(*worker_);
      here = scaled(gap_.bound, layer_.turn.busy[worker], layer_.busy[worker]);
    }
    return std::min({here, gap_.bound, gap_.count});
  }

  /// What the cycles with requests out would be without losses: of the least bytes, and of those beyond.
  void share_of_traffic() {
    out_ = layer_.turn.of(Traffic::own);
    const double moved = rate_ > 0 ? static_cast<double>(bytes_in_turn()) / rate_ : 0;
    const double least =
        all_bytes() == 0
            ? 0
            : std::min(1.0, static_cast<double>(bounds_.work.bytes()) / static_cast<double>(all_bytes()));
    least_ = std::min(static_cast<double>(out_), moved * least);
    beyond_ = std::min(static_cast<double>(out_) - least_, moved * (1 - least));
  }

  void take_from(Cycles& left, Work work, Traffic traffic) {
    Cycles& here = cell(work, traffic);
    const Cycles taken = std::min(left, here);
    here -= taken, left -= taken;
  }
  /// The cycles of the bound itself: first those in which its resource worked.
  void take(Cycles left) {
    constexpr Traffic all[] = {Traffic::own, Traffic::later, Traffic::none};
    if (worker_)
      for (const Traffic traffic : all) take_from(left, work_of(*worker_), traffic);
    for (const Traffic traffic : all)
      for (std::size_t work = 0; work < device::kWorks; ++work)
        take_from(left, static_cast<Work>(work), traffic);
  }

  /// Bounded by memory: whatever else went on while requests were out, the memory was the reason.
  void memory_part() {
    Cycles out = 0;
    for (auto& row : cells_) out += std::exchange(row[static_cast<std::size_t>(Traffic::own)], Cycles{0});
    const Cycles beyond = std::min(out, static_cast<Cycles>(std::llround(beyond_)));
    add(Cause::refetch, beyond);
    lose(out - beyond);
  }

  void lose(Cycles cycles) {
    const double all = losses_.refresh + losses_.dram + losses_.latency;
    const auto part = [&](double of) {
      return static_cast<Cycles>(static_cast<double>(cycles) * (all > 0 ? of / all : 0));
    };
    const Cycles refresh = part(losses_.refresh), dram = part(losses_.dram);
    add(Cause::refresh, refresh), add(Cause::dram, dram), add(Cause::latency, cycles - refresh - dram);
  }

  /// Cycles that waited for transfers of the layer, which something else is bounded by.
  void wait_for_memory(Cycles cycles) {
    const double out = static_cast<double>(std::max<Cycles>(out_, 1));
    const auto least = static_cast<Cycles>(static_cast<double>(cycles) * least_ / out),
               beyond = static_cast<Cycles>(static_cast<double>(cycles) * beyond_ / out);
    add(Cause::not_overlapped, least), add(Cause::refetch, beyond), lose(cycles - least - beyond);
  }

  /// Streams while something else is what bounds: of full tiles they would take less time.
  void stream_beside(Cycles cycles) {
    const auto active = static_cast<double>(layer_.busy[static_cast<std::size_t>(Worker::matrix)]);
    const double useful = active > 0 ? std::min(1.0, bounds_.work.array_cycles / active) : 0;
    const auto full = static_cast<Cycles>(static_cast<double>(cycles) * useful);
    add(Cause::not_overlapped, full), add(Cause::edge_tiles, cycles - full);
  }

  void give(Work work, Traffic traffic, Cycles cycles) {
    if (cycles == 0) return;
    const bool binds = worker_ && work == work_of(*worker_);
    switch (work) {
      case Work::array:
        return binds ? add(Cause::edge_tiles, cycles) : stream_beside(cycles);
      case Work::vector:
        return add(Cause::vector, cycles);
      case Work::fill:
      case Work::drain:
        return add(Cause::fill_drain, cycles);
      case Work::weights:
      case Work::load:
      case Work::store:
        if (traffic == Traffic::own) return wait_for_memory(cycles);
        return add(traffic == Traffic::later ? Cause::later_layers : Cause::sync, cycles);
      case Work::banks:
        return add(Cause::bank_conflict, cycles);
      case Work::array_later:
      case Work::vector_later:
        return add(Cause::later_layers, cycles);
      case Work::host:
      case Work::nothing:
        return add(Cause::host, cycles);
      case Work::issue:
        return add(traffic == Traffic::later ? Cause::later_layers : Cause::sync, cycles);
      case Work::count:
        break;
    }
    add(Cause::unexplained, cycles);
  }

  const LayerBounds& bounds_;
  const device::LayerStatistics& layer_;
  const MemoryLosses& losses_;
  double rate_;
  std::optional<Worker> worker_;
  decltype(device::TurnStatistics::cells) cells_;
  Gap gap_;
  Cycles out_ = 0;  // with requests of the layer out
  double least_ = 0, beyond_ = 0;
};

}  // namespace

const char* to_string(Cause cause) { return kNames[static_cast<std::size_t>(cause)][0]; }
const char* in_words(Cause cause) { return kNames[static_cast<std::size_t>(cause)][1]; }

MemoryLosses memory_losses(const device::RunStatistics& run) {
  const auto& bus = run.dram.bus_cycles;
  const auto of = [&](const char* what) {
    const auto at = bus.find(what);
    return at == bus.end() ? 0.0 : static_cast<double>(at->second);
  };
  double all = 0;
  for (const auto& [what, cycles] : bus) all += static_cast<double>(cycles);
  if (all == 0 || run.cycles == 0) return {};
  Cycles out = run.launch.of(Traffic::own) + run.launch.of(Traffic::later);
  for (const device::LayerStatistics& layer : run.layers)
    out += layer.turn.of(Traffic::own) + layer.turn.of(Traffic::later);
  const double none_out = 1 - static_cast<double>(out) / static_cast<double>(run.cycles);
  MemoryLosses losses;
  losses.refresh = of("refresh") / all;
  losses.dram = (all - of("refresh") - of("data") - of("no_requests")) / all;
  losses.latency = std::max(0.0, of("no_requests") / all - none_out);
  return losses;
}

Gap gap_of(const LayerBounds& bounds, const device::LayerStatistics& layer, const MemoryLosses& losses,
           double memory_bytes_per_cycle) {
  return Splitter(bounds, layer, losses, memory_bytes_per_cycle).run();
}

}  // namespace nnp::bounds
