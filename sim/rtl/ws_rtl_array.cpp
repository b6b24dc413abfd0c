// SPDX-License-Identifier: Apache-2.0
#include "sim/rtl/ws_rtl_array.h"

#include <fmt/format.h>

#include <stdexcept>

#include "Vws_array_1x1_1.h"
#include "Vws_array_1x1_1___024root.h"
#include "Vws_array_3x5_2.h"
#include "Vws_array_3x5_2___024root.h"
#include "Vws_array_4x3_1.h"
#include "Vws_array_4x3_1___024root.h"
#include "Vws_array_8x8_1.h"
#include "Vws_array_8x8_1___024root.h"
#include "Vws_array_8x8_4.h"
#include "Vws_array_8x8_4___024root.h"
#include "sim/units/matrix/registers/systemc_array.h"

namespace nnp::rtl {
namespace {

using sim::ArrayDesign;

/// A verilated array and the wires to its ports: splits our structs into the ports' bits.
template <typename Verilated>
class RtlModule : public sc_core::sc_module {
 public:
  SC_HAS_PROCESS(RtlModule);
  RtlModule(const sc_core::sc_module_name& name, const ArrayDesign& design, sim::ArrayWires& wires)
      : sc_core::sc_module(name),
        wires_(wires),
        left_valid_("left_valid", design.rows),
        left_high_("left_high", design.rows),
        left_value_("left_value", design.rows),
        shift_("shift", design.cols),
        first_("first", design.cols),
        load_("load", wires.load.size()),
        sum_valid_("sum_valid", design.cols),
        sum_value_("sum_value", design.cols) {
    rtl_.clk(wires.clock);
    rtl_.rst(wires.reset);
    bind(rtl_.left_valid, left_valid_), bind(rtl_.left_high, left_high_), bind(rtl_.left_value, left_value_);
    bind(rtl_.shift, shift_), bind(rtl_.first, first_), bind(rtl_.load, load_);
    bind(rtl_.sum_valid, sum_valid_), bind(rtl_.sum_value, sum_value_);
    SC_METHOD(split);
    for (const auto& wire : wires.left) sensitive << wire;
    for (const auto& wire : wires.control) sensitive << wire;
    for (const auto& wire : wires.load) sensitive << wire;
  }

  sim::ArrayOutputs outputs() const {
    sim::ArrayOutputs sums;
    for (std::size_t col = 0; col < sum_valid_.size(); ++col)
      sums.push_back({sum_valid_[col].read(), static_cast<std::int32_t>(sum_value_[col].read())});
    return sums;
  }

  /// The registers that ws_array.sv makes public, under the names of the register-level array.
  std::vector<sim::RegisterValue> registers(std::uint32_t row, std::uint32_t col) const {
    const auto& root = *rtl_.rootp;
    std::vector<sim::RegisterValue> values{
        {"moving", signed_bits(root.ws_array__DOT__pe_moving[row][col], 9)},
        {"moving_valid", root.ws_array__DOT__pe_valid[row][col]},
        {"shift", root.ws_array__DOT__pe_shift[row][col]},
        {"first", root.ws_array__DOT__pe_first[row][col]},
        {"active", signed_bits(root.ws_array__DOT__pe_active[row][col], 8)},
        {"shadow", signed_bits(root.ws_array__DOT__pe_shadow[row][col], 8)},
        {"sum", signed_bits(root.ws_array__DOT__pe_sum[row][col], 32)},
        {"sum_valid", root.ws_array__DOT__pe_sum_ok[row][col]}};
    const std::size_t lanes = load_.size() / shift_.size();
    for (std::size_t stage = 0; stage < lanes; ++stage)
      values.push_back(
          {fmt::format("delay{}", stage), signed_bits(root.ws_array__DOT__pe_delay[row][col][stage], 8)});
    return values;
  }

