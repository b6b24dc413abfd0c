// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dram_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace nnp::test {
namespace {

using sim::DramCommand;
using sim::DramOp;

bool is_column(DramOp op) { return op == DramOp::RD || op == DramOp::WR; }
bool is_precharge(DramOp op) { return op == DramOp::PRE || op == DramOp::PREA; }
std::string text(const DramCommand& c) {
  return fmt::format("{}@{} k{} g{} b{} r{} c{}", sim::to_string(c.op), c.cycle, c.rank, c.bank_group, c.bank,
                     c.row, c.column);
}

class Checker {
 public:
  Checker(const std::vector<DramCommand>& trace, const JedecTiming& timing) : trace_(trace), t_(timing) {}

  std::vector<std::string> run() {
    for (std::size_t i = 0; i < trace_.size() && faults_.size() < 20; ++i) {
      state(trace_[i]);
      // Distances reach back at most max(tRFC, tFAW, ...) clocks: older commands cannot matter.
      for (std::size_t j = i; j-- > 0 && trace_[i].cycle - trace_[j].cycle <= reach();)
        pair(trace_[j], trace_[i]);
      if (trace_[i].op == DramOp::ACT) window(trace_[i]);
    }
    return std::move(faults_);
  }

 private:
  std::uint64_t reach() const {
    return std::max({t_.tRFC, t_.tFAW, t_.tRC, write_end() + t_.tWR, write_end() + t_.tWTR_L, t_.tRAS,
                     t_.tRTP, t_.tRPab, t_.tRTW, t_.tRCD_RD, t_.tRRD_L, t_.tCCD_L_WR, t_.per_bank.tRFC,
                     t_.per_bank.to_next, t_.tCL + t_.burst + t_.tRTRS});
  }
  std::uint64_t write_end() const { return t_.tCWL + t_.tDQSS + t_.burst; }  // of data, after WR
  void fault(const std::string& line) { faults_.push_back(line); }
  void apart(const char* rule, std::uint64_t clocks, const DramCommand& first, const DramCommand& second) {
    if (second.cycle - first.cycle < clocks) {
      fault(fmt::format("{}: {} to {} is {}, must be {}", rule, text(first), text(second),
                        second.cycle - first.cycle, clocks));
    }
  }
  std::uint32_t set_of(const DramCommand& c) const {
    return (c.bank_group * t_.banks_per_group + c.bank) % std::max(1u, t_.per_bank.sets);
  }

  // Which rows are open, and that refresh keeps up: at most eight may be postponed (the refresh command of
  // every standard).
  void state(const DramCommand& c) {
    const auto key = std::tuple{c.rank, c.bank_group, c.bank};
    if (c.rank >= t_.ranks || c.bank_group >= t_.bank_groups || c.bank >= t_.banks_per_group)
      fault("address: no such bank: " + text(c));
    const std::uint64_t sets = std::max(1u, t_.per_bank.sets);
    std::uint64_t& refreshed = refreshed_[c.rank];  // sets
    if (t_.refreshed && c.cycle / t_.tREFI > refreshed / sets + 8)
      fault("tREFI: more than eight refreshes late at " + text(c));
    switch (c.op) {
      case DramOp::ACT:
        if (open_.count(key) != 0) fault("state: ACT on an open bank: " + text(c));
        if (c.row >= t_.rows) fault("address: no such row: " + text(c));
        open_[key] = c.row;
        break;
      case DramOp::PRE:
        if (open_.erase(key) == 0) fault("state: PRE on a closed bank: " + text(c));
        break;
      case DramOp::PREA:
        std::erase_if(open_, [&](const auto& bank) { return std::get<0>(bank.first) == c.rank; });
        break;
      case DramOp::RD:
      case DramOp::WR:
        if (open_.count(key) == 0) fault("state: column on a closed bank: " + text(c));
        if (c.column >= t_.bursts_per_row) fault("address: no such column: " + text(c));
        break;
      case DramOp::REF:
      case DramOp::REFpb:
        refresh(c);
        refreshed += c.op == DramOp::REF ? sets : 1;
        break;
    }
  }

  // All banks of the command are closed; by sets, none comes a second time before all have come once.
  void refresh(const DramCommand& c) {
    const bool one_set = c.op == DramOp::REFpb;
    if (one_set && t_.per_bank.sets == 0) fault("state: the standard has no REFpb: " + text(c));
    for (const auto& [bank, row] : open_) {
      const auto [rank, group, number] = bank;
      const DramCommand there{.rank = rank, .bank_group = group, .bank = number};
      if (rank == c.rank && (!one_set || set_of(there) == set_of(c)))
        fault("state: refresh with open banks: " + text(c));
    }
    if (!one_set) return;
    std::uint64_t& round = round_[c.rank];
    const std::uint64_t bit = std::uint64_t{1} << set_of(c);
    if ((round & bit) != 0) fault("state: REFpb before the other sets had theirs: " + text(c));
    round |= bit;
    if (round == (std::uint64_t{1} << t_.per_bank.sets) - 1) round = 0;
  }

