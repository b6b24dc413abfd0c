// SPDX-License-Identifier: Apache-2.0
#include "sim/units/drain/drain_unit.h"

#include <algorithm>

#include "isa/numerics/numerics.h"

namespace nnp::sim {

namespace field = isa::field;
namespace word = isa::word;

void DrainUnit::plan(const Job& job, StreamRequest& request) const {
  const std::uint32_t word_bytes = context_.state.arch.buffer_word_bytes;
  const auto n = job.get(field::dr_n);
  const auto type = static_cast<isa::ElementType>(job.word(word::dst_type));
  const Cycles parameter_words = ceil_div<Cycles>(n * sizeof(numerics::ChannelParam), word_bytes);
  const Cycles row =
      std::max(ceil_div<Cycles>(n * isa::element_bytes(type), word_bytes), ceil_div<Cycles>(n, lanes_));
  request.length = parameter_words + job.get(field::dr_m) * row;
  request.first_words[0] = static_cast<std::uint32_t>(job.get(field::dr_dst) / word_bytes);
}

void DrainUnit::retire(Job& job) {
  ChipState& state = context_.state;
  if (!state.values) return;
  const std::size_t m = job.get(field::dr_m), n = job.get(field::dr_n);
  const std::int32_t* rows = state.accumulator_rows(job.get(field::dr_acc), m);
  if (state.tap) state.tap({job.instruction.tag, rows, m, n, state.arch.array_cols});

  const auto type = static_cast<isa::ElementType>(job.word(word::dst_type));
  const numerics::OutputRange range{job.word(word::zero_point), job.word(word::clamp_lo),
                                    job.word(word::clamp_hi)};
  const auto* params = reinterpret_cast<const numerics::ChannelParam*>(
      state.buffer.at(job.get(field::dr_params), n * sizeof(numerics::ChannelParam)));
  const auto& kernels = numerics::best();
  for (std::size_t i = 0; i < m; ++i) {
    const Address address =
        job.get(field::dr_dst) + i * static_cast<std::uint32_t>(job.word(word::dst_stride));
    std::uint8_t* to = state.buffer.at(address, n * isa::element_bytes(type));
    const std::int32_t* row = rows + i * state.arch.array_cols;
    switch (type) {
      case isa::ElementType::u8:
        kernels.requantize_u8(row, params, to, n, range);
        break;
      case isa::ElementType::s8:
        kernels.requantize_s8(row, params, reinterpret_cast<std::int8_t*>(to), n, range);
        break;
      case isa::ElementType::s16:
        kernels.requantize_s16(row, params, reinterpret_cast<std::int16_t*>(to), n, range);
        break;
      case isa::ElementType::s32:
        std::copy_n(reinterpret_cast<const std::uint8_t*>(row), n * 4, to);
        break;
    }
  }
}

}  // namespace nnp::sim
