// SPDX-License-Identifier: Apache-2.0
#include "sim/units/vector/vector_unit.h"

#include <algorithm>

#include "sim/units/engine/geometry.h"

namespace nnp::sim {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;

namespace {

constexpr double kLongest = 1e18;  // longer than any run, and still a number of cycles

isa::ElementType type_at(const Job& job, unsigned operand) {
  return static_cast<isa::ElementType>(job.word(word::types) >> (4 * operand) & 0xF);
}

}  // namespace

void VectorUnit::plan(const Job& job, StreamRequest& request) const {
  const std::uint32_t word_bytes = context_.state.arch.buffer_word_bytes;
  const Cycles x = job.get(field::vx_x), y = job.get(field::vx_y);
  const auto words = [&](unsigned operand) {
    return ceil_div<Cycles>(x * isa::element_bytes(type_at(job, operand)), word_bytes);
  };
  const Cycles lane_steps = ceil_div<Cycles>(x, lanes_);
  switch (job.instruction.opcode) {
    case Opcode::add:
    case Opcode::mul:
      request.length = y * std::max({lane_steps, words(0), words(1), words(2)});
      request.sequences = 3;
      request.first_words[2] = static_cast<std::uint32_t>(job.get(field::vx_src1) / word_bytes);
      break;
    case Opcode::pool: {
      if (x != 0) check_window(job);
      const auto taps =
          static_cast<Cycles>(job.word(word::kernel_h)) * static_cast<Cycles>(job.word(word::kernel_w));
      const double length = static_cast<double>(y) * static_cast<double>(taps) *
                            static_cast<double>(std::max(lane_steps, words(0)));
      request.length =
          length < kLongest ? y * taps * std::max(lane_steps, words(0)) : static_cast<Cycles>(kLongest);
      request.sequences = 2;
      break;
    }
    case Opcode::move:
      request.length = y * job.get(field::vx_z) * ceil_div<Cycles>(x, word_bytes);
      request.sequences = 2;
      break;
    case Opcode::combine: {  // a scalar source has one element a row
      const auto source = [&](unsigned operand, std::uint8_t scalar) {
        return (job.instruction.flags & scalar) != 0 ? 1 : words(operand);
      };
      request.length =
          y * std::max({lane_steps, source(0, isa::kFlagScalar0), source(1, isa::kFlagScalar1), words(2)});
      request.sequences = 3;
      request.first_words[2] = static_cast<std::uint32_t>(job.get(field::vx_src1) / word_bytes);
      break;
    }
    case Opcode::reduce:  // the result is written once
      request.length = y * std::max(lane_steps, words(0));
      request.sequences = 2;
      break;
    default:  // lut, apply
      request.length = y * std::max({lane_steps, words(0), words(2)});
      request.sequences = 2;
      break;
  }
  request.first_words[0] = static_cast<std::uint32_t>(job.get(field::vx_dst) / word_bytes);
  request.first_words[1] = static_cast<std::uint32_t>(job.get(field::vx_src0) / word_bytes);
}

void VectorUnit::retire(Job& job) {
  if (context_.state.values) execute_vector(job, context_.state);
}

}  // namespace nnp::sim
