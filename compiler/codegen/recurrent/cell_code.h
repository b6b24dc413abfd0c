// SPDX-License-Identifier: Apache-2.0
// What a cell does with a step's gates, as vector instructions: docs/guide/numerics.md, row by row. Results
// overwrite gates that are no longer needed.
#pragma once

#include <memory>

#include "compiler/codegen/recurrent/recurrent_code.h"
#include "compiler/ir/quantized_recurrent.h"

namespace nnp::compiler {

class CellCode {
 public:
  virtual ~CellCode() = default;
  /// Loads the cell state; `zeros`: as many zeros in device memory as it has bytes.
  virtual void load_state(Address zeros) { static_cast<void>(zeros); }
  /// Tables and numbers that all steps need.
  virtual void stage_tables() {}
  /// GRU that multiplies r * h: once the gates z and r are drained.
  virtual void reset(StepOperand before) { static_cast<void>(before); }
  virtual Address reset_place() const { return 0; }
  /// h of this step, from the gates and h of the one before.
  virtual void step(StepOperand before, StepOperand after) = 0;
  /// Behind the last step: outputs other than h.
  virtual void finish() {}
};

/// Each takes the staging area of its state. `params` is read where values are codes; `gates` is where the
/// sums drain to.
std::unique_ptr<CellCode> make_lstm_cell(LayerEmitter&, const RecurrentLayout&, const ir::RecurrentParams&,
                                         Address gates);
std::unique_ptr<CellCode> make_gru_cell(LayerEmitter&, const RecurrentLayout&, const ir::RecurrentParams&,
                                        Address gates);
std::unique_ptr<CellCode> make_rnn_cell(LayerEmitter&, const RecurrentLayout&, const ir::RecurrentParams&,
                                        Address gates);

/// Gate `index` of a step.
inline StepOperand gate_at(const RecurrentLayout& layout, Address gates, std::int64_t index) {
  return {gates + static_cast<Bytes>(index * layout.shape.hidden) * layout.element, layout.row_gates,
          layout.kept};
}

}  // namespace nnp::compiler
