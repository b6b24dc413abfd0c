// SPDX-License-Identifier: Apache-2.0
// What goes where: which operand of a pass each edge of an array gets in each step, and in which order the
// outputs come at each place where they leave. No times.
#pragma once

#include <optional>

#include "sim/units/matrix/registers/register_array.h"

namespace nnp::sim {

/// The numbers of one pass: out[m][n] = a[m][k] w[k][n].
struct PassValues {
  PassShape shape;
  std::vector<std::int16_t> a;  // [m][k]; -128 to 255 unless the shape is wide
  std::vector<std::int8_t> w;   // [k][n]
};

/// Operands at an edge in step `step` of the stream. Rows and columns that the pass does not use get zeros:
/// valid ones, so that sums come out of all columns alike.
Operand left_operand(const ArrayDesign&, const PassValues&, std::uint32_t step, std::uint32_t row);
Operand top_operand(const ArrayDesign&, const PassValues&, std::uint32_t step, std::uint32_t col);

/// The stationary operand that lane `lane` of column `col` gets in step `step` of the load: the last rows
/// first, so that all are in place after the last step.
std::int16_t load_operand(const ArrayDesign&, const PassValues&, std::uint32_t step, std::uint32_t lane,
                          std::uint32_t col);

/// A valid sum that leaves: its place in the output, or nothing if the pass does not use that place.
struct Leaving {
  std::uint32_t i = 0, j = 0;
};
/// All sums that one pass sends out of output lane `lane` of column `col`, in order. A wide pass may send an
/// output in two parts: then it stands there twice, and the sums are to be added.
std::vector<std::optional<Leaving>> leaving_order(const ArrayDesign&, const PassShape&, std::uint32_t lane,
                                                  std::uint32_t col);

}  // namespace nnp::sim
