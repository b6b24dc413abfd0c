// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/stationary_mesh.h"

#include <fmt/format.h>

namespace nnp::sim {

StationaryPe::StationaryPe(const sc_core::sc_module_name& name, Product product, std::uint32_t lanes)
    : sc_core::sc_module(name), delay("delay", lanes), product_(product) {
  SC_METHOD(edge);
  sensitive << clock.pos();
  dont_initialize();
}

void StationaryPe::edge() {
  if (reset.read()) {
    moving = Operand{}, control = Control{}, sum = Sum{}, active = 0, shadow = 0;
    for (auto& stage : delay) stage = 0;
    return;
  }
  const Operand operand = left.read();
  const Control now = above.read();
  // The first step of a pass already counts with the operand that becomes active at its end.
  const std::int16_t stationary = now.first ? shadow.read() : active.read();
  active = stationary;
  const std::int32_t own = operand.valid ? product_(operand, stationary) : 0;
  sum = Sum{operand.valid, wrapping_sum(sum_above.read().value, own)};
  moving = operand;
  control = now;
  if (now.shift) shadow = load.read();
  delay[0] = shadow.read();
  for (std::size_t stage = 1; stage < delay.size(); ++stage) delay[stage] = delay[stage - 1].read();
}

std::vector<RegisterValue> StationaryPe::registers() const {
  std::vector<RegisterValue> values{{"moving", moving.read().value},
                                    {"moving_valid", moving.read().valid},
                                    {"moving_part", static_cast<std::int64_t>(moving.read().part)},
                                    {"shift", control.read().shift},
                                    {"first", control.read().first},
                                    {"active", active.read()},
                                    {"shadow", shadow.read()},
                                    {"sum", sum.read().value},
                                    {"sum_valid", sum.read().valid}};
  for (std::size_t stage = 0; stage < delay.size(); ++stage)
    values.push_back({fmt::format("delay{}", stage), delay[stage].read()});
  return values;
}

StationaryMesh::StationaryMesh(const sc_core::sc_module_name& name, const ArrayDesign& design,
                               ArrayWires& wires, Product product)
    : sc_core::sc_module(name), design_(design), pes_("pe") {
  pes_.init(std::size_t{design.rows} * design.cols, [&](const char* pe_name, std::size_t) {
    return new StationaryPe(pe_name, product, design.lanes());
  });
  for (std::uint32_t row = 0; row < design.rows; ++row)
    for (std::uint32_t col = 0; col < design.cols; ++col) connect(row, col, wires);
}

void StationaryMesh::connect(std::uint32_t row, std::uint32_t col, ArrayWires& wires) {
  const auto at = [&](std::uint32_t r, std::uint32_t c) -> StationaryPe& {
    return pes_[std::size_t{r} * design_.cols + c];
  };
  const std::uint32_t lanes = design_.lanes();
  StationaryPe& pe = at(row, col);
  pe.clock(wires.clock);
  pe.reset(wires.reset);
  pe.left(col == 0 ? wires.left[row] : at(row, col - 1).moving);
  pe.above(row == 0 ? wires.control[col] : at(row - 1, col).control);
  pe.sum_above(row == 0 ? no_sum_ : at(row - 1, col).sum);
  pe.load(row < lanes ? wires.load[std::size_t{row} * design_.cols + col]
                      : at(row - lanes, col).delay[lanes - 1]);
}

ArrayOutputs StationaryMesh::outputs() const {
  ArrayOutputs sums;
  for (std::uint32_t col = 0; col < design_.cols; ++col) sums.push_back(pe(design_.rows - 1, col).sum.read());
  return sums;
}

}  // namespace nnp::sim
