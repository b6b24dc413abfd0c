// SPDX-License-Identifier: Apache-2.0
// The messages of register_array.h as SystemC signals: how they print and how a waveform shows them.
#pragma once

#include <ostream>
#include <systemc>

#include "sim/units/matrix/registers/register_array.h"

namespace nnp::sim {

inline std::ostream& operator<<(std::ostream& out, const Operand& operand) {
  return operand.valid ? out << operand.value << '/' << static_cast<int>(operand.part) : out << '-';
}
inline std::ostream& operator<<(std::ostream& out, const Control& control) {
  return out << control.shift << control.first << control.last;
}
inline std::ostream& operator<<(std::ostream& out, const Sum& sum) {
  return sum.valid ? out << sum.value : out << '-';
}

inline void sc_trace(sc_core::sc_trace_file* file, const Operand& operand, const std::string& name) {
  sc_core::sc_trace(file, operand.valid, name + ".valid");
  sc_core::sc_trace(file, operand.value, name + ".value");
}
inline void sc_trace(sc_core::sc_trace_file* file, const Control& control, const std::string& name) {
  sc_core::sc_trace(file, control.shift, name + ".shift");
  sc_core::sc_trace(file, control.first, name + ".first");
  sc_core::sc_trace(file, control.last, name + ".last");
}
inline void sc_trace(sc_core::sc_trace_file* file, const Sum& sum, const std::string& name) {
  sc_core::sc_trace(file, sum.valid, name + ".valid");
  sc_core::sc_trace(file, sum.value, name + ".value");
}

/// Sums wrap at 32 bits, as the accumulators do.
inline std::int32_t wrapping_sum(std::int32_t a, std::int32_t b) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

/// A moving activation (or a part of it) times a weight.
inline std::int32_t product(const Operand& activation, std::int16_t weight) {
  const std::int32_t plain = std::int32_t{activation.value} * weight;
  return activation.part == Part::high ? plain * 256 : plain;
}

}  // namespace nnp::sim
