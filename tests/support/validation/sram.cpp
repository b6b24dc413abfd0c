// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/sram.h"

#include <fmt/format.h>

#include <random>

#include "host_runtime/cli/figures.h"
#include "tests/support/arbiter_bench.h"
#include "tests/support/validation/markdown.h"

namespace nnp::test {
namespace {

using cli::count_text;

std::string decision(Cycle start, Cycle end, Cycles conflict_cycles, std::uint16_t blocker) {
  return fmt::format("{} to {}, {} cycles of conflict, blocker {}", start, end, conflict_cycles, blocker);
}

}  // namespace

ComparedMix compare_bank_mix(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  ComparedMix mix;
  mix.banks = static_cast<std::uint32_t>(4 + below(29));
  const Cycles longest = std::initializer_list<Cycles>{2, 8, 40, 150}.begin()[below(4)];
  const std::uint64_t askers = 1 + below(6);  // at most, in a cycle
  // Half the units ask, for two sequences of half the length: from about what the banks can serve to an
  // eighth.
  const Cycles pause = 2 + (1 + below(8)) * longest * askers / mix.banks;
  ArbiterBench arbiter(mix.banks);
  BankModel model(mix.banks);
  Cycle now = below(100);
  for (int step = 0; step < 40; ++step, now += 1 + below(pause)) {
    std::vector<BankStream> streams;
    for (std::uint16_t unit = 0; unit < 8 && streams.size() < askers; ++unit) {
      if (below(2)) continue;
      BankStream stream{unit, now + 1 + (below(4) == 0 ? below(10) : 0), 1 + below(longest), {}};
      for (std::uint64_t sequences = 1 + below(3); sequences > 0; --sequences)
        stream.first_words.push_back(static_cast<std::uint32_t>(below(3) ? below(3) : below(100'000)));
      streams.push_back(stream);
    }
    std::vector<std::size_t> order(streams.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::shuffle(order.begin(), order.end(), random);
    std::vector<const sim::StreamGrant*> grants(streams.size());
    for (const std::size_t i : order) grants[i] = &arbiter.ask(streams[i]);
    arbiter.run_cycle(now);
    for (std::size_t i = 0; i < streams.size(); ++i) {
      const BankPlacement wanted = model.place(streams[i]);
      ++mix.streams, mix.delayed += wanted.conflict_cycles > 0;
      mix.conflict_cycles += wanted.conflict_cycles;
      const sim::StreamGrant& grant = *grants[i];
      const std::string is = decision(grant.start, grant.end, grant.start - grant.wanted, grant.blocker);
      const std::string should = decision(wanted.start, wanted.end, wanted.conflict_cycles, wanted.blocker);
      if (is == should) continue;
      mix.difference = fmt::format(
          "compare_bank_mix({}): step {}, {} banks, unit {} asks for {} cycles from {} on: {} "
          "instead of {}",
          seed, step, mix.banks, streams[i].unit, streams[i].length, streams[i].earliest, is, should);
      return mix;
    }
  }
  return mix;
}

std::string sram_table() {
  Markdown table({"banks", "mixes", "streams", "of them delayed", "by cycles in all", "mixes that differ"});
  struct Sum {
    std::uint32_t most_banks;
    std::uint64_t mixes = 0, streams = 0, delayed = 0, cycles = 0, different = 0;
  } sums[] = {{8}, {16}, {32}};
  for (std::uint64_t seed = 0; seed < kBankMixes; ++seed) {
    const ComparedMix mix = compare_bank_mix(seed);
    Sum* sum = sums;
    while (mix.banks > sum->most_banks) ++sum;
    ++sum->mixes, sum->streams += mix.streams, sum->delayed += mix.delayed;
    sum->cycles += mix.conflict_cycles, sum->different += !mix.difference.empty();
  }
  std::uint32_t from = 4;
  for (const Sum& sum : sums) {
    table.row({fmt::format("{} to {}", from, sum.most_banks), count_text(sum.mixes), count_text(sum.streams),
               count_text(sum.delayed), count_text(sum.cycles), count_text(sum.different)});
    from = sum.most_banks + 1;
  }
  return table.text();
}

}  // namespace nnp::test
