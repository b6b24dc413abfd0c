// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/activation_rows.h"

#include <algorithm>
#include <cstring>

#include "sim/units/engine/geometry.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;
namespace word = isa::word;

constexpr std::size_t kMostActivations = std::size_t{1} << 27;  // that a driven array is fed with at once

/// `value` is the low bytes of each element; the only real padding is 0.
void fill(std::uint8_t* to, std::size_t elements, std::int32_t value, std::size_t element_bytes) {
  if (element_bytes == 1) {
    std::memset(to, value & 0xFF, elements);
    return;
  }
  for (std::size_t i = 0; i < elements; ++i) std::memcpy(to + element_bytes * i, &value, element_bytes);
}

/// One activation as a number: 16 bits, or 8 with or without sign.
std::int16_t number(const Job& job, const std::uint8_t* from) {
  if (activation_bytes(job) == 2) {
    std::int16_t value;
    std::memcpy(&value, from, 2);
    return value;
  }
  return job.instruction.flags & isa::kFlagASigned ? static_cast<std::int8_t>(*from) : std::int16_t{*from};
}

}  // namespace

std::size_t activation_bytes(const Job& job) { return isa::activation_bytes(job.instruction.flags); }

void gather_row(const Job& job, std::int64_t position, const ChipState& state, std::uint8_t* to) {
  const std::size_t element_bytes = activation_bytes(job);
  const std::int64_t out_w = job.word(word::out_w), channels = job.word(word::in_c),
                     kernel_w = job.word(word::kernel_w);
  const std::int64_t p = position / out_w, q = position % out_w;
  const std::int64_t h0 = p * job.word(word::stride_h) - job.word(word::pad_top);
  const std::int64_t w0 = q * job.word(word::stride_w) - job.word(word::pad_left);
  const std::int64_t in_h = job.word(word::in_h), in_w = job.word(word::in_w),
                     first_row = job.word(word::first_row);
  auto flat = static_cast<std::int64_t>(job.get(field::mx_k_start));
  auto left = static_cast<std::int64_t>(job.get(field::mx_k));
  while (left > 0) {
    const std::int64_t tap = flat / channels, channel = flat % channels,
                       count = std::min(left, channels - channel);
    const std::int64_t h = h0 + tap / kernel_w * job.word(word::dilation_h),
                       w = w0 + tap % kernel_w * job.word(word::dilation_w);
    const auto bytes = static_cast<std::size_t>(count) * element_bytes;
    if (h < 0 || h >= in_h || w < 0 || w >= in_w) {
      fill(to, static_cast<std::size_t>(count), job.word(word::pad_value), element_bytes);
    } else {
      const std::int64_t address =
          static_cast<std::int64_t>(job.get(field::mx_a)) + (h - first_row) * job.word(word::row_stride) +
          w * job.word(word::pixel_stride) + channel * static_cast<std::int64_t>(element_bytes);
      std::memcpy(to, state.buffer.at(static_cast<Address>(address), bytes), bytes);
    }
    to += bytes;
    flat += count;
    left -= count;
  }
}

std::vector<std::int16_t> activations(const Job& job, const ChipState& state) {
  const std::size_t m = job.get(field::mx_m), k = job.get(field::mx_k), bytes = activation_bytes(job);
  if (m * k > kMostActivations)
    throw ProgramFault(fmt::format("array: instruction {} streams {} x {} activations; at most {}", job.index,
                                   m, k, kMostActivations));
  if (job.instruction.opcode == isa::Opcode::conv) check_window(job);
  std::vector<std::int16_t> a;
  a.reserve(m * k);
  std::vector<std::uint8_t> row(k * bytes);
  for (std::size_t i = 0; i < m; ++i) {
    if (job.instruction.opcode == isa::Opcode::matmul)
      std::copy_n(state.buffer.at(job.get(field::mx_a) + i * static_cast<Address>(job.word(word::a_stride)),
                                  row.size()),
                  row.size(), row.begin());
    else
      gather_row(job, static_cast<std::int64_t>(job.get(field::mx_m0) + i), state, row.data());
    for (std::size_t j = 0; j < k; ++j) a.push_back(number(job, row.data() + j * bytes));
  }
  return a;
}

}  // namespace nnp::sim
