// SPDX-License-Identifier: Apache-2.0
// GRU: z, r = sigmoid; n = tanh(W x + r (R h)), or tanh(W x + R (r h)); h = (1 - z) n + z h.
#include "compiler/codegen/recurrent/cell_code.h"

namespace nnp::compiler {
namespace {

using numerics::BinaryFunction;
using numerics::UnaryFunction;

constexpr std::int32_t kOne = 32768;  // 1 as a code of ir::kGateOutScale

class GruCell : public CellCode {
 public:
  GruCell(LayerEmitter& emitter, const RecurrentLayout& layout, const ir::RecurrentParams& params,
          Address gates)
      : e_(emitter), l_(layout), v_(emitter, layout), p_(params), gates_(gates) {
    if (!l_.shape.resets_after) reset_ = {e_.stage(l_.h_step()), l_.h.pixel_bytes, l_.value};
  }

  Address reset_place() const override { return reset_.address; }

  void stage_tables() override {
    if (l_.real) {
      one_ = e_.stage_constant(std::vector<float>{1.0f});
      return;
    }
    sigmoid_ = e_.stage_constant(p_.sigmoid);
    tanh_ = e_.stage_constant(p_.tanh_gate);
  }

  void reset(StepOperand before) override {
    activate_gates();
    if (l_.real)
      v_.combine(BinaryFunction::mul, reset_, gate(1), before);
    else
      v_.mul(reset_, gate(1), before, {p_.gate});
  }

  void step(StepOperand before, StepOperand after) override {
    const std::int64_t width = l_.shape.hidden;
    const StepOperand z = gate(0), r = gate(1), n = gate(2), linear = gate(3);
    if (l_.shape.resets_after) activate_gates();
    if (l_.real) {
      if (l_.shape.resets_after) {
        v_.combine(BinaryFunction::mul, linear, r, linear);
        v_.combine(BinaryFunction::add, n, n, linear);
      }
      v_.apply(UnaryFunction::tanh, n, n, width);
      v_.one_minus(r, z, one_);
      v_.combine(BinaryFunction::mul, n, r, n);
      v_.combine(BinaryFunction::mul, z, z, before);
      v_.combine(BinaryFunction::add, after, n, z);
      return;
    }
    if (l_.shape.resets_after) {
      v_.mul(linear, r, linear, {p_.gate});
      v_.add(n, n, linear, ir::type_range(ir::DType::s16));
    }
    v_.table(n, n, tanh_, width);
    v_.mul(n, z, n, {-p_.hidden, kOne});  // (1 - z) n
    v_.mul(z, z, before, {p_.gate});
    v_.add(after, n, z, p_.hidden_range);
  }

 private:
  StepOperand gate(std::int64_t index) const { return gate_at(l_, gates_, index); }
  void activate_gates() {
    const StepOperand z = gate(0);
    if (l_.real)
      v_.apply(UnaryFunction::sigmoid, z, z, 2 * l_.shape.hidden);
    else
      v_.table(z, z, sigmoid_, 2 * l_.shape.hidden);
  }

  LayerEmitter& e_;
  const RecurrentLayout& l_;
  StepVector v_;
  const ir::RecurrentParams& p_;
  Address gates_;
  StepOperand reset_{};
  Address sigmoid_ = 0, tanh_ = 0, one_ = 0;
};

}  // namespace

std::unique_ptr<CellCode> make_gru_cell(LayerEmitter& emitter, const RecurrentLayout& layout,
                                        const ir::RecurrentParams& params, Address gates) {
  return std::make_unique<GruCell>(emitter, layout, params, gates);
}

}  // namespace nnp::compiler
