// SPDX-License-Identifier: Apache-2.0
// LSTM: i, o, f = sigmoid; g = tanh; c = f c + i g; h = o tanh(c). With peepholes i and f see c of the step
// before, o the new one.
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
    const ir::ValueId initial = ir::operand(e_.node.inputs, ir::recurrent_input::kInitialC);
    if (initial == ir::kNoValue) return e_.load(zeros, cell_.address, l_.cell());
    before_ = place_of(initial);
    if (e_.resident(initial)) return;
    // Of another type than the cell it needs a place of its own.
    before_.address = before_.type == l_.kept ? cell_.address : e_.stage(l_.h_step());
    e_.load(e_.address(initial), before_.address, e_.layout(initial).bytes());
  }

  void stage_tables() override {
    if (l_.peeps) {
      peepholes_ = stage_peepholes();
      seen_ = {e_.stage(l_.cell()), l_.row_cell, l_.kept};
    }
    if (l_.real) return;
    sigmoid_ = e_.stage_constant(p_.sigmoid);
    tanh_gate_ = e_.stage_constant(p_.tanh_gate);
    tanh_cell_ = e_.stage_constant(p_.tanh_cell);
  }

  void step(StepOperand, StepOperand h) override {
    const std::int64_t n = l_.shape.hidden;
    const StepOperand i = gate(0), o = gate(1), f = gate(2), g = gate(3);
    if (l_.peeps) {
      peep(0, before_), peep(2, before_);
      sigmoid(i), sigmoid(f);
    } else {
      sigmoid(i, 3);
    }
    if (l_.real) {
      v_.apply(UnaryFunction::tanh, g, g, n);
      v_.combine(BinaryFunction::mul, cell_, f, before_);
      v_.combine(BinaryFunction::mul, i, i, g);
      v_.combine(BinaryFunction::add, cell_, cell_, i);
      peep_out();
      v_.apply(UnaryFunction::tanh, g, cell_, n);
      v_.combine(BinaryFunction::mul, h, o, g);
    } else {
      v_.table(g, g, tanh_gate_, n);
      v_.mul(cell_, f, before_, {p_.gate});
      v_.mul(i, i, g, {p_.cell_from_input});
      v_.add(cell_, cell_, i, ir::type_range(ir::DType::s16));
      peep_out();
      v_.table(g, cell_, tanh_cell_, n);
      v_.mul(h, o, g, {p_.hidden});
    }
    before_ = cell_;
  }

  void finish() override {
    const ir::ValueId last = ir::operand(e_.node.outputs, ir::recurrent_output::kLastC);
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
  StepOperand gate(std::int64_t index) const { return gate_at(l_, gates_, index); }
  void sigmoid(StepOperand gates, std::int64_t count = 1) const {
    if (l_.real)
      v_.apply(UnaryFunction::sigmoid, gates, gates, count * l_.shape.hidden);
    else
      v_.table(gates, gates, sigmoid_, count * l_.shape.hidden);
  }

  Address stage_peepholes() {
    const ir::Tensor& weights = *e_.value(e_.node.inputs[ir::recurrent_input::kPeepholes]).constant;
    return e_.stage_constant(std::vector<std::uint8_t>(weights.bytes().begin(), weights.bytes().end()));
  }
  /// Adds to gate `which` of i, o, f its peephole times the cell state.
  void peep(std::int64_t which, StepOperand cell) const {
    const StepOperand weights{peepholes_ + static_cast<Bytes>(which * l_.shape.hidden) * l_.element, 0,
                              l_.kept};
    if (l_.real) {
      v_.combine(BinaryFunction::mul, seen_, weights, cell);
      v_.combine(BinaryFunction::add, gate(which), gate(which), seen_);
    } else {
      v_.mul(seen_, weights, cell, {p_.peephole});
      v_.add(gate(which), gate(which), seen_, ir::type_range(ir::DType::s16));
    }
  }
  void peep_out() const {
    if (!l_.peeps) return;
    peep(1, cell_);
    sigmoid(gate(1));
  }

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
  StepOperand seen_{};             // peepholes times c
  Address peepholes_ = 0, sigmoid_ = 0, tanh_gate_ = 0, tanh_cell_ = 0;
};

}  // namespace

std::unique_ptr<CellCode> make_lstm_cell(LayerEmitter& emitter, const RecurrentLayout& layout,
                                         const ir::RecurrentParams& params, Address gates) {
  return std::make_unique<LstmCell>(emitter, layout, params, gates);
}

}  // namespace nnp::compiler
