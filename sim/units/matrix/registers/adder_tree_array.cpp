// SPDX-License-Identifier: Apache-2.0
// The adder tree, as in NVDLA's MAC cells: one column of PEs a kernel. A row of activations reaches all PEs
// in the same cycle; a column multiplies it with its weights and adds the products in a tree.
//
// The tree's levels are spread over tree_registers - 1 ranks of registers behind the products' own, as evenly
// as they go; with one rank, products and tree are one piece of logic. Weights are double buffered: they
// shift into shadow registers `lanes` rows a cycle, all columns at once, and swap in together.
#include <bit>

#include <fmt/format.h>

#include "sim/units/matrix/registers/arrays.h"
#include "sim/units/matrix/registers/systemc_array.h"

namespace nnp::sim {
namespace {

using Rank = sc_core::sc_vector<sc_core::sc_signal<std::int32_t>>;

/// Adds pairs, `levels` times; an odd one out goes on as it is.
std::vector<std::int32_t> add_pairs(std::vector<std::int32_t> values, std::uint32_t levels) {
  for (; levels > 0; --levels) {
    std::vector<std::int32_t> sums;
    for (std::size_t i = 0; i < values.size(); i += 2)
      sums.push_back(i + 1 < values.size() ? wrapping_sum(values[i], values[i + 1]) : values[i]);
    values = std::move(sums);
  }
  return values;
}

/// One kernel: a column of multipliers and its tree.
struct TreeCell : sc_core::sc_module {
  sc_core::sc_in<bool> clock{"clock"}, reset{"reset"};
  sc_core::sc_vector<sc_core::sc_in<Operand>> left;  // [rows]
  sc_core::sc_in<Control> control{"control"};
  sc_core::sc_vector<sc_core::sc_in<std::int16_t>> load;  // [lanes]

  sc_core::sc_vector<sc_core::sc_signal<std::int16_t>> active, shadow;  // [rows]
  sc_core::sc_vector<Rank> ranks;                                       // products, then partial sums
  sc_core::sc_vector<sc_core::sc_signal<bool>> valid;                   // [ranks]

  SC_HAS_PROCESS(TreeCell);
  TreeCell(const sc_core::sc_module_name& name, const ArrayDesign& design)
      : sc_core::sc_module(name),
        left("left", design.rows),
        load("load", design.lanes()),
        active("active", design.rows),
        shadow("shadow", design.rows),
        ranks("rank", design.tree_registers),
        valid("valid", design.tree_registers),
        levels_(static_cast<std::uint32_t>(std::bit_width(design.rows - 1))) {
    std::vector<std::int32_t> width(design.rows);
    for (std::uint32_t rank = 0; rank < ranks.size(); ++rank) {
      width = add_pairs(width, levels_before(rank));
      ranks[rank].init(width.size());
    }
    SC_METHOD(edge);
    sensitive << clock.pos();
    dont_initialize();
  }

  /// Levels of the tree in the logic before rank `rank`.
  std::uint32_t levels_before(std::uint32_t rank) const {
    const auto adding = static_cast<std::uint32_t>(ranks.size()) - 1;
    if (adding == 0) return levels_;
    return rank == 0 ? 0 : levels_ * rank / adding - levels_ * (rank - 1) / adding;
  }

  void edge() {
    if (reset.read()) {
      for (auto* row : {&active, &shadow})
        for (auto& value : *row) value = 0;
      for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
        valid[rank] = false;
        for (auto& value : ranks[rank]) value = 0;
      }
      return;
    }
    std::vector<std::int32_t> values;
    bool row_valid = true;
    const Control now = control.read();
    for (std::size_t row = 0; row < left.size(); ++row) {
      const Operand operand = left[row].read();
      const std::int16_t weight = now.first ? shadow[row].read() : active[row].read();
      active[row] = weight;
      if (now.shift) shadow[row] = row < load.size() ? load[row].read() : shadow[row - load.size()].read();
      values.push_back(operand.valid ? product(operand, weight) : 0);
      row_valid = row_valid && operand.valid;
    }
    for (std::uint32_t rank = 0; rank < ranks.size(); ++rank) {
      values = add_pairs(std::move(values), levels_before(rank));
      std::vector<std::int32_t> next;  // what the rank held is what the next rank's logic sees
      for (const auto& value : ranks[rank]) next.push_back(value.read());
      for (std::size_t i = 0; i < values.size(); ++i) ranks[rank][i] = values[i];
      values = std::move(next);
      const bool next_valid = valid[rank].read();
      valid[rank] = row_valid;
      row_valid = next_valid;
    }
  }

  Sum out() const { return {valid[valid.size() - 1].read(), ranks[ranks.size() - 1][0].read()}; }

  /// The PE's own weights, and of each rank the register that is in its row; ranks get shorter downstream.
  std::vector<RegisterValue> registers(std::uint32_t row) const {
    std::vector<RegisterValue> values{{"active", active[row].read()}, {"shadow", shadow[row].read()}};
    for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
      if (row >= ranks[rank].size()) break;
      values.push_back({fmt::format("rank{}", rank), ranks[rank][row].read()});
      if (row == 0) values.push_back({fmt::format("rank{}_valid", rank), valid[rank].read()});
    }
    return values;
  }

 private:
  std::uint32_t levels_;
};

struct AdderTree : sc_core::sc_module {
  sc_core::sc_vector<TreeCell> cells;

  AdderTree(const sc_core::sc_module_name& name, const ArrayDesign& design, ArrayWires& wires)
      : sc_core::sc_module(name), cells("cell") {
    cells.init(design.cols,
               [&](const char* cell_name, std::size_t) { return new TreeCell(cell_name, design); });
    for (std::uint32_t col = 0; col < design.cols; ++col) {
      TreeCell& cell = cells[col];
      cell.clock(wires.clock);
      cell.reset(wires.reset);
      cell.control(wires.control[col]);
      for (std::uint32_t row = 0; row < design.rows; ++row) cell.left[row](wires.left[row]);
      for (std::uint32_t lane = 0; lane < design.lanes(); ++lane)
        cell.load[lane](wires.load[std::size_t{lane} * design.cols + col]);
    }
  }
};

class AdderTreeArray : public SystemCArray {
 public:
  explicit AdderTreeArray(const ArrayDesign& design)
      : SystemCArray(design), tree_(build<AdderTree>("adder_tree")) {}
  ArrayOutputs outputs() const override {
    ArrayOutputs sums;
    for (const TreeCell& cell : tree_.cells) sums.push_back(cell.out());
    return sums;
  }
  std::vector<RegisterValue> registers(std::uint32_t row, std::uint32_t col) const override {
    return tree_.cells[col].registers(row);
  }

 private:
  const AdderTree& tree_;
};

}  // namespace

std::unique_ptr<RegisterArray> make_adder_tree_array(const ArrayDesign& design) {
  return std::make_unique<AdderTreeArray>(design);
}

}  // namespace nnp::sim
