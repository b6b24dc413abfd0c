// SPDX-License-Identifier: Apache-2.0
// LSTM: i, o, f = sigmoid; g = tanh; c = f c + i g; h = o tanh(c).
#include "compiler/codegen/recurrent/cell_code.h"

namespace nnp::compiler {
namespace {

using numerics::BinaryFunction;
using numerics::UnaryFunction;

class LstmCell : public CellCode {
 public:
  LstmCell(LayerEmitter& emitter, const RecurrentLayout& layout, const ir::RecurrentParams& params,
           Address gates)
      : e_(emitter), l_(layout), v_(emitter, layout), p_(params), gates_(gates) {
    cell_ = before_ = {e_.stage(l_.cell()), l_.row_cell, l_.kept};
  }

  void load_state(Address zeros) override {
    const ir::ValueId initial = operand(e_.node.inputs, ir::recurrent_input::kInitialC);
    if (initial == ir::kNoValue) return e_.load(zeros, cell_.address, l_.cell());
    before_ = place_of(initial);
    if (e_.resident(initial)) return;
    // Of another type than the cell it needs a place of its own.
    before_.address = before_.type == l_.kept ? cell_.address : e_.stage(l_.h_step());
    e_.load(e_.address(initial), before_.address, e_.layout(initial).bytes());
  }

  void stage_tables() override {
    if (l_.real) return;
    sigmoid_ = e_.stage_constant(p_.sigmoid);
    tanh_gate_ = e_.stage_constant(p_.tanh_gate);
    tanh_cell_ = e_.stage_constant(p_.tanh_cell);
  }

  void step(StepOperand, StepOperand h) override {
    const std::int64_t n = l_.shape.hidden;
    const StepOperand i = gate(0), o = gate(1), f = gate(2), g = gate(3);
    if (l_.real) {
      v_.apply(UnaryFunction::sigmoid, i, i, 3 * n);
      v_.apply(UnaryFunction::tanh, g, g, n);
      v_.combine(BinaryFunction::mul, cell_, f, before_);
      v_.combine(BinaryFunction::mul, i, i, g);
      v_.combine(BinaryFunction::add, cell_, cell_, i);
      v_.apply(UnaryFunction::tanh, g, cell_, n);
      v_.combine(BinaryFunction::mul, h, o, g);
    } else {
      v_.table(i, i, sigmoid_, 3 * n);
      v_.table(g, g, tanh_gate_, n);
      v_.mul(cell_, f, before_, {p_.gate});
      v_.mul(i, i, g, {p_.cell_from_input});
      v_.add(cell_, cell_, i, ir::type_range(ir::DType::s16));
      v_.table(g, cell_, tanh_cell_, n);
      v_.mul(h, o, g, {p_.hidden});
    }
    before_ = cell_;
  }

  void finish() override {
    const ir::ValueId last = operand(e_.node.outputs, ir::recurrent_output::kLastC);
    if (last == ir::kNoValue) return;
    StepOperand result = place_of(last);
    if (!e_.resident(last)) result.address = result.type == l_.kept ? cell_.address : gates_;
    if (result.type != l_.kept)
      v_.apply(UnaryFunction::identity, result, cell_, l_.shape.hidden);
    else if (e_.resident(last))
      v_.move(result, cell_);
    if (!e_.resident(last)) e_.store(result.address, e_.address(last), e_.layout(last).bytes());
  }

 private:
  static ir::ValueId operand(const std::vector<ir::ValueId>& ids, std::size_t i) {
    return i < ids.size() ? ids[i] : ir::kNoValue;
  }
  StepOperand gate(std::int64_t index) const { return gate_at(l_, gates_, index); }
  StepOperand place_of(ir::ValueId id) {
    return {e_.resident(id) ? e_.address(id) : 0, e_.layout(id).pixel_bytes,
            ir::element_type(e_.value(id).type)};
  }

  LayerEmitter& e_;
  const RecurrentLayout& l_;
  StepVector v_;
  const ir::RecurrentParams& p_;
  Address gates_;
  StepOperand cell_{}, before_{};  // before_: c of the step before
  Address sigmoid_ = 0, tanh_gate_ = 0, tanh_cell_ = 0;
};

}  // namespace

std::unique_ptr<CellCode> make_lstm_cell(LayerEmitter& emitter, const RecurrentLayout& layout,
                                         const ir::RecurrentParams& params, Address gates) {
  return std::make_unique<LstmCell>(emitter, layout, params, gates);
}

}  // namespace nnp::compiler