  void pair(const DramCommand& a, const DramCommand& b) {
    buses(a, b);
    if (a.rank != b.rank) return;
    const bool group = a.bank_group == b.bank_group;
    const bool bank = group && a.bank == b.bank;
    const bool closes = (bank && b.op == DramOp::PRE) || b.op == DramOp::PREA;
    switch (a.op) {
      case DramOp::ACT:
        if (bank && b.op == DramOp::RD) apart("tRCD", t_.tRCD_RD, a, b);
        if (bank && b.op == DramOp::WR) apart("tRCD", t_.tRCD_WR, a, b);
        if (closes) apart("tRAS", t_.tRAS, a, b);
        if ((bank && b.op == DramOp::ACT) || b.op == DramOp::REF) apart("tRC", t_.tRC, a, b);
        if (!bank && b.op == DramOp::ACT)
          apart(group ? "tRRD_L" : "tRRD_S", group ? t_.tRRD_L : t_.tRRD_S, a, b);
        if (b.op == DramOp::REFpb)
          apart("ACT to REFpb", set_of(a) == set_of(b) ? t_.tRC : t_.per_bank.after_act, a, b);
        break;
      case DramOp::PRE:
      case DramOp::PREA: {
        const bool all = a.op == DramOp::PREA;
        if (((bank || all) && b.op == DramOp::ACT) || b.op == DramOp::REF ||
            (b.op == DramOp::REFpb && (all || set_of(a) == set_of(b))))
          apart(all ? "tRPab" : "tRP", all ? t_.tRPab : t_.tRP, a, b);
        if (is_precharge(b.op)) apart("tPPD", t_.tPPD, a, b);
        break;
      }
      case DramOp::REF:
        apart("tRFC", t_.tRFC, a, b);
        break;
      case DramOp::REFpb:
        if (b.op == DramOp::ACT && set_of(a) == set_of(b)) apart("tRFCpb", t_.per_bank.tRFC, a, b);
        if (b.op == DramOp::ACT) apart("REFpb to ACT", t_.per_bank.to_act, a, b);
        if (b.op == DramOp::REFpb)
          apart("REFpb to REFpb", set_of(a) == set_of(b) ? t_.per_bank.tRFC : t_.per_bank.to_next, a, b);
        break;
      case DramOp::RD:
        if (b.op == DramOp::RD) apart(group ? "tCCD_L" : "tCCD_S", group ? t_.tCCD_L : t_.tCCD_S, a, b);
        if (b.op == DramOp::WR) apart("tRTW", t_.tRTW, a, b);
        if (closes) apart("tRTP", t_.tRTP, a, b);
        break;
      case DramOp::WR:
        if (b.op == DramOp::WR) apart(group ? "tCCD_L_WR" : "tCCD_S", group ? t_.tCCD_L_WR : t_.tCCD_S, a, b);
        if (b.op == DramOp::RD)
          apart(group ? "tWTR_L" : "tWTR_S", write_end() + (group ? t_.tWTR_L : t_.tWTR_S), a, b);
        if (closes) apart("tWR", write_end() + t_.tWR, a, b);
        break;
    }
  }

  // One command at a time on a command bus, one burst at a time on the data bus, and tRTRS between ranks
  // there.
  void buses(const DramCommand& a, const DramCommand& b) {
    if (!t_.bus.separate_columns || is_column(a.op) == is_column(b.op)) {
      apart("command bus",
            a.op == DramOp::ACT ? t_.bus.act
            : is_column(a.op)   ? t_.bus.column
                                : t_.bus.other,
            a, b);
    }
    if (!is_column(a.op) || !is_column(b.op)) return;
    const auto start = [&](const DramCommand& c) {
      return c.cycle + (c.op == DramOp::RD ? t_.tCL : t_.tCWL);
    };
    const std::uint64_t free = a.rank == b.rank ? 0 : t_.tRTRS;
    if (start(b) < start(a) + t_.burst + free && start(a) < start(b) + t_.burst + free) {
      fault(fmt::format("{}: {} and {} are too close on the data bus", free == 0 ? "data bus" : "tRTRS",
                        text(a), text(b)));
    }
  }

  void window(const DramCommand& c) {
    auto& activates = activates_[c.rank];
    activates.push_back(c);
    const std::size_t n = activates.size();
    if (n >= 5) apart("tFAW", t_.tFAW, activates[n - 5], c);
  }

  const std::vector<DramCommand>& trace_;
  const JedecTiming& t_;
  std::map<std::tuple<std::uint8_t, std::uint8_t, std::uint8_t>, std::uint32_t> open_;  // rank, group, bank
  std::map<std::uint8_t, std::vector<DramCommand>> activates_;                          // by rank
  std::map<std::uint8_t, std::uint64_t> refreshed_, round_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_trace(const std::vector<DramCommand>& trace, const JedecTiming& timing) {
  return Checker(trace, timing).run();
}

}  // namespace nnp::test
