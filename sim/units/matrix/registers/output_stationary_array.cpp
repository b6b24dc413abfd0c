// SPDX-License-Identifier: Apache-2.0
// The output-stationary systolic array: sums stay, activations move right, weights move down. A finished sum
// goes into its PE's way-out register, so the PE begins the next pass at once, and from there down, `lanes`
// rows at a time; the way out moves in every cycle.
//
// As everywhere in the mesh, row r is r cycles behind row 0, so a sum on its way from row r - lanes to row r
// takes `lanes` cycles more, in delay registers.
#include <fmt/format.h>

#include "sim/units/matrix/registers/arrays.h"
#include "sim/units/matrix/registers/systemc_array.h"

namespace nnp::sim {
namespace {

struct OutputStationaryPe : sc_core::sc_module {
  sc_core::sc_in<bool> clock{"clock"}, reset{"reset"};
  sc_core::sc_in<Operand> left{"left"}, above{"above"};
  sc_core::sc_in<Control> control_above{"control_above"};
  sc_core::sc_in<Sum> out_above{"out_above"};

  sc_core::sc_signal<Operand> activation{"activation"};  // to the right
  sc_core::sc_signal<Operand> weight{"weight"};          // down
  sc_core::sc_signal<Control> control{"control"};        // down
  sc_core::sc_signal<std::int32_t> sum{"sum"};           // of the pass under way
  sc_core::sc_signal<Sum> out{"out"};                    // on its way out
  sc_core::sc_vector<sc_core::sc_signal<Sum>> delay;     // the way-out register's past, newest first

  SC_HAS_PROCESS(OutputStationaryPe);
  OutputStationaryPe(const sc_core::sc_module_name& name, std::uint32_t lanes)
      : sc_core::sc_module(name), delay("delay", lanes) {
    SC_METHOD(edge);
    sensitive << clock.pos();
    dont_initialize();
  }

  void edge() {
    if (reset.read()) {
      activation = Operand{}, weight = Operand{}, control = Control{}, sum = 0, out = Sum{};
      for (auto& stage : delay) stage = Sum{};
      return;
    }
    const Operand a = left.read(), w = above.read();
    const Control now = control_above.read();
    const std::int32_t before = now.first ? 0 : sum.read();
    const std::int32_t after = wrapping_sum(before, a.valid && w.valid ? product(a, w.value) : 0);
    sum = after;
    out = now.last ? Sum{true, after} : out_above.read();
    activation = a, weight = w, control = now;
    delay[0] = out.read();
    for (std::size_t stage = 1; stage < delay.size(); ++stage) delay[stage] = delay[stage - 1].read();
  }

  std::vector<RegisterValue> registers() const {
    std::vector<RegisterValue> values{{"activation", activation.read().value},
                                      {"activation_valid", activation.read().valid},
                                      {"activation_part", static_cast<std::int64_t>(activation.read().part)},
                                      {"weight", weight.read().value},
                                      {"weight_valid", weight.read().valid},
                                      {"first", control.read().first},
                                      {"last", control.read().last},
                                      {"sum", sum.read()},
                                      {"out", out.read().value},
                                      {"out_valid", out.read().valid}};
    for (std::size_t stage = 0; stage < delay.size(); ++stage) {
      values.push_back({fmt::format("delay{}", stage), delay[stage].read().value});
      values.push_back({fmt::format("delay{}_valid", stage), delay[stage].read().valid});
    }
    return values;
  }
};

struct OutputStationaryMesh : sc_core::sc_module {
  sc_core::sc_signal<Sum> no_sum{"no_sum"};
  sc_core::sc_vector<OutputStationaryPe> pes;

  OutputStationaryMesh(const sc_core::sc_module_name& name, const ArrayDesign& design, ArrayWires& wires)
      : sc_core::sc_module(name), pes("pe") {
    const std::uint32_t lanes = design.lanes();
    pes.init(std::size_t{design.rows} * design.cols,
             [lanes](const char* pe_name, std::size_t) { return new OutputStationaryPe(pe_name, lanes); });
    const auto at = [&](std::uint32_t row, std::uint32_t col) -> OutputStationaryPe& {
      return pes[std::size_t{row} * design.cols + col];
    };
    for (std::uint32_t row = 0; row < design.rows; ++row)
      for (std::uint32_t col = 0; col < design.cols; ++col) {
        OutputStationaryPe& pe = at(row, col);
        pe.clock(wires.clock);
        pe.reset(wires.reset);
        pe.left(col == 0 ? wires.left[row] : at(row, col - 1).activation);
        pe.above(row == 0 ? wires.top[col] : at(row - 1, col).weight);
        pe.control_above(row == 0 ? wires.control[col] : at(row - 1, col).control);
        pe.out_above(row < lanes ? no_sum : at(row - lanes, col).delay[lanes - 1]);
      }
  }
};

class OutputStationaryArray : public SystemCArray {
 public:
  explicit OutputStationaryArray(const ArrayDesign& design)
      : SystemCArray(design), mesh_(build<OutputStationaryMesh>("output_stationary")) {}
  ArrayOutputs outputs() const override {
    ArrayOutputs sums;
    for (std::uint32_t row = design().rows - design().lanes(); row < design().rows; ++row)
      for (std::uint32_t col = 0; col < design().cols; ++col) sums.push_back(pe(row, col).out.read());
    return sums;
  }
  std::vector<RegisterValue> registers(std::uint32_t row, std::uint32_t col) const override {
    return pe(row, col).registers();
  }

 private:
  const OutputStationaryPe& pe(std::uint32_t row, std::uint32_t col) const {
    return mesh_.pes[std::size_t{row} * design().cols + col];
  }
  const OutputStationaryMesh& mesh_;
};

}  // namespace

std::unique_ptr<RegisterArray> make_output_stationary_array(const ArrayDesign& design) {
  return std::make_unique<OutputStationaryArray>(design);
}

}  // namespace nnp::sim
