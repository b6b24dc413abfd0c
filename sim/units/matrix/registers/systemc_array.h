// SPDX-License-Identifier: Apache-2.0
// What all arrays made of SystemC modules share: a SystemC simulation of their own, clock and reset wires,
// and input wires. One tick lets that simulation run for one clock period.
//
// The simulation is private, so any number of arrays can live beside each other, come and go, and tick inside
// a process of another SystemC simulation (a chip's).
#pragma once

#include <memory>
#include <systemc>
#include <utility>

#include "sim/units/matrix/registers/wires.h"

namespace nnp::sim {

/// The input wires of an array, in its simulation.
struct ArrayWires {
  explicit ArrayWires(const ArrayDesign& design)
      : left("left", design.rows),
        top("top", design.cols),
        control("control", design.cols),
        load("load", design.lanes() * design.cols) {}
  sc_core::sc_signal<bool> clock{"clock"}, reset{"reset"};
  sc_core::sc_vector<sc_core::sc_signal<Operand>> left, top;
  sc_core::sc_vector<sc_core::sc_signal<Control>> control;
  sc_core::sc_vector<sc_core::sc_signal<std::int16_t>> load;
};

class SystemCArray : public RegisterArray {
 public:
  ~SystemCArray() override;
  SystemCArray(const SystemCArray&) = delete;
  SystemCArray& operator=(const SystemCArray&) = delete;
  const ArrayDesign& design() const final { return design_; }
  void reset() final;
  void tick(const ArrayInputs&) final;

 protected:
  explicit SystemCArray(const ArrayDesign&);
  /// Makes the top module in the array's simulation: Top(name, design, wires). Once, in the constructor.
  template <typename Top>
  Top& build(const char* name) {
    const Inside inside(*context_);
    auto top = std::make_unique<Top>(name, std::as_const(design_), *wires_);
    Top& made = *top;
    top_ = std::move(top);
    return made;
  }

 private:
  /// While it lives, SystemC's global functions mean this array's simulation.
  class Inside {
   public:
    explicit Inside(sc_core::sc_simcontext& context);
    ~Inside();

   private:
    sc_core::sc_simcontext* outside_;
  };
  void clock_edge();

  ArrayDesign design_;
  std::unique_ptr<sc_core::sc_simcontext> context_;
  std::unique_ptr<ArrayWires> wires_;
  std::unique_ptr<sc_core::sc_module> top_;
};

}  // namespace nnp::sim
