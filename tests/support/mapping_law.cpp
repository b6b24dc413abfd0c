// SPDX-License-Identifier: Apache-2.0
#include "tests/support/mapping_law.h"

#include <fmt/format.h>

#include <array>
#include <map>

#include "isa/program/access.h"
#include "isa/program/happens_before.h"

namespace nnp::test {
namespace {

using isa::Opcode;
namespace field = isa::field;

std::int64_t value(const isa::Instruction& instruction, const isa::Field& field) {
  return static_cast<std::int64_t>(instruction.get(field));
}

class MappingLaw {
 public:
  MappingLaw(const isa::Program& program, const ir::Graph& graph, const ir::Node& node,
             const compiler::MemoryPlan& plan, const isa::ArchSpec& arch)
      : program_(program), plan_(plan), arch_(arch), out_(node.outputs[0]) {
    if (const compiler::FusedTail* tail = plan.tail_taking(out_)) out_ = tail->result;
    const ir::Shape& w = graph.values[node.inputs[1]].shape;
    const ir::Shape& y = graph.values[node.outputs[0]].shape;
    conv_ = node.op == ir::Op::conv;
    columns_ = conv_ ? w[0] : y.back();
    sums_ = ir::element_count(y);
    terms_ = static_cast<std::int64_t>(ir::macs(graph, node)) / sums_;
    output_bytes_ = compiler::layout_of(graph.values[out_], arch).bytes();
    drained_.resize(static_cast<std::size_t>(sums_));
  }

  std::vector<std::string> run() {
    for (const isa::Instruction& instruction : program_.instructions) {
      if (instruction.opcode == Opcode::cfg) isa::apply_cfg(instruction, descriptor_of(instruction));
      if (instruction.opcode == Opcode::wload)
        strips_.push_back({value(instruction, field::w_k), value(instruction, field::w_n)});
      if (instruction.opcode == Opcode::matmul || instruction.opcode == Opcode::conv) multiply(instruction);
      if (instruction.opcode == Opcode::drain) drain(instruction);
      check_place(instruction);
    }
    for (std::size_t i = 0; i < drained_.size(); ++i)
      if (drained_[i] != 1) {
        fail("sum ({}, {}) is drained {} times", static_cast<std::int64_t>(i) / columns_,
             static_cast<std::int64_t>(i) % columns_, drained_[i]);
        break;
      }
    if (taken_ != strips_.size())
      fail("{} strips of weights for {} matrix instructions", strips_.size(), taken_);
    for (const isa::Race& race : isa::check_happens_before(program_, program_.launches[0], arch_, 2))
      broken_.push_back(race.message);
    return broken_;
  }

 private:
  template <typename... Args>
  void fail(fmt::format_string<Args...> text, Args&&... args) {
    if (broken_.size() < 8) broken_.push_back(fmt::format(text, std::forward<Args>(args)...));
  }

  void multiply(const isa::Instruction& i) {
    const std::int64_t k = value(i, field::mx_k), n = value(i, field::mx_n), m = value(i, field::mx_m);
    if (taken_ >= strips_.size() || strips_[taken_] != std::pair(k, n))
      fail("matrix instruction {} of {} x {} weights has no strip of that size", taken_, k, n);
    ++taken_;
    if (k < terms_) fail("a matrix instruction takes {} of {} terms", k, terms_);
    const std::int64_t rows = value(i, field::mx_acc);
    for (std::int64_t first = 0, acc = rows; first < n; first += arch_.array_cols, acc += m)
      ready_[acc] = {m, std::min<std::int64_t>(arch_.array_cols, n - first)};
  }

  void drain(const isa::Instruction& i) {
    const std::pair size(value(i, field::dr_m), value(i, field::dr_n));
    const auto made = ready_.find(value(i, field::dr_acc));
    if (made == ready_.end() || made->second != size)
      fail("a drain of {} x {} sums from accumulator {} that hold others", size.first, size.second,
           value(i, field::dr_acc));
    else
      ready_.erase(made);
    const isa::TileInfo& tile = program_.tiles.at(i.tag);
    if (tile.m != size.first || tile.n != size.second) fail("tile {} is not of its drain's size", i.tag);
    for (std::int64_t row = tile.m0; row < tile.m0 + tile.m; ++row)
      for (std::int64_t column = tile.n0; column < tile.n0 + tile.n; ++column) {
        const std::int64_t sum = row * columns_ + column;
        if (column >= columns_ || sum >= sums_) return fail("tile {} is outside of the result", i.tag);
        ++drained_[static_cast<std::size_t>(sum)];
      }
  }

  isa::Descriptor& descriptor_of(const isa::Instruction& i) {
    return descriptors_[static_cast<std::size_t>(i.queue)][isa::descriptor_set(i)];
  }

  void check_place(const isa::Instruction& i) {
    if (i.opcode == Opcode::cfg) return;
    for (const isa::Access& access : isa::accesses(i, descriptor_of(i), arch_)) {
      if (access.space != isa::Space::buffer || !access.write) continue;
      const compiler::Placement& place = plan_.values[out_];
      const bool staged =
          access.begin >= plan_.staging_begin && access.end <= plan_.staging_begin + plan_.staging_bytes;
      const bool result =
          place.in_buffer && access.begin >= place.address && access.end <= place.address + output_bytes_;
      if (!staged && !result) fail("buffer bytes [{}, {}) are not the layer's", access.begin, access.end);
    }
  }

  const isa::Program& program_;
  const compiler::MemoryPlan& plan_;
  const isa::ArchSpec& arch_;
  ir::ValueId out_;
  bool conv_;
  std::int64_t columns_, sums_, terms_;
  Bytes output_bytes_;
  std::vector<std::uint32_t> drained_;  // times, by sum
  std::vector<std::pair<std::int64_t, std::int64_t>> strips_;
  std::size_t taken_ = 0;
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> ready_;  // by accumulator row: m x n sums
  std::array<std::array<isa::Descriptor, 2>, isa::kQueues> descriptors_{};
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> broken_mapping_rules(const isa::Program& program, const ir::Graph& graph,
                                              const ir::Node& node, const compiler::MemoryPlan& plan,
                                              const isa::ArchSpec& arch) {
  return MappingLaw(program, graph, node, plan, arch).run();
}

}  // namespace nnp::test
