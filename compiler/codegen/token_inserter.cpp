// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/token_inserter.h"

#include <algorithm>
#include <array>
#include <map>
#include <stdexcept>

#include "isa/program/access.h"

namespace nnp::compiler {
namespace {

constexpr std::int64_t kNobody = -1;
using Clock =
    std::array<std::int64_t, isa::kQueues>;  // per queue: the last instruction known to have retired

Clock nobody() {
  Clock clock;
  clock.fill(kNobody);
  return clock;
}

/// Last writer and last reader of each queue, by address interval.
class AccessMap {
 public:
  struct Segment {
    Address end;
    std::int64_t writer = kNobody;
    Clock readers = nobody();
  };
  template <typename F>
  void visit(Address begin, Address end, F&& f) {
    if (begin >= end) return;
    auto at = split(begin, end);
    while (at != segments_.end() && at->first < end) {
      f(at->second);
      ++at;
    }
  }

 private:
  std::map<Address, Segment>::iterator split(Address begin, Address end) {
    // Cut at `begin` and `end`, fill holes.
    const auto cut = [this](Address address) {
      auto after = segments_.upper_bound(address);
      if (after == segments_.begin()) return;
      auto& [start, segment] = *std::prev(after);
      if (start < address && address < segment.end) {
        Segment tail = segment;
        segment.end = address;
        segments_.emplace(address, tail);
      }
    };
    cut(begin);
    cut(end);
    for (Address at = begin; at < end;) {
      auto next = segments_.lower_bound(at);
      if (next != segments_.end() && next->first == at) {
        at = next->second.end;
        continue;
      }
      const Address hole_end = next == segments_.end() ? end : std::min(end, next->first);
      segments_.emplace(at, Segment{hole_end});
      at = hole_end;
    }
    return segments_.lower_bound(begin);
  }
  std::map<Address, Segment> segments_;
};

struct Edge {
  std::size_t from, to;
  bool reuse;  // only because `to` overwrites what `from` reads
};

class EdgeFinder {
 public:
  EdgeFinder(const std::vector<isa::Instruction>& program, const isa::ArchSpec& arch)
      : program_(program), arch_(arch) {}

  std::vector<Edge> find(const std::vector<std::pair<std::size_t, std::size_t>>& explicit_edges) {
    std::multimap<std::size_t, std::size_t> extra;
    for (const auto& [from, to] : explicit_edges) extra.emplace(to, from);
    retired_before_.assign(program_.size(), nobody());
    std::array<Clock, isa::kQueues> known;
    known.fill(nobody());
    for (std::size_t i = 0; i < program_.size(); ++i) {
      const isa::Instruction& instruction = program_[i];
      const auto queue = static_cast<std::size_t>(instruction.queue);
      isa::Descriptor& descriptor = descriptors_[queue][isa::descriptor_set(instruction)];
      if (instruction.opcode == isa::Opcode::cfg) {
        isa::apply_cfg(instruction, descriptor);
        continue;
      }
      needed_ = nobody();
      hard_.fill(false);
      for (const isa::Access& access : isa::accesses(instruction, descriptor, arch_)) touch(access, i, queue);
      for (auto [at, end] = extra.equal_range(i); at != end; ++at)
        need(static_cast<std::int64_t>(at->second), true);
      // Latest first: waiting for it may make the others known.
      std::array<std::size_t, isa::kQueues> order{0, 1, 2, 3, 4, 5, 6, 7};
      std::sort(order.begin(), order.end(),
                [this](std::size_t a, std::size_t b) { return needed_[a] > needed_[b]; });
      for (const std::size_t from : order) {
        if (from == queue || needed_[from] <= known[queue][from]) continue;
        edges_.push_back({static_cast<std::size_t>(needed_[from]), i, !hard_[from]});
        const Clock& there = retired_before_[static_cast<std::size_t>(needed_[from])];
        for (std::size_t q = 0; q < isa::kQueues; ++q) known[queue][q] = std::max(known[queue][q], there[q]);
        known[queue][from] = std::max(known[queue][from], needed_[from]);
      }
      retired_before_[i] = known[queue];
      retired_before_[i][queue] = static_cast<std::int64_t>(i);
    }
    return std::move(edges_);
  }

 private:
  void need(std::int64_t from, bool hard) {
    if (from == kNobody) return;
    const auto queue = static_cast<std::size_t>(program_[static_cast<std::size_t>(from)].queue);
    if (from >= needed_[queue]) needed_[queue] = from, hard_[queue] = hard_[queue] || hard;
  }
  void touch(const isa::Access& access, std::size_t i, std::size_t queue) {
    maps_[static_cast<std::size_t>(access.space)].visit(
        access.begin, access.end, [&](AccessMap::Segment& segment) {
          need(segment.writer, !access.write);
          if (access.write) {
            for (const std::int64_t reader : segment.readers) need(reader, false);
            segment.writer = static_cast<std::int64_t>(i);
            segment.readers = nobody();
          } else {
            segment.readers[queue] = static_cast<std::int64_t>(i);
          }
        });
  }

  const std::vector<isa::Instruction>& program_;
  const isa::ArchSpec& arch_;
  std::array<std::array<isa::Descriptor, 2>, isa::kQueues> descriptors_{};
  std::array<AccessMap, 4> maps_;
  std::vector<Clock> retired_before_;
  std::vector<Edge> edges_;
  Clock needed_{};
  std::array<bool, isa::kQueues> hard_{};
};

}  // namespace

std::vector<isa::Instruction> insert_tokens(
    const std::vector<isa::Instruction>& program, const isa::ArchSpec& arch,
    const std::vector<std::pair<std::size_t, std::size_t>>& explicit_edges) {
  const std::vector<Edge> edges = EdgeFinder(program, arch).find(explicit_edges);
  std::map<std::pair<isa::Queue, isa::Queue>, std::uint8_t> counters;
  std::vector<std::vector<isa::TokenOp>> signals(program.size());
  std::vector<std::vector<std::pair<isa::TokenOp, bool>>> waits(program.size());
  for (const Edge& edge : edges) {
    const auto [at, fresh] = counters.try_emplace({program[edge.from].queue, program[edge.to].queue},
                                                  static_cast<std::uint8_t>(counters.size()));
    if (counters.size() > isa::kTokenCounters) throw std::logic_error("more queue pairs than token counters");
    signals[edge.from].push_back({at->second, 1});
    waits[edge.to].push_back({{at->second, 1}, edge.reuse});
  }
  std::vector<isa::Instruction> result;
  result.reserve(program.size() + edges.size() / 2);
  for (std::size_t i = 0; i < program.size(); ++i) {
    const auto companion = [&](isa::Opcode opcode) {
      isa::Instruction instruction;
      instruction.opcode = opcode;
      instruction.queue = program[i].queue;
      instruction.layer = program[i].layer;
      return instruction;
    };
    for (std::size_t w = 0; w + 1 < waits[i].size(); ++w) {
      result.push_back(companion(isa::Opcode::wait));
      result.back().wait = waits[i][w].first;
      if (waits[i][w].second) result.back().flags |= isa::kFlagWaitReuse;
    }
    result.push_back(program[i]);
    if (!waits[i].empty()) {
      result.back().wait = waits[i].back().first;
      if (waits[i].back().second) result.back().flags |= isa::kFlagWaitReuse;
    }
    if (!signals[i].empty()) result.back().signal = signals[i].front();
    for (std::size_t s = 1; s < signals[i].size(); ++s) {
      result.push_back(companion(isa::Opcode::signal));
      result.back().signal = signals[i][s];
    }
  }
  return result;
}

}  // namespace nnp::compiler
