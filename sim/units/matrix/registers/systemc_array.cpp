// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/systemc_array.h"

#include "sim/kernel/assert.h"

// Debian's libsystemc wants one; a program that has its own uses that.
[[gnu::weak]] int sc_main(int, char**) { return 0; }

namespace nnp::sim {

SystemCArray::Inside::Inside(sc_core::sc_simcontext& context) : outside_(sc_core::sc_curr_simcontext) {
  sc_core::sc_curr_simcontext = &context;
}

SystemCArray::Inside::~Inside() { sc_core::sc_curr_simcontext = outside_; }

SystemCArray::SystemCArray(const ArrayDesign& design)
    : design_(design), context_(std::make_unique<sc_core::sc_simcontext>()) {
  const Inside inside(*context_);
  wires_ = std::make_unique<ArrayWires>(design);
}

SystemCArray::~SystemCArray() {
  const Inside inside(*context_);
  top_.reset();
  wires_.reset();
  context_.reset();  // while it is the present one: the one outside may be gone (a chip outlives its host's)
}

void SystemCArray::reset() {
  const Inside inside(*context_);
  wires_->reset = true;
  clock_edge();
  wires_->reset = false;
}

void SystemCArray::tick(const ArrayInputs& inputs) {
  const ArrayInputs shape(design_);
  NNP_ASSERT(inputs.left.size() == shape.left.size() && inputs.top.size() == shape.top.size() &&
                 inputs.control.size() == shape.control.size() && inputs.load.size() == shape.load.size(),
             "inputs of another array");
  const Inside inside(*context_);
  for (std::size_t i = 0; i < inputs.left.size(); ++i) wires_->left[i] = inputs.left[i];
  for (std::size_t i = 0; i < inputs.top.size(); ++i) wires_->top[i] = inputs.top[i];
  for (std::size_t i = 0; i < inputs.control.size(); ++i) wires_->control[i] = inputs.control[i];
  for (std::size_t i = 0; i < inputs.load.size(); ++i) wires_->load[i] = inputs.load[i];
  clock_edge();
}

void SystemCArray::clock_edge() {
  const sc_core::sc_time half(500, sc_core::SC_PS);
  wires_->clock = false;
  sc_core::sc_start(half);  // the inputs settle
  wires_->clock = true;
  sc_core::sc_start(half);  // the registers take them
}

}  // namespace nnp::sim
