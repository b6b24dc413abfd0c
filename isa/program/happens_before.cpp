// SPDX-License-Identifier: Apache-2.0
// Walks the launch in stream order with the accesses of every instruction, and asks token_order whether each
// conflicting pair is ordered. Descriptors start a launch as zeros and change with the CFGs of their queue.
#include "isa/program/happens_before.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "isa/instruction/instruction_table.h"
#include "isa/program/access.h"
#include "isa/program/access_history.h"
#include "isa/program/assembler.h"
#include "isa/program/token_order.h"

namespace nnp::isa {
namespace {

constexpr std::size_t kSpaces = 4;
constexpr const char* kSpaceNames[kSpaces] = {"device memory", "buffer", "accumulators", "host memory"};

class Checker {
 public:
  Checker(const Program& program, const Launch& launch, const ArchSpec& arch, std::size_t limit)
      : program_(program),
        launch_(launch),
        arch_(arch),
        stream_(program.instructions.data() + launch.first_instruction),
        limit_(limit),
        order_(order_by_tokens(stream_, launch)) {}

  std::vector<Race> run() {
    if (!order_.deadlocks.empty()) {
      for (const auto& [i, message] : order_.deadlocks) report(i, i, fmt::format("{} {}", named(i), message));
    } else {
      for (const auto& [i, message] : order_.overflows) report(i, i, fmt::format("{} {}", named(i), message));
      walk();
      std::stable_sort(races_.begin(), races_.end(),
                       [](const Race& a, const Race& b) { return a.later < b.later; });
    }
    if (races_.size() > limit_) races_.resize(limit_);
    return std::move(races_);
  }

 private:
  void walk() {
    std::size_t found = 0;
    for (std::uint32_t i = 0; i < launch_.instruction_count && found < limit_; ++i) {
      const Instruction& instruction = stream_[i];
      Descriptor& descriptor =
          descriptors_[static_cast<std::size_t>(instruction.queue)][descriptor_set(instruction)];
      if (instruction.opcode == Opcode::cfg) {
        apply_cfg(instruction, descriptor);
        continue;
      }
      const std::size_t before = races_.size();
      for (const Access& access : accesses(instruction, descriptor, arch_)) note(i, access, before);
      found += races_.size() - before;
    }
  }

  void note(std::uint32_t i, const Access& access, std::size_t first_race_of_i) {
    const auto space = static_cast<std::size_t>(access.space);
    if (access.end > size_of(access.space)) {
      report(i, i,
             fmt::format("{} {} {} [{:#x}, {:#x}), past its end at {:#x}", named(i),
                         access.write ? "writes" : "reads", kSpaceNames[space], access.begin, access.end,
                         size_of(access.space)));
    }
    history_[space].note(
        access, i, stream_[i].queue, [&](std::uint32_t other, bool other_wrote, Address begin, Address end) {
          if (order_.ordered(stream_, other, i)) return;
          for (std::size_t r = first_race_of_i; r < races_.size(); ++r) {
            if (races_[r].earlier == launch_.first_instruction + other) return;
          }
          report(other, i,
                 fmt::format("{} {} {} [{:#x}, {:#x}) but nothing orders it after {}, which {} them: {}",
                             named(i), access.write ? "writes" : "reads", kSpaceNames[space], begin, end,
                             named(other), other_wrote ? "writes" : "reads", known(other, i)));
        });
  }

  /// How far the tokens reach: what `later` can rely on of the queue that `earlier` is in.
  std::string known(std::uint32_t earlier, std::uint32_t later) const {
    const auto queue = static_cast<std::size_t>(stream_[earlier].queue);
    const std::uint32_t known = order_.known_before[later][queue];
    return fmt::format("its tokens reach {} of that queue's instructions, and this is number {}",
                       known == 0 ? "none" : fmt::format("the first {}", known),
                       order_.position[earlier] + 1);
  }

  Address size_of(Space space) const {
    switch (space) {
      case Space::device_memory:
        return arch_.device_memory_bytes;
      case Space::buffer:
        return arch_.unified_buffer_bytes;
      case Space::accumulators:
        return arch_.accumulator_rows;
      case Space::host_memory:
        return program_.host_bytes;
    }
    return 0;
  }

  std::string named(std::uint32_t i) const {
    const std::uint16_t layer = stream_[i].layer;
    const std::string name =
        layer < program_.layers.size() ? program_.layers[layer].name : std::string("unnamed");
    return fmt::format("instruction {} `{}` (layer {} '{}')", launch_.first_instruction + i,
                       disassemble(stream_[i]), layer, name);
  }

  void report(std::uint32_t earlier, std::uint32_t later, std::string message) {
    races_.push_back(
        {launch_.first_instruction + earlier, launch_.first_instruction + later, std::move(message)});
  }

  const Program& program_;
  const Launch& launch_;
  const ArchSpec& arch_;
  const Instruction* stream_;
  std::size_t limit_;
  TokenOrder order_;
  std::array<std::array<Descriptor, 2>, kQueues> descriptors_{};
  std::array<AccessHistory, kSpaces> history_;
  std::vector<Race> races_;
};

}  // namespace

std::vector<Race> check_happens_before(const Program& program, const Launch& launch, const ArchSpec& arch,
                                       std::size_t limit) {
  const std::uint64_t end = std::uint64_t{launch.first_instruction} + launch.instruction_count;
  if (end > program.instructions.size()) {
    throw std::invalid_argument(
        fmt::format("the launch ends at instruction {} of {}", end, program.instructions.size()));
  }
  for (std::uint64_t i = launch.first_instruction; i < end; ++i) {
    if (const auto fault = fault_of(program.instructions[i])) {
      throw std::invalid_argument(fmt::format("instruction {}: {}", i, *fault));
    }
  }
  return Checker(program, launch, arch, limit).run();
}

}  // namespace nnp::isa
