// SPDX-License-Identifier: Apache-2.0
// Everything that the units publish, kept by unit: what two runs are compared by that must be the same.
#pragma once

#include <string>
#include <vector>

#include "sim/kernel/trace.h"

namespace nnp::test {

class EventLog : public sim::TraceSink {
 public:
  void state(const sim::StateRecord& record) override { at(record.unit).states.push_back(record); }
  void instruction(const sim::InstructionSpan& span) override { at(span.unit).instructions.push_back(span); }
  void transfer(const sim::TransferSpan& span) override { at(span.unit).transfers.push_back(span); }
  void tile(const sim::TileSpan& span) override { at(span.unit).tiles.push_back(span); }
  void pass(const sim::PassSpan& span) override { at(span.unit).passes.push_back(span); }
  void command(const sim::MemoryCommand& command) override { at(command.unit).commands.push_back(command); }

  /// Of one unit, in time order.
  const std::vector<sim::StateRecord>& states(std::size_t unit) { return at(unit).states; }

  /// The earliest state that differs, else a span or command that does, as a sentence; empty when all are
  /// equal. Records of different units may be published in any order.
  friend std::string first_difference(const EventLog& left, const EventLog& right);

 private:
  struct Events {
    std::vector<sim::StateRecord> states;
    std::vector<sim::InstructionSpan> instructions;
    std::vector<sim::TransferSpan> transfers;
    std::vector<sim::TileSpan> tiles;
    std::vector<sim::PassSpan> passes;
    std::vector<sim::MemoryCommand> commands;
  };
  Events& at(std::size_t unit) {
    if (unit >= units_.size()) units_.resize(unit + 1);
    return units_[unit];
  }
  std::vector<Events> units_;
};

std::string first_difference(const EventLog& left, const EventLog& right);

}  // namespace nnp::test
