// SPDX-License-Identifier: Apache-2.0
#include "tests/support/dram_checker.h"

#include <fmt/format.h>

#include <map>

namespace nnp::test {
namespace {

using sim::DramCommand;
using sim::DramOp;

constexpr std::uint64_t kBurst = 4;  // clocks of 8 beats

bool is_column(DramOp op) { return op == DramOp::RD || op == DramOp::WR; }
bool is_precharge(DramOp op) { return op == DramOp::PRE || op == DramOp::PREA; }
std::string text(const DramCommand& c) {
  return fmt::format("{}@{} g{} b{} r{} c{}", sim::to_string(c.op), c.cycle, c.bank_group, c.bank, c.row,
                     c.column);
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
    return std::max({t_.tRFC, t_.tFAW, t_.tRC, t_.CWL + kBurst + t_.tWR, t_.CWL + kBurst + t_.tWTR_L, t_.tRAS,
                     t_.tRTP, t_.tRP, t_.read_to_write, t_.tRCD, t_.tRRD_L, t_.tCCD_L});
  }
  void fault(const std::string& line) { faults_.push_back(line); }
  void apart(const char* rule, std::uint64_t clocks, const DramCommand& first, const DramCommand& second) {
    if (second.cycle - first.cycle < clocks) {
      fault(fmt::format("{}: {} to {} is {}, must be {}", rule, text(first), text(second),
                        second.cycle - first.cycle, clocks));
    }
  }

  // Which rows are open, and that refresh keeps up: at most eight may be postponed (JESD79-3F, JESD79-4,
  // refresh command).
  void state(const DramCommand& c) {
    const auto key = std::pair{c.bank_group, c.bank};
    if (c.bank_group >= t_.bank_groups || c.bank >= t_.banks_per_group)
      fault("address: no such bank: " + text(c));
    if (c.cycle / t_.tREFI > refreshes_ + 8) fault("tREFI: more than eight refreshes late at " + text(c));
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
        open_.clear();
        break;
      case DramOp::RD:
      case DramOp::WR:
        if (open_.count(key) == 0) fault("state: column on a closed bank: " + text(c));
        if (c.column >= t_.bursts_per_row) fault("address: no such column: " + text(c));
        break;
      case DramOp::REF:
        if (!open_.empty()) fault("state: REF with open banks: " + text(c));
        ++refreshes_;
        break;
    }
  }

  void pair(const DramCommand& a, const DramCommand& b) {
    const bool group = a.bank_group == b.bank_group;
    const bool bank = group && a.bank == b.bank;
    apart("command bus", 1, a, b);
    const std::uint64_t write_end = t_.CWL + kBurst;  // of data, after WR
    if (a.op == DramOp::ACT) {
      if (bank && is_column(b.op)) apart("tRCD", t_.tRCD, a, b);
      if ((bank && b.op == DramOp::PRE) || b.op == DramOp::PREA) apart("tRAS", t_.tRAS, a, b);
      if ((bank && b.op == DramOp::ACT) || b.op == DramOp::REF) apart("tRC", t_.tRC, a, b);
      if (!bank && b.op == DramOp::ACT)
        apart(group ? "tRRD_L" : "tRRD_S", group ? t_.tRRD_L : t_.tRRD_S, a, b);
    } else if (is_precharge(a.op)) {
      if (((bank || a.op == DramOp::PREA) && b.op == DramOp::ACT) || b.op == DramOp::REF)
        apart("tRP", t_.tRP, a, b);
    } else if (a.op == DramOp::REF) {
      apart("tRFC", t_.tRFC, a, b);
    } else {
      const bool reading = a.op == DramOp::RD;
      if (b.op == a.op) apart(group ? "tCCD_L" : "tCCD_S", group ? t_.tCCD_L : t_.tCCD_S, a, b);
      if (reading && b.op == DramOp::WR) apart("tRTW", t_.read_to_write, a, b);
      if (!reading && b.op == DramOp::RD) {
        apart(group ? "tWTR_L" : "tWTR_S", write_end + (group ? t_.tWTR_L : t_.tWTR_S), a, b);
      }
      if ((bank && b.op == DramOp::PRE) || b.op == DramOp::PREA) {
        apart(reading ? "tRTP" : "tWR", reading ? t_.tRTP : write_end + t_.tWR, a, b);
      }
      if (is_column(b.op)) {
        const std::uint64_t from = a.cycle + (reading ? t_.CL : t_.CWL),
                            next = b.cycle + (b.op == DramOp::RD ? t_.CL : t_.CWL);
        if (next < from + kBurst && from < next + kBurst)
          fault("data bus: " + text(a) + " and " + text(b) + " overlap");
      }
    }
  }

  void window(const DramCommand& c) {
    activates_.push_back(c);
    const std::size_t n = activates_.size();
    if (n >= 5) apart("tFAW", t_.tFAW, activates_[n - 5], c);
  }

  const std::vector<DramCommand>& trace_;
  const JedecTiming& t_;
  std::map<std::pair<std::uint8_t, std::uint8_t>, std::uint32_t> open_;
  std::vector<DramCommand> activates_;
  std::uint64_t refreshes_ = 0;
  std::vector<std::string> faults_;
};

}  // namespace

