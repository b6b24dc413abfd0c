// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_operations.h"

#include <algorithm>

#include "isa/numerics/functions.h"

namespace nnp::test {

namespace field = isa::field;
namespace word = isa::word;
using compiler::word_of;
using compiler::word_of_float;
using isa::ElementType;
using isa::Opcode;
using isa::Queue;

/// A place for `bytes` of data in the buffer; few distinct ones, so that operands meet.
std::int64_t RandomOperations::buffer(std::int64_t bytes) {
  const auto last = static_cast<std::int64_t>(arch_.unified_buffer_bytes) - bytes;
  return std::min<std::int64_t>(static_cast<std::int64_t>(kBufferData) + 4 * pick(0, 600), last / 4 * 4);
}

std::int64_t RandomOperations::device(std::int64_t bytes) {
  const auto page = static_cast<std::int64_t>(kData + kPageStride * static_cast<Bytes>(pick(0, kPages - 1)));
  return page + pick(0, std::max<std::int64_t>(0, static_cast<std::int64_t>(kPageBytes) - bytes));
}

void RandomOperations::constants() {
  builder_.emit(Queue::load, Opcode::load,
                {{field::dram, 0},
                 {field::buffer, 0},
                 {field::run_bytes, static_cast<std::int64_t>(kConstantBytes)},
                 {field::run_y, 1},
                 {field::run_z, 1}},
                {word_of(word::dram_stride_y, 0), word_of(word::buffer_stride_y, 0)});
}

void RandomOperations::host_copy() {
  const bool to_buffer = one_in(2);
  const std::int64_t bytes = pick(1, one_in(3) ? 300 : 60);
  const std::int64_t run = one_in(2) ? pick(1, 9) : 0, stride = run == 0 ? 0 : run + pick(0, 7);
  const std::int64_t spread = run == 0 ? bytes : ceil_div(bytes, run) * stride;
  builder_.emit(Queue::hdma, one_in(2) ? Opcode::h2d : Opcode::d2h,
                {{field::host, pick(0, static_cast<std::int64_t>(kHostBytes) - bytes)},
                 {field::device, to_buffer ? buffer(spread) : device(spread)},
                 {field::host_bytes, bytes},
                 {field::host_run, run},
                 {field::host_stride, stride}},
                {}, to_buffer ? isa::kFlagToBuffer : std::uint8_t{0});
}

void RandomOperations::device_copy() {
  const bool load = one_in(2);
  const std::int64_t x = pick(1, one_in(3) ? 100 : 24), y = pick(1, 4), z = pick(1, 2);
  const std::int64_t dram_y = x + pick(0, 20), dram_z = dram_y * y + pick(0, 40);
  const std::int64_t buffer_y = x + pick(0, 20), buffer_z = buffer_y * y;
  builder_.emit(load ? Queue::load : Queue::store, load ? Opcode::load : Opcode::store,
                {{field::dram, device(dram_z * z)},
                 {field::buffer, buffer(buffer_z * z)},
                 {field::run_bytes, x},
                 {field::run_y, y},
                 {field::run_z, z}},
                {word_of(word::dram_stride_y, dram_y), word_of(word::dram_stride_z, dram_z),
                 word_of(word::buffer_stride_y, buffer_y), word_of(word::buffer_stride_z, buffer_z)});
}

/// At most two strips ahead of the array: with more, the weight queue would fill up behind a full FIFO and
/// keep the array's instruction, which comes later in the stream, from being dispatched.
void RandomOperations::weights() {
  if (strips_.size() == 2) return matmul();
  const Strip strip{pick(1, 22), pick(1, arch_.array_cols)};
  builder_.emit(Queue::weight, Opcode::wload,
                {{field::w_dram, pick(0, static_cast<std::int64_t>(kWeightBytes) - 32 * arch_.array_cols)},
                 {field::w_k, strip.k},
                 {field::w_n, strip.n}});
  strips_.push_back(strip);
}

void RandomOperations::matmul() {
  const Strip strip = strips_.front();
  strips_.pop_front();
  const bool wide = one_in(3);
  const std::int64_t m = pick(1, 12),
                     stride = round_up<std::int64_t>(strip.k * (wide ? 2 : 1), 4) + 4 * pick(0, 3);
  builder_.emit(
      Queue::matrix, Opcode::matmul,
      {{field::mx_a, buffer(m * stride)},
       {field::mx_acc, pick(0, arch_.accumulator_rows - m)},
       {field::mx_m, m},
       {field::mx_k, strip.k},
       {field::mx_n, strip.n}},
      {word_of(word::a_stride, stride)},
      static_cast<std::uint8_t>((one_in(3) ? isa::kFlagAccumulate : 0) | (wide        ? isa::kFlagA16
                                                                          : one_in(2) ? isa::kFlagASigned
                                                                                      : 0)));
}

/// An image and a window over it, for CONV and POOL; the source's place is the caller's.
RandomOperations::Image RandomOperations::image(std::int64_t channels, std::int64_t element_bytes) {
  Image at;
  at.height = pick(2, 5), at.width = pick(2, 5);
  const std::int64_t r = pick(1, 2), s = pick(1, 2), stride = pick(1, 2), pad = pick(0, 1);
  at.out_width = (at.width + 2 * pad - s) / stride + 1;
  at.positions = at.out_width * ((at.height + 2 * pad - r) / stride + 1);
  at.pixel = round_up<std::int64_t>(channels * element_bytes, 4);
  at.words = {word_of(word::in_h, at.height),
              word_of(word::in_w, at.width),
              word_of(word::out_w, at.out_width),
              word_of(word::kernel_h, r),
              word_of(word::kernel_w, s),
              word_of(word::stride_h, stride),
              word_of(word::stride_w, stride),
              word_of(word::pad_top, pad),
              word_of(word::pad_left, pad),
              word_of(word::dilation_h, 1),
              word_of(word::dilation_w, 1),
              word_of(word::row_stride, at.pixel * at.width),
              word_of(word::pixel_stride, at.pixel),
              word_of(word::first_row, 0)};
  return at;
}

/// Some rows of the kernel matrix: those that the strip at hand has.
void RandomOperations::conv() {
  const Strip strip = strips_.front();
  strips_.pop_front();
  const bool wide = one_in(4);
  const std::int64_t channels = pick((strip.k + 3) / 4, strip.k + 2);  // of up to four taps
  Image at = image(channels, wide ? 2 : 1);
  const auto taps = [&](unsigned index) {
    return static_cast<std::int64_t>(std::find_if(at.words.begin(), at.words.end(), [&](const auto& w) {
                                       return w.index == index;
                                     })->value);
  };
  const std::int64_t all = taps(word::kernel_h) * taps(word::kernel_w) * channels;
  const std::int64_t k = std::min(strip.k, all);
  if (k < strip.k) {  // the window is too small for the strip: more channels
    strips_.push_front(strip);
    return matmul();
  }
  at.words.push_back(word_of(word::in_c, channels));
  at.words.push_back(word_of(word::pad_value, pick(0, 20)));
  const std::int64_t m0 = pick(0, at.positions - 1),
                     m = pick(1, std::min<std::int64_t>(12, at.positions - m0));
  builder_.emit(
      Queue::matrix, Opcode::conv,
      {{field::mx_a, buffer(at.height * at.width * at.pixel)},
       {field::mx_acc, pick(0, arch_.accumulator_rows - m)},
       {field::mx_m, m},
       {field::mx_k, k},
       {field::mx_n, strip.n},
       {field::mx_k_start, pick(0, all - k)},
       {field::mx_m0, m0}},
      at.words,
      static_cast<std::uint8_t>((one_in(3) ? isa::kFlagAccumulate : 0) | (wide ? isa::kFlagA16 : 0)));
}

void RandomOperations::drain() {
  const std::int64_t m = pick(1, 12), n = pick(1, arch_.array_cols);
  const auto type = static_cast<ElementType>(pick(0, 3));
  const std::int64_t stride = round_up<std::int64_t>(n * isa::element_bytes(type), 4) + 4 * pick(0, 3);
  builder_.emit(
      Queue::drain, Opcode::drain,
      {{field::dr_dst, buffer(m * stride)},
       {field::dr_params,
        static_cast<std::int64_t>(kParamBytes) * pick(0, static_cast<std::int64_t>(kParamSets) - 1)},
       {field::dr_acc, pick(0, arch_.accumulator_rows - m)},
       {field::dr_m, m},
       {field::dr_n, n}},
      {word_of(word::dst_stride, stride), word_of(word::dst_type, static_cast<std::int64_t>(type)),
       word_of(word::zero_point, pick(-3, 3)), word_of(word::clamp_lo, type == ElementType::u8 ? 0 : -100),
       word_of(word::clamp_hi, pick(50, 127))});
}

void RandomOperations::elementwise() {
  const std::int64_t type = pick(0, 2), size = type == 2 ? 2 : 1, x = pick(1, 30), y = pick(1, 4);
  const std::int64_t stride = round_up<std::int64_t>(x * size, 4);
  builder_.emit(Queue::vector, one_in(3) ? Opcode::mul : Opcode::add,
                {{field::vx_dst, buffer(stride * y)},
                 {field::vx_src0, buffer(stride * y)},
                 {field::vx_src1, buffer(stride * y)},
                 {field::vx_x, x},
                 {field::vx_y, y}},
                {word_of(word::src0_stride, stride), word_of(word::src1_stride, stride),
                 word_of(word::vx_dst_stride, stride), word_of(word::types, type | type << 4 | type << 8),
                 word_of(word::src0_zero, pick(-5, 5)), word_of(word::src1_zero, pick(-5, 5)),
                 word_of(word::vx_dst_zero, pick(-5, 5)), word_of_float(word::src0_scale, random_.scale()),
                 word_of_float(word::src1_scale, random_.scale()), word_of(word::vx_lo, type == 0 ? 0 : -100),
                 word_of(word::vx_hi, 100)});
}

void RandomOperations::lookup() {
  const bool wide = one_in(3);
  const std::int64_t x = pick(1, 30), y = pick(1, 4), stride = round_up<std::int64_t>(x * (wide ? 2 : 1), 4);
  builder_.emit(Queue::vector, Opcode::lut,
                {{field::vx_dst, buffer(stride * y)},
                 {field::vx_src0, buffer(stride * y)},
                 {field::vx_src1, static_cast<std::int64_t>(wide ? kTable16 : kTable8)},
                 {field::vx_x, x},
                 {field::vx_y, y}},
                {word_of(word::src0_stride, stride), word_of(word::vx_dst_stride, stride),
                 word_of(word::types, wide ? 2 | 2 << 8 : 0)});
}

void RandomOperations::pool() {
  const std::int64_t channels = pick(1, 9);
  Image at = image(channels, 1);
  const std::int64_t m0 = pick(0, at.positions - 1),
                     m = pick(1, std::min<std::int64_t>(8, at.positions - m0));
  for (const compiler::WordValue& value :
       {word_of(word::out_pixel_stride, at.pixel), word_of(word::pool_mode, pick(0, 2)),
        word_of_float(word::pool_scale, random_.scale()), word_of(word::types, 0),
        word_of(word::src0_zero, pick(0, 9)), word_of(word::vx_dst_zero, pick(0, 9)), word_of(word::vx_lo, 0),
        word_of(word::vx_hi, 255)})
    at.words.push_back(value);
  builder_.emit(Queue::vector, Opcode::pool,
                {{field::vx_dst, buffer(m * at.pixel)},
                 {field::vx_src0, buffer(at.height * at.width * at.pixel)},
                 {field::vx_src1, m0},
                 {field::vx_x, channels},
                 {field::vx_y, m}},
                at.words);
}

void RandomOperations::move() {
  const std::int64_t x = pick(1, 40), y = pick(1, 4), z = pick(1, 2);
  const std::int64_t from = x + pick(0, 9), to = x + pick(0, 9);
  builder_.emit(Queue::vector, Opcode::move,
                {{field::vx_dst, buffer(to * y * z)},
                 {field::vx_src0, buffer(from * y * z)},
                 {field::vx_x, x},
                 {field::vx_y, y},
                 {field::vx_z, z}},
                {word_of(word::src_stride_y, from), word_of(word::src_stride_z, from * y),
                 word_of(word::dst_stride_y, to), word_of(word::dst_stride_z, to * y)});
}

/// APPLY, COMBINE or REDUCE of codes, whose reals are finite; the result is of any type.
void RandomOperations::reals() {
  using numerics::BinaryFunction, numerics::Reduction, numerics::UnaryFunction;
  constexpr UnaryFunction unary[] = {UnaryFunction::neg, UnaryFunction::relu, UnaryFunction::sigmoid,
                                     UnaryFunction::gelu};
  constexpr BinaryFunction binary[] = {BinaryFunction::add, BinaryFunction::sub, BinaryFunction::mul,
                                       BinaryFunction::max};
  constexpr Reduction reduction[] = {Reduction::max, Reduction::sum, Reduction::min, Reduction::sum_abs};
  constexpr ElementType results[] = {ElementType::u8, ElementType::s8, ElementType::s16, ElementType::bf16,
                                     ElementType::f32};
  constexpr Opcode opcodes[] = {Opcode::apply, Opcode::combine, Opcode::reduce};
  const Opcode opcode = opcodes[pick(0, 2)];
  const std::int64_t chosen = pick(0, 3), type = pick(0, 2), x = pick(1, 30), y = pick(1, 5);
  const ElementType result = results[pick(0, 4)];
  std::int64_t function = static_cast<std::int64_t>(unary[chosen]);
  if (opcode == Opcode::combine) function = static_cast<std::int64_t>(binary[chosen]);
  if (opcode == Opcode::reduce) function = static_cast<std::int64_t>(reduction[chosen]);
  const std::int64_t from = round_up<std::int64_t>(x * (type == 2 ? 2 : 1), 4);
  const std::int64_t to =
      round_up<std::int64_t>((opcode == Opcode::reduce ? 1 : x) * isa::element_bytes(result), 4);
  const std::int64_t sources = type | type << 4;
  builder_.emit(
      Queue::vector, opcode,
      {{field::vx_dst, buffer(to * y)},
       {field::vx_src0, buffer(from * y)},
       {field::vx_src1, opcode == Opcode::combine ? buffer(from * y) : 0},
       {field::vx_x, x},
       {field::vx_y, y}},
      {word_of(word::src0_stride, from), word_of(word::src1_stride, from), word_of(word::vx_dst_stride, to),
       word_of(word::types, sources | static_cast<std::int64_t>(result) << 8),
       word_of(word::function, function), word_of_float(word::alpha, 1),
       word_of_float(word::dst_scale, random_.scale()), word_of(word::src0_zero, pick(-5, 5)),
       word_of(word::src1_zero, pick(-5, 5)), word_of(word::vx_dst_zero, pick(-5, 5)),
       word_of_float(word::src0_scale, random_.scale()), word_of_float(word::src1_scale, random_.scale()),
       isa::is_real(result) ? word_of_float(word::vx_lo, -1000)
                            : word_of(word::vx_lo, result == ElementType::u8 ? 0 : -100),
       isa::is_real(result) ? word_of_float(word::vx_hi, 1000) : word_of(word::vx_hi, 100)});
}

void RandomOperations::operation() {
  builder_.set_layer(static_cast<std::uint16_t>(pick(0, 3)));
  switch (pick(0, 15)) {
    case 0:
    case 1:
      return host_copy();
    case 2:
    case 3:
    case 4:
      return device_copy();
    case 5:
    case 6:
      return weights();
    case 7:
    case 8:
    case 9:
      if (strips_.empty()) return weights();
      return one_in(2) ? matmul() : conv();
    case 10:
      return drain();
    case 11:
      return elementwise();
    case 12:
      return one_in(2) ? lookup() : reals();
    case 13:
      return pool();
    case 14:
      return move();
    default:
      if (one_in(6) && strips_.empty())  // a SYNC waits for WLOADs, and these for the array
        builder_.emit(Queue::ctrl, one_in(2) ? Opcode::sync : Opcode::mark, {});
      else
        drain();
  }
}

}  // namespace nnp::test
