// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/pass_feed.h"

namespace nnp::sim {
namespace {

Part part_of(const PassShape& shape, std::uint32_t step) {
  if (!shape.wide) return Part::whole;
  return step % 2 == 0 ? Part::low : Part::high;
}

std::int16_t take_part(std::int16_t value, Part part) {
  switch (part) {
    case Part::low:
      return static_cast<std::int16_t>(value & 0xFF);
    case Part::high:
      return static_cast<std::int16_t>(value >> 8);
    case Part::whole:
      break;
  }
  return value;
}

std::int16_t a_at(const PassValues& pass, std::uint32_t i, std::uint32_t depth) {
  return i < pass.shape.m && depth < pass.shape.k ? pass.a[std::size_t{i} * pass.shape.k + depth]
                                                  : std::int16_t{0};
}

std::int16_t w_at(const PassValues& pass, std::uint32_t depth, std::uint32_t j) {
  return depth < pass.shape.k && j < pass.shape.n ? pass.w[std::size_t{depth} * pass.shape.n + j]
                                                  : std::int16_t{0};
}

}  // namespace

Operand left_operand(const ArrayDesign& design, const PassValues& pass, std::uint32_t step,
                     std::uint32_t row) {
  const Part part = part_of(pass.shape, step);
  const std::uint32_t vector = step / pass.shape.steps_per_vector();
  switch (design.dataflow) {
    case Dataflow::weight_stationary:
    case Dataflow::adder_tree:
      return {true, part, take_part(a_at(pass, vector, row), part)};
    case Dataflow::output_stationary:
      return {true, part, take_part(a_at(pass, row, vector), part)};
    case Dataflow::input_stationary:
      break;  // the PE takes the part of its activation
  }
  return {true, part, w_at(pass, row, vector)};
}

Operand top_operand(const ArrayDesign& design, const PassValues& pass, std::uint32_t step,
                    std::uint32_t col) {
  if (design.dataflow != Dataflow::output_stationary) return {};
  return {true, Part::whole, w_at(pass, step / pass.shape.steps_per_vector(), col)};
}

std::int16_t load_operand(const ArrayDesign& design, const PassValues& pass, std::uint32_t step,
                          std::uint32_t lane, std::uint32_t col) {
  const std::uint32_t row = (design.moves() - 1 - step) * design.lanes() + lane;
  return design.dataflow == Dataflow::input_stationary ? a_at(pass, col, row) : w_at(pass, row, col);
}

std::vector<std::optional<Leaving>> leaving_order(const ArrayDesign& design, const PassShape& shape,
                                                  std::uint32_t lane, std::uint32_t col) {
  std::vector<std::optional<Leaving>> order;
  const auto add = [&](std::uint32_t i, std::uint32_t j) {
    order.push_back(i < shape.m && j < shape.n ? std::optional<Leaving>({i, j}) : std::nullopt);
  };
  if (design.dataflow == Dataflow::output_stationary) {
    // From the lowest row of this lane up.
    for (std::uint32_t below = 0; below + design.lanes() - lane <= design.rows; below += design.lanes())
      add(design.rows - design.lanes() + lane - below, col);
    return order;
  }
  const bool by_column = design.dataflow == Dataflow::input_stationary;
  const std::uint32_t vectors = by_column ? shape.n : shape.m;
  for (std::uint32_t vector = 0; vector < vectors; ++vector)
    for (std::uint32_t part = 0; part < shape.steps_per_vector(); ++part)
      by_column ? add(col, vector) : add(vector, col);
  return order;
}

}  // namespace nnp::sim
