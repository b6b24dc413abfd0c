// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/recurrent/recurrent_code.h"

#include <limits>

#include "compiler/ir/real.h"

namespace nnp::compiler {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;
using isa::Queue;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

std::int64_t number(isa::ElementType type) { return static_cast<std::int64_t>(type); }

/// As a value [1, B, H] of the given type would lie.
Layout layout_of_step(std::int64_t batch, std::int64_t width, ir::DType type, const isa::ArchSpec& arch) {
  ir::Value value;
  value.type = type, value.shape = {1, batch, width};
  return layout_of(value, arch);
}

}  // namespace

RecurrentLayout::RecurrentLayout(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch)
    : shape(ir::recurrent_shape(graph, node)) {
  const ir::DType type = graph.values[node.inputs[ir::recurrent_input::kX]].type;
  x = layout_of_step(shape.batch, shape.input, type, arch);
  h = layout_of_step(shape.batch, shape.hidden, type, arch);
  peeps = ir::operand(node.inputs, ir::recurrent_input::kPeepholes) != ir::kNoValue;
  real = ir::is_real(type), element = real ? 4 : 2;
  kept = real ? isa::ElementType::f32 : isa::ElementType::s16, value = ir::element_type(type);
  row_cell = round_up<Bytes>(static_cast<Bytes>(shape.hidden) * element, arch.channel_align_bytes);
  row_gates = round_up<Bytes>(static_cast<Bytes>(shape.columns) * element, arch.channel_align_bytes);
}

void StepVector::codes(Opcode opcode, StepOperand dst, StepOperand src0, StepOperand src1,
                       std::int64_t elements, const std::vector<WordValue>& more) const {
  std::vector<WordValue> words{
      word_of(word::types, number(src0.type) | number(src1.type) << 4 | number(dst.type) << 8),
      word_of(word::src0_stride, static_cast<std::int64_t>(src0.stride)),
      word_of(word::src1_stride, static_cast<std::int64_t>(src1.stride)),
      word_of(word::vx_dst_stride, static_cast<std::int64_t>(dst.stride))};
  words.insert(words.end(), more.begin(), more.end());
  e_.builder.emit(Queue::vector, opcode,
                  {{field::vx_dst, static_cast<std::int64_t>(dst.address)},
                   {field::vx_src0, static_cast<std::int64_t>(src0.address)},
                   {field::vx_src1, static_cast<std::int64_t>(src1.address)},
                   {field::vx_x, elements},
                   {field::vx_y, l_.shape.batch}},
                  words);
}

void StepVector::mul(StepOperand dst, StepOperand src0, StepOperand src1, Factor factor) const {
  codes(Opcode::mul, dst, src0, src1, l_.shape.hidden,
        {word_of(word::src0_zero, factor.zero), word_of(word::src1_zero, 0), word_of(word::vx_dst_zero, 0),
         word_of_float(word::src0_scale, factor.scale), word_of_float(word::src1_scale, 1),
         word_of(word::vx_lo, -32768), word_of(word::vx_hi, 32767)});
}

void StepVector::add(StepOperand dst, StepOperand src0, StepOperand src1, numerics::OutputRange range) const {
  codes(Opcode::add, dst, src0, src1, l_.shape.hidden,
        {word_of(word::src0_zero, 0), word_of(word::src1_zero, 0), word_of(word::vx_dst_zero, 0),
         word_of_float(word::src0_scale, 1), word_of_float(word::src1_scale, 1),
         word_of(word::vx_lo, range.lo), word_of(word::vx_hi, range.hi)});
}

void StepVector::table(StepOperand dst, StepOperand src, Address table, std::int64_t elements) const {
  codes(Opcode::lut, dst, src, {table, 0, l_.kept}, elements, {});
}

std::vector<WordValue> StepVector::real_words(StepOperand dst, StepOperand src0, isa::ElementType src1,
                                              int function) const {
  return {word_of(word::types, number(src0.type) | number(src1) << 4 | number(dst.type) << 8),
          word_of(word::src0_stride, static_cast<std::int64_t>(src0.stride)),
          word_of(word::vx_dst_stride, static_cast<std::int64_t>(dst.stride)),
          word_of(word::function, function),
          word_of_float(word::vx_lo, -kInfinity),
          word_of_float(word::vx_hi, kInfinity)};
}

void StepVector::apply(numerics::UnaryFunction function, StepOperand dst, StepOperand src,
                       std::int64_t elements) const {
  e_.builder.emit(Queue::vector, Opcode::apply,
                  {{field::vx_dst, static_cast<std::int64_t>(dst.address)},
                   {field::vx_src0, static_cast<std::int64_t>(src.address)},
                   {field::vx_x, elements},
                   {field::vx_y, l_.shape.batch}},
                  real_words(dst, src, l_.kept, static_cast<int>(function)));
}

void StepVector::combine(numerics::BinaryFunction function, StepOperand dst, StepOperand src0,
                         StepOperand src1, std::uint8_t flags) const {
  std::vector<WordValue> words = real_words(dst, src0, src1.type, static_cast<int>(function));
  words.push_back(word_of(word::src1_stride, static_cast<std::int64_t>(src1.stride)));
  e_.builder.emit(Queue::vector, Opcode::combine,
                  {{field::vx_dst, static_cast<std::int64_t>(dst.address)},
                   {field::vx_src0, static_cast<std::int64_t>(src0.address)},
                   {field::vx_src1, static_cast<std::int64_t>(src1.address)},
                   {field::vx_x, l_.shape.hidden},
                   {field::vx_y, l_.shape.batch}},
                  words, flags);
}

void StepVector::combine(numerics::BinaryFunction function, StepOperand dst, StepOperand src0,
                         StepOperand src1) const {
  combine(function, dst, src0, src1, 0);
}

void StepVector::one_minus(StepOperand dst, StepOperand src, Address one) const {
  combine(numerics::BinaryFunction::sub, dst, {one, 0, isa::ElementType::f32}, src, isa::kFlagScalar0);
}

void StepVector::move(StepOperand dst, StepOperand src) const {
  std::vector<WordValue> words;
  if (l_.shape.batch > 1)
    words = {word_of(word::src_stride_y, static_cast<std::int64_t>(src.stride)),
             word_of(word::dst_stride_y, static_cast<std::int64_t>(dst.stride))};
  e_.builder.emit(Queue::vector, Opcode::move,
                  {{field::vx_dst, static_cast<std::int64_t>(dst.address)},
                   {field::vx_src0, static_cast<std::int64_t>(src.address)},
                   {field::vx_x, l_.shape.hidden * static_cast<std::int64_t>(isa::element_bytes(dst.type))},
                   {field::vx_y, l_.shape.batch},
                   {field::vx_z, 1}},
                  words);
}

}  // namespace nnp::compiler
