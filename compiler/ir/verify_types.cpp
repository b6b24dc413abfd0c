// SPDX-License-Identifier: Apache-2.0
// verify(): element types and quantisation. A node is wholly float or has one of the integer meanings of
// docs/guide/numerics.md.
#include "compiler/ir/quantized.h"
#include "compiler/ir/recurrent.h"
#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

bool same_quant(const Value& a, const Value& b) {
  return a.type == b.type && a.quant && b.quant && a.quant->scale == b.quant->scale &&
         a.quant->zero_point == b.quant->zero_point && a.quant->axis == b.quant->axis;
}

bool needs_quant(const Value& value, Faults& faults) {
  if (value.quant && !value.quant->scale.empty()) return true;
  faults.add("'{}' is {} without a scale", value.name, to_string(value.type));
  return false;
}

/// A quantised activation: one scale for all.
bool activation(const Value& value, Faults& faults) {
  if (!is_quantized(value.type)) {
    faults.add("'{}' is {} beside integer operands", value.name, to_string(value.type));
    return false;
  }
  if (!needs_quant(value, faults)) return false;
  if (value.quant->axis >= 0)
    faults.add("'{}' has scales per channel, which only weights may have", value.name);
  return value.quant->axis < 0;
}

void weights(const Value& value, std::int32_t channel_axis, Faults& faults) {
  if (value.type != DType::s8 || !value.constant) {
    faults.add("weights '{}' must be a constant of s8, not {}", value.name, to_string(value.type));
    return;
  }
  if (!needs_quant(value, faults)) return;
  if (value.quant->zero_point != 0) faults.add("weights '{}' need zero point 0", value.name);
  if (value.quant->axis >= 0 && value.quant->axis != channel_axis) {
    faults.add("weights '{}' have scales along axis {}, expected {}", value.name, value.quant->axis,
               channel_axis);
  }
}

void bias(const Value* value, std::uint64_t channels, Faults& faults) {
  if (value == nullptr) return;
  if (value->type != DType::i32 || !value->constant) {
    faults.add("bias '{}' must be a constant of i32, not {}", value->name, to_string(value->type));
    return;
  }
  const auto count = checked_element_count(value->shape);
  if (count != 1 && count != channels)
    faults.add("bias '{}' has {} elements, not {}", value->name, *count, channels);
}

void check_product(const Operands& operands, Faults& faults) {
  const Value& w = *operands.input(1);
  const std::size_t rank = w.shape.size();
  std::size_t axis = 0;
  if (operands.node.op == Op::gemm) {
    const auto& attributes = std::get<GemmAttributes>(operands.node.attributes);
    if (attributes.alpha != 1 || attributes.beta != 1 || attributes.transpose_a) {
      faults.add("an integer Gemm has alpha = beta = 1 and a left side as it is");
    }
    axis = attributes.transpose_b ? 0 : 1;
  } else if (operands.node.op == Op::matmul && !w.constant) {
    // A right side that is computed: no zero points, as no correction can be folded into a bias.
    if (!activation(w, faults)) return;
    if (w.type != DType::s8 || w.quant->zero_point != 0 || operands.input(0)->quant->zero_point != 0)
      faults.add("a product of two activations needs zero points 0 and s8 on the right, '{}' is {}", w.name,
                 to_string(w.type));
    return;
  } else if (operands.node.op == Op::matmul) {
    if (rank != 2) {
      faults.add("integer weights '{}' have rank {}, expected 2", w.name, rank);
      return;
    }
    axis = 1;
  }
  weights(w, static_cast<std::int32_t>(axis), faults);
  bias(operands.input(2), static_cast<std::uint64_t>(w.shape[axis]), faults);
}

void check_function(const Operands& operands, Faults& faults) {
  const Value &x = *operands.input(0), &y = *operands.output(0);
  if (x.type != DType::s16 && y.type != DType::s16) return;
  const bool smooth = operands.node.op == Op::sigmoid || operands.node.op == Op::tanh;
  if (!smooth || x.type != y.type) {
    faults.add("{} to {} is not defined; 8 bit, or Sigmoid and Tanh of 16 bit, are", to_string(x.type),
               to_string(y.type));
  } else if (x.quant->zero_point != 0 || y.quant->zero_point != 0) {
    faults.add("16-bit tables need zero point 0");
  }
}