 private:
  template <typename Ports, typename Signals>
  static void bind(Ports& ports, Signals& signals) {
    for (std::size_t i = 0; i < signals.size(); ++i) ports[i](signals[i]);
  }
  static std::int64_t signed_bits(std::uint32_t bits, unsigned width) {
    const std::int64_t range = std::int64_t{1} << width;
    return bits >= range / 2 ? bits - range : bits;
  }
  void split() {
    for (std::size_t row = 0; row < left_valid_.size(); ++row) {
      const sim::Operand& operand = wires_.left[row].read();
      left_valid_[row] = operand.valid;
      left_high_[row] = operand.part == sim::Part::high;
      left_value_[row] = static_cast<std::uint32_t>(operand.value) & 0x1FF;
    }
    for (std::size_t col = 0; col < shift_.size(); ++col) {
      shift_[col] = wires_.control[col].read().shift;
      first_[col] = wires_.control[col].read().first;
    }
    for (std::size_t i = 0; i < load_.size(); ++i)
      load_[i] = static_cast<std::uint32_t>(wires_.load[i].read()) & 0xFF;
  }

  sim::ArrayWires& wires_;
  Verilated rtl_{"rtl"};
  sc_core::sc_vector<sc_core::sc_signal<bool>> left_valid_, left_high_;
  sc_core::sc_vector<sc_core::sc_signal<std::uint32_t>> left_value_;
  sc_core::sc_vector<sc_core::sc_signal<bool>> shift_, first_;
  sc_core::sc_vector<sc_core::sc_signal<std::uint32_t>> load_;
  sc_core::sc_vector<sc_core::sc_signal<bool>> sum_valid_;
  sc_core::sc_vector<sc_core::sc_signal<std::uint32_t>> sum_value_;
};

template <typename Verilated>
class WsRtlArray : public sim::SystemCArray {
 public:
  explicit WsRtlArray(const ArrayDesign& design)
      : SystemCArray(design), module_(build<RtlModule<Verilated>>("ws_array")) {}
  sim::ArrayOutputs outputs() const override { return module_.outputs(); }
  std::vector<sim::RegisterValue> registers(std::uint32_t row, std::uint32_t col) const override {
    return module_.registers(row, col);
  }

 private:
  const RtlModule<Verilated>& module_;
};

template <typename Verilated>
std::unique_ptr<sim::RegisterArray> make(const ArrayDesign& design) {
  return std::make_unique<WsRtlArray<Verilated>>(design);
}

struct Size {
  std::uint32_t rows, cols, lanes;
  std::unique_ptr<sim::RegisterArray> (*make)(const ArrayDesign&);
};

// The sizes of CMakeLists.txt.
constexpr Size kSizes[] = {{1, 1, 1, make<Vws_array_1x1_1>},
                           {4, 3, 1, make<Vws_array_4x3_1>},
                           {3, 5, 2, make<Vws_array_3x5_2>},
                           {8, 8, 1, make<Vws_array_8x8_1>},
                           {8, 8, 4, make<Vws_array_8x8_4>}};

std::string sizes() {
  std::string text;
  for (const Size& size : kSizes)
    text += fmt::format("{}{} x {}, {}", text.empty() ? "" : "; ", size.rows, size.cols, size.lanes);
  return text;
}

}  // namespace

std::vector<ArrayDesign> ws_rtl_designs() {
  std::vector<ArrayDesign> designs;
  for (const Size& size : kSizes) {
    ArrayDesign& design = designs.emplace_back();
    design.rows = size.rows, design.cols = size.cols, design.shift_rows_per_cycle = size.lanes;
  }
  return designs;
}

std::unique_ptr<sim::RegisterArray> make_ws_rtl_array(const ArrayDesign& design) {
  for (const Size& size : kSizes)
    if (design.dataflow == sim::Dataflow::weight_stationary && design.rows == size.rows &&
        design.cols == size.cols && design.lanes() == size.lanes)
      return size.make(design);
  throw std::invalid_argument(
      fmt::format("ws_array.sv was not verilated for {} x {} PEs, {} rows of weights a cycle, but for {}",
                  design.rows, design.cols, design.lanes(), sizes()));
}

}  // namespace nnp::rtl
