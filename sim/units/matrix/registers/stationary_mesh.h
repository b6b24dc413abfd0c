// SPDX-License-Identifier: Apache-2.0
// A mesh of PEs that each keep one operand: what the weight-stationary and the input-stationary array are
// made of. They differ in which operand stays, so in the product.
//
// Everything goes with the wave: row r sees in cycle t what row 0 saw in t - r. So a stationary operand on
// its way from row r - lanes to row r also takes `lanes` cycles, in delay registers; without them the next
// tile would overwrite shadow registers that lower rows have not swapped in yet. (Gemmini's mesh has the same
// three registers: two for the operand, one between PEs.)
#pragma once

#include "sim/units/matrix/registers/systemc_array.h"

namespace nnp::sim {

/// Moving operand times stationary operand.
using Product = std::int32_t (*)(const Operand& moving, std::int16_t stationary);

struct StationaryPe : sc_core::sc_module {
  sc_core::sc_in<bool> clock{"clock"}, reset{"reset"};
  sc_core::sc_in<Operand> left{"left"};
  sc_core::sc_in<Control> above{"above"};
  sc_core::sc_in<std::int16_t> load{"load"};
  sc_core::sc_in<Sum> sum_above{"sum_above"};

  sc_core::sc_signal<Operand> moving{"moving"};                // to the right
  sc_core::sc_signal<Control> control{"control"};              // down
  sc_core::sc_signal<Sum> sum{"sum"};                          // down
  sc_core::sc_signal<std::int16_t> active{"active"};           // multiplied
  sc_core::sc_signal<std::int16_t> shadow{"shadow"};           // the next tile
  sc_core::sc_vector<sc_core::sc_signal<std::int16_t>> delay;  // the shadow register's past, newest first

  SC_HAS_PROCESS(StationaryPe);
  StationaryPe(const sc_core::sc_module_name& name, Product product, std::uint32_t lanes);
  std::vector<RegisterValue> registers() const;

 private:
  void edge();
  Product product_;
};

class StationaryMesh : public sc_core::sc_module {
 public:
  StationaryMesh(const sc_core::sc_module_name& name, const ArrayDesign& design, ArrayWires& wires,
                 Product product);
  const StationaryPe& pe(std::uint32_t row, std::uint32_t col) const {
    return pes_[std::size_t{row} * design_.cols + col];
  }
  ArrayOutputs outputs() const;

 private:
  void connect(std::uint32_t row, std::uint32_t col, ArrayWires& wires);
  ArrayDesign design_;
  sc_core::sc_signal<Sum> no_sum_{"no_sum"};
  sc_core::sc_vector<StationaryPe> pes_;
};

}  // namespace nnp::sim
