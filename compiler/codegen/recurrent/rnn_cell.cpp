// SPDX-License-Identifier: Apache-2.0
// RNN: h = tanh(W x + R h).
#include "compiler/codegen/recurrent/cell_code.h"

namespace nnp::compiler {
namespace {

class RnnCell : public CellCode {
 public:
  RnnCell(LayerEmitter& emitter, const RecurrentLayout& layout, const ir::RecurrentParams& params,
          Address gates)
      : e_(emitter), l_(layout), v_(emitter, layout), p_(params), gates_(gates) {}

  void stage_tables() override {
    if (!l_.real) tanh_ = e_.stage_constant(p_.tanh_gate);
  }
  void step(StepOperand, StepOperand after) override {
    const StepOperand sum = gate_at(l_, gates_, 0);
    if (l_.real)
      v_.apply(numerics::UnaryFunction::tanh, after, sum, l_.shape.hidden);
    else
      v_.table(after, sum, tanh_, l_.shape.hidden);
  }

 private:
  LayerEmitter& e_;
  const RecurrentLayout& l_;
  StepVector v_;
  const ir::RecurrentParams& p_;
  Address gates_, tanh_ = 0;
};

}  // namespace

std::unique_ptr<CellCode> make_rnn_cell(LayerEmitter& emitter, const RecurrentLayout& layout,
                                        const ir::RecurrentParams& params, Address gates) {
  return std::make_unique<RnnCell>(emitter, layout, params, gates);
}

}  // namespace nnp::compiler