void check_recurrent(const Operands& operands, Faults& faults) {
  using namespace recurrent_input;
  using namespace recurrent_output;
  const Value& x = *operands.input(kX);
  if (x.type != DType::s16 || x.quant->zero_point != 0)
    faults.add("'{}' must be s16 with zero point 0", x.name);
  for (const Value* h : {operands.input(kInitialH), operands.output(kY), operands.output(kLastH)}) {
    if (h != nullptr && !same_quant(x, *h))
      faults.add("'{}' must share type and scale with '{}'", h->name, x.name);
  }
  const Value &w = *operands.input(kW), &r = *operands.input(kR);
  weights(w, 1, faults);
  weights(r, 1, faults);
  if (w.quant && r.quant && w.quant->scale != r.quant->scale)
    faults.add("W and R need the same scale in each row");
  if (const Value* b = operands.input(kBias)) bias(b, *checked_element_count(b->shape), faults);
  const auto* lstm = std::get_if<LstmAttributes>(&operands.node.attributes);
  if (lstm == nullptr) return;
  if (!(lstm->cell_scale > 0)) faults.add("the cell state has no scale");
  for (const Value* c : {operands.input(kInitialC), operands.output(kLastC)}) {
    if (c == nullptr) continue;
    if (c->type != DType::s16 || !c->quant || c->quant->scale != std::vector<float>{lstm->cell_scale} ||
        c->quant->zero_point != 0)
      faults.add("cell state '{}' must be s16 at the cell's scale {}", c->name, lstm->cell_scale);
  }
  if (const Value* p = operands.input(kPeepholes);
      p != nullptr && (p->type != DType::s16 || !p->quant || p->quant->scale.size() != 1 ||
                       p->quant->zero_point != 0 || !p->constant))
    faults.add("peepholes '{}' must be constant s16 with one scale and zero point 0", p->name);
}

void check_integer(const Operands& operands, Faults& faults) {
  const Value& x = *operands.input(0);
  if (!activation(x, faults)) return;
  for (std::size_t i = 0; i < operands.node.outputs.size(); ++i) {
    if (const Value* y = operands.output(i); y != nullptr && !activation(*y, faults)) return;
  }
  switch (operands.node.op) {
    case Op::conv:
    case Op::gemm:
    case Op::matmul:
      return check_product(operands, faults);
    case Op::lstm:
    case Op::gru:
    case Op::rnn:
      return check_recurrent(operands, faults);
    case Op::add:
    case Op::mul:
      activation(*operands.input(1), faults);
      return;
    case Op::relu:
    case Op::clip:
    case Op::sigmoid:
    case Op::tanh:
      return check_function(operands, faults);
    case Op::average_pool:
    case Op::global_average_pool:
      return;
    case Op::max_pool:
    case Op::reshape:
    case Op::flatten:
    case Op::squeeze:
    case Op::unsqueeze:
    case Op::transpose:
    case Op::identity:
    case Op::concat:
    case Op::slice:
    case Op::pad:
    case Op::expand:
    case Op::resize:
      for (std::size_t i = 0; i < (operands.node.op == Op::concat ? operands.node.inputs.size() : 1); ++i)
        if (!same_quant(*operands.input(i), *operands.output(0)))
          faults.add("codes only move: type, scale and zero point must stay");
      return;
    default:
      faults.add("the operator has no integer meaning");
  }
}

bool has_weights(Op op) { return op == Op::conv || op == Op::gemm || op == Op::matmul || is_recurrent(op); }

/// Operators that only move elements, and families the host has for every type: plain integers may pass.
bool takes_plain_integers(Op op) {
  switch (op) {
    case Op::add:
    case Op::mul:
    case Op::unary:
    case Op::binary:
    case Op::reduce:
    case Op::relu:
    case Op::clip:
    case Op::reshape:
    case Op::flatten:
    case Op::squeeze:
    case Op::unsqueeze:
    case Op::transpose:
    case Op::identity:
    case Op::gather:
    case Op::concat:
    case Op::slice:
    case Op::pad:
    case Op::expand:
    case Op::where:
    case Op::resize:
      return true;
    default:
      return false;
  }
}

