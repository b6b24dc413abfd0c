// SPDX-License-Identifier: Apache-2.0
// Where a walk over a layer's instructions is, as numbers that all grow evenly once it has settled: so that
// it can go on by many times the change of one time.
#pragma once

#include <bit>
#include <cmath>

#include "compiler/cost/history.h"
#include "compiler/cost/shared_memory.h"

namespace nnp::compiler {

/// Cycles since the doorbell, or counts.
struct WalkNumbers {
  double processor = 0;                  // command processor: the next dispatch
  double fetched = 0, tiles = 0;         // weights: end of the last transfer, tiles asked for
  double instructions = 0;               // products so far
  double stream_end = 0, load_free = 0;  // the array: of the last stream; the next load may begin
  double drain_end = 0, load_end = 0, store_end = 0;
  double first_read = 0, last_read = 0;  // of a band's input: what its first piece is read by is done; all is
  double input_from = 0,
         input_asked = 0;                // the load of the band at hand: its start, what was asked before it
  double next_from = 0, next_asked = 0;  // the same of the band that is loaded ahead
  double parameters = 0, next_parameters = 0;  // of the step at hand, of the next: in the buffer
  double addend_from = 0, addend_asked = 0, next_addend_from = 0,
         next_addend_asked = 0;  // of a fused sum, as the input's
  double sum_end = 0;            // vector unit
  SharedMemory memory;
};

struct WalkHistories {
  History<2> stores_upto, stored, step_drained,
      step_summed;      // latest steps: their last store, drain, fused sum
  History<16> drained;  // latest products
  History<16> tiles_upto, first_popped,
      last_popped;     // of the weight FIFO: tiles up to a product; when they left
  History<80> starts;  // of products

  template <typename F>
  void for_each(F&& f) {
    f(stores_upto), f(stored), f(step_drained), f(step_summed), f(drained), f(tiles_upto), f(first_popped),
        f(last_popped), f(starts);
  }
};

class WalkState : public WalkNumbers {
 public:
  WalkHistories past;

  /// Calls body(0) to body(count - 1); all of them if they are few or do not settle, else two by two (buffers
  /// and steps alternate) until a pair changes all that the pair before has changed, and then many at once.
  /// `alike(change)`: for how many pairs nothing new can happen.
  template <typename Body, typename Alike>
  void repeat(std::int64_t count, Body&& body, Alike&& alike);

 private:
  static constexpr std::size_t kNumbers = sizeof(WalkNumbers) / sizeof(double);
  static constexpr std::size_t kHistories = 9;
  static_assert(std::is_trivially_copyable_v<WalkNumbers> &&
                sizeof(WalkNumbers) == kNumbers * sizeof(double));
  using Row = std::array<double, kNumbers>;
  struct Change {
    WalkNumbers numbers;
    std::array<double, kHistories> newest{};  // of each history
  };
  std::array<double, kHistories> newest() {
    std::array<double, kHistories> values;
    std::size_t i = 0;
    past.for_each([&](const auto& history) { values[i++] = history.newest(); });
    return values;
  }
  static bool same(const Change& a, const Change& b) {
    constexpr double kSame = 1e-3;
    const Row x = std::bit_cast<Row>(a.numbers), y = std::bit_cast<Row>(b.numbers);
    for (std::size_t i = 0; i < kNumbers; ++i)
      if (std::abs(x[i] - y[i]) > kSame * std::max(std::abs(x[i]), std::abs(y[i])) + 1e-6) return false;
    return true;
  }
  void move_on(Change change, double times) {
    // The command processor goes as the queues take; it may just be catching up.
    change.numbers.processor =
        std::min(change.numbers.processor, std::max({change.numbers.stream_end, change.numbers.drain_end,
                                                     change.numbers.store_end, change.numbers.load_end}));
    Row row = std::bit_cast<Row>(static_cast<WalkNumbers&>(*this));
    const Row by = std::bit_cast<Row>(change.numbers);
    for (std::size_t i = 0; i < kNumbers; ++i) row[i] += times * by[i];
    static_cast<WalkNumbers&>(*this) = std::bit_cast<WalkNumbers>(row);
    memory.loads = std::max(0.0, memory.loads), memory.stores = std::max(0.0, memory.stores);
    std::size_t i = 0;
    past.for_each([&](auto& history) { history.shift(times * change.newest[i++]); });
  }
};

template <typename Body, typename Alike>
void WalkState::repeat(std::int64_t count, Body&& body, Alike&& alike) {
  constexpr int kRounds = 4, kPairs = 12;
  std::int64_t done = 0;
  for (int round = 0; round < kRounds && count - done > 3; ++round) {
    Change change;
    bool settled = false;
    int pair = 0;
    for (; pair < kPairs && !settled && count - done > 3; ++pair) {
      const Row before = std::bit_cast<Row>(static_cast<WalkNumbers&>(*this));
      const std::array<double, kHistories> newest_before = newest();
      body(done), body(done + 1);
      done += 2;
      Row difference = std::bit_cast<Row>(static_cast<WalkNumbers&>(*this));
      for (std::size_t i = 0; i < kNumbers; ++i) difference[i] -= before[i];
      Change now{std::bit_cast<WalkNumbers>(difference), newest()};
      for (std::size_t i = 0; i < now.newest.size(); ++i) now.newest[i] -= newest_before[i];
      settled = pair > 0 && same(now, change);
      change = now;
    }
    if (!settled && pair < kPairs) break;
    std::int64_t pairs = (count - done - 1) / 2;
    if (round + 1 < kRounds) pairs = std::min(pairs, alike(change.numbers));
    if (pairs > 0) move_on(change, static_cast<double>(pairs)), done += 2 * pairs;
  }
  for (; done < count; ++done) body(done);
}

}  // namespace nnp::compiler