// Clocks worked out by hand from JESD79-3F (DDR3, 4 Gb x8) and JESD79-4 (DDR4, 8 Gb x8), nanoseconds beside
// them.
const JedecTiming& jedec_timing(const std::string& preset) {
  static const std::map<std::string, JedecTiming> table{{"ddr3_1600",  // tCK 1.25 ns, 11-11-11
                                                         {.CL = 11,
                                                          .CWL = 8,
                                                          .tRCD = 11 /* 13.75 */,
                                                          .tRP = 11,
                                                          .tRAS = 28 /* 35 */,
                                                          .tRC = 39 /* 48.75 */,
                                                          .tCCD_S = 4,
                                                          .tCCD_L = 4,
                                                          .tRRD_S = 5 /* 6 */,
                                                          .tRRD_L = 5,
                                                          .tFAW = 24 /* 30 */,
                                                          .tWTR_S = 6 /* 7.5 */,
                                                          .tWTR_L = 6,
                                                          .tWR = 12 /* 15 */,
                                                          .tRTP = 6 /* 7.5 */,
                                                          .tRFC = 208 /* 260 */,
                                                          .tREFI = 6240 /* 7800 */,
                                                          .read_to_write = 9 /* 11 + 4 + 2 - 8 */,
                                                          .bank_groups = 1,
                                                          .banks_per_group = 8,
                                                          .rows = 65536,
                                                          .bursts_per_row = 128}},
                                                        {"ddr3_2133",  // tCK 0.9375 ns, 14-14-14
                                                         {.CL = 14,
                                                          .CWL = 10,
                                                          .tRCD = 14 /* 13.09 */,
                                                          .tRP = 14,
                                                          .tRAS = 36 /* 33 */,
                                                          .tRC = 50 /* 46.09 */,
                                                          .tCCD_S = 4,
                                                          .tCCD_L = 4,
                                                          .tRRD_S = 6 /* 5 */,
                                                          .tRRD_L = 6,
                                                          .tFAW = 27 /* 25 */,
                                                          .tWTR_S = 8 /* 7.5 */,
                                                          .tWTR_L = 8,
                                                          .tWR = 16 /* 15 */,
                                                          .tRTP = 8 /* 7.5 */,
                                                          .tRFC = 278 /* 260 */,
                                                          .tREFI = 8320 /* 7800 */,
                                                          .read_to_write = 10 /* 14 + 4 + 2 - 10 */,
                                                          .bank_groups = 1,
                                                          .banks_per_group = 8,
                                                          .rows = 65536,
                                                          .bursts_per_row = 128}},
                                                        {"ddr4_2400",  // tCK 0.833 ns, 17-17-17
                                                         {.CL = 17,
                                                          .CWL = 12,
                                                          .tRCD = 17 /* 14.16 */,
                                                          .tRP = 17,
                                                          .tRAS = 39 /* 32 */,
                                                          .tRC = 56 /* 46.16 */,
                                                          .tCCD_S = 4,
                                                          .tCCD_L = 6 /* 5 */,
                                                          .tRRD_S = 4 /* 3.3 */,
                                                          .tRRD_L = 6 /* 4.9 */,
                                                          .tFAW = 26 /* 21 */,
                                                          .tWTR_S = 3 /* 2.5 */,
                                                          .tWTR_L = 9 /* 7.5 */,
                                                          .tWR = 18 /* 15 */,
                                                          .tRTP = 9 /* 7.5 */,
                                                          .tRFC = 420 /* 350 */,
                                                          .tREFI = 9360 /* 7800 */,
                                                          .read_to_write = 11 /* 17 + 4 + 2 - 12 */,
                                                          .bank_groups = 4,
                                                          .banks_per_group = 4,
                                                          .rows = 65536,
                                                          .bursts_per_row = 128}},
                                                        {"ddr4_3200",  // tCK 0.625 ns, 22-22-22
                                                         {.CL = 22,
                                                          .CWL = 16,
                                                          .tRCD = 22 /* 13.75 */,
                                                          .tRP = 22,
                                                          .tRAS = 52 /* 32 */,
                                                          .tRC = 74 /* 45.75 */,
                                                          .tCCD_S = 4,
                                                          .tCCD_L = 8 /* 5 */,
                                                          .tRRD_S = 4 /* 2.5 */,
                                                          .tRRD_L = 8 /* 4.9 */,
                                                          .tFAW = 34 /* 21 */,
                                                          .tWTR_S = 4 /* 2.5 */,
                                                          .tWTR_L = 12 /* 7.5 */,
                                                          .tWR = 24 /* 15 */,
                                                          .tRTP = 12 /* 7.5 */,
                                                          .tRFC = 560 /* 350 */,
                                                          .tREFI = 12480 /* 7800 */,
                                                          .read_to_write = 12 /* 22 + 4 + 2 - 16 */,
                                                          .bank_groups = 4,
                                                          .banks_per_group = 4,
                                                          .rows = 65536,
                                                          .bursts_per_row = 128}}};
  return table.at(preset);
}

std::vector<std::string> check_trace(const std::vector<DramCommand>& trace, const JedecTiming& timing) {
  return Checker(trace, timing).run();
}

}  // namespace nnp::test