/// Whether any operand has codes: their type, and a scale.
bool has_codes(const Operands& operands) {
  const auto is_code = [](const Value* value) {
    return value != nullptr && is_quantized(value->type) && value->quant.has_value();
  };
  for (std::size_t i = 0; i < operands.node.inputs.size(); ++i) {
    if (is_code(operands.input(i))) return true;
  }
  return is_code(operands.output(0));
}

void check_where(const Operands& operands, Faults& faults) {
  const Value &a = *operands.input(1), &b = *operands.input(2), &y = *operands.output(0);
  if (operands.input(0)->type != DType::b8)
    faults.add("condition '{}' is {}, not b8", operands.input(0)->name, to_string(operands.input(0)->type));
  if (a.type != b.type || a.type != y.type)
    faults.add("{} or {} gives {}", to_string(a.type), to_string(b.type), to_string(y.type));
}

/// Codes beside reals: every operand that is codes has one scale.
void check_reals(const Operands& operands, Faults& faults) {
  for (std::size_t i = 0; i < operands.node.inputs.size(); ++i)
    if (const Value* x = operands.input(i); x != nullptr && is_quantized(x->type)) activation(*x, faults);
  for (std::size_t i = 0; i < operands.node.outputs.size(); ++i)
    if (const Value* y = operands.output(i); y != nullptr && is_quantized(y->type)) activation(*y, faults);
}

void check_float(const Operands& operands, Faults& faults) {
  if (operands.node.op == Op::where) return check_where(operands, faults);
  // Of two operands of reals one may be a constant of floats.
  const bool is_second = operands.node.op == Op::binary && operands.input(0)->constant;
  const Value &x = *operands.input(is_second ? 1 : 0), *y = operands.output(0);
  const bool plain = takes_plain_integers(operands.node.op) && !has_codes(operands);
  for (std::size_t i = 0; i < operands.node.inputs.size(); ++i) {
    if (const Value* input = operands.input(i); input != nullptr && is_quantized(input->type) && !plain) {
      faults.add("'{}' is {} beside float operands", input->name, to_string(input->type));
    }
  }
  if (y != nullptr && y->type != x.type) {
    faults.add("'{}' is {}, the result {}", x.name, to_string(x.type), to_string(y->type));
  }
  if (x.type == DType::bf16 && operands.node.inputs.size() > 1 && has_weights(operands.node.op) &&
      operands.input(1)->type != DType::bf16) {
    faults.add("'{}' is bf16, its other operand '{}' {}", x.name, operands.input(1)->name,
               to_string(operands.input(1)->type));
  }
  if (operands.node.op == Op::gather && operands.input(1)->type != DType::i64 &&
      operands.input(1)->type != DType::i32) {
    faults.add("indices '{}' are {}, not integers", operands.input(1)->name,
               to_string(operands.input(1)->type));
  }
}

}  // namespace

void check_types(const Operands& operands, Faults& faults) {
  if (operands.node.op == Op::onnx) return;
  const Value &x = *operands.input(0), *y = operands.output(0);
  const bool from = is_quantized(x.type), to = y != nullptr && is_quantized(y->type);
  if (operands.node.op == Op::quantize_linear) {
    if (x.type != DType::f32 || !to) {
      faults.add("{} to {}: it makes codes of f32", to_string(x.type), to_string(y->type));
    } else {
      needs_quant(*y, faults);
    }
  } else if (operands.node.op == Op::dequantize_linear) {
    if ((!from && x.type != DType::i32) || y->type != DType::f32) {
      faults.add("{} to {}: it makes f32 of codes", to_string(x.type), to_string(y->type));
    } else {
      needs_quant(x, faults);
    }
  } else if (operands.node.op == Op::cast) {
    const auto fits = [&](const Value& value) {
      return value.type == DType::f32 || value.type == DType::bf16 ||
             (is_quantized(value.type) && activation(value, faults));
    };
    if (!fits(x) || !fits(*y))
      faults.add("{} to {}: it converts f32, bf16 and codes", to_string(x.type), to_string(y->type));
  } else if (has_codes(operands) && by_reals(operands.graph, operands.node)) {
    check_reals(operands, faults);
  } else if ((from || to) && (has_codes(operands) || !takes_plain_integers(operands.node.op))) {
    check_integer(operands, faults);
  } else {
    check_float(operands, faults);
  }
}

}  // namespace nnp::ir
