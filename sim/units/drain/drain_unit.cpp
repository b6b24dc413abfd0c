// SPDX-License-Identifier: Apache-2.0
#include "sim/units/drain/drain_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "isa/numerics/rounding.h"
#include "sim/units/engine/real_row.h"

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

namespace {

isa::ElementType type_of(const Job& job) {
  const auto type = static_cast<std::uint32_t>(job.word(word::dst_type));
  if (type >= isa::kElementTypes)
    throw ProgramFault(fmt::format("drain: instruction {} has results of element type {}, which there is not",
                                   job.index, type));
  return static_cast<isa::ElementType>(type);
}

/// (sum + bias) * scale of a row, real or not, each operation rounded once; the integer sum wraps.
void scaled_row(const std::int32_t* sums, const std::uint8_t* params, bool real, float* y, std::size_t n) {
  if (real) {
    const auto* param = reinterpret_cast<const numerics::RealChannelParam*>(params);
    const auto* x = reinterpret_cast<const float*>(sums);
    for (std::size_t i = 0; i < n; ++i) y[i] = (x[i] + param[i].bias) * param[i].scale;
  } else {
    const auto* param = reinterpret_cast<const numerics::ChannelParam*>(params);
    for (std::size_t i = 0; i < n; ++i)
      y[i] = static_cast<float>(numerics::wrapping_add(sums[i], param[i].bias)) * param[i].scale;
  }
}

}  // namespace

void DrainUnit::retire(Job& job) {
  ChipState& state = context_.state;
  if (!state.values) return;
  const std::size_t m = job.get(field::dr_m), n = job.get(field::dr_n);
  const bool real = job.instruction.flags & isa::kFlagRealSums;
  if (n > state.arch.array_cols)
    throw ProgramFault(fmt::format("drain: instruction {} takes {} columns of accumulators that have {}",
                                   job.index, n, state.arch.array_cols));
  const std::int32_t* rows = state.accumulator_rows(job.get(field::dr_acc), m);
  if (state.tap) state.tap({job.instruction.tag, rows, m, n, state.arch.array_cols, real});

  const isa::ElementType type = type_of(job);
  const numerics::OutputRange range{job.word(word::zero_point), job.word(word::clamp_lo),
                                    job.word(word::clamp_hi)};
  const RealResult result{
      type, 1.0f, range, {job.word_float(word::clamp_lo), job.word_float(word::clamp_hi)}};
  const auto* params = state.buffer.array<numerics::ChannelParam>(job.get(field::dr_params), n);
  const auto& kernels = numerics::best();
  std::vector<float> scaled(n);
  for (std::size_t i = 0; i < m; ++i) {
    const Address address =
        job.get(field::dr_dst) + i * static_cast<std::uint32_t>(job.word(word::dst_stride));
    state.buffer.check_aligned(address, isa::element_bytes(type));
    std::uint8_t* to = state.buffer.at(address, n * isa::element_bytes(type));
    const std::int32_t* row = rows + i * state.arch.array_cols;
    if (type == isa::ElementType::s32) {
      std::copy_n(reinterpret_cast<const std::uint8_t*>(row), n * 4, to);
    } else if (real || isa::is_real(type)) {
      scaled_row(row, reinterpret_cast<const std::uint8_t*>(params), real, scaled.data(), n);
      store_row(scaled.data(), result, to, n);
    } else if (type == isa::ElementType::u8) {
      kernels.requantize_u8(row, params, to, n, range);
    } else if (type == isa::ElementType::s8) {
      kernels.requantize_s8(row, params, reinterpret_cast<std::int8_t*>(to), n, range);
    } else {
      kernels.requantize_s16(row, params, reinterpret_cast<std::int16_t*>(to), n, range);
    }
  }
}

}  // namespace nnp::sim
