// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/activation_rows.h"

#include <algorithm>
#include <cstring>
#include <limits>

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

/// A call costs more than the few channels of an image.
inline void copy_bytes(const std::uint8_t* from, std::size_t bytes, std::uint8_t* to) {
  if (bytes > 8) {
    std::memcpy(to, from, bytes);
  } else {
    for (std::size_t i = 0; i < bytes; ++i) to[i] = from[i];
  }
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

ConvRows::ConvRows(const Job& job, const ChipState& state)
    : buffer_(state.buffer),
      element_(static_cast<std::int64_t>(activation_bytes(job))),
      pad_(job.word(word::pad_value)),
      first_(static_cast<std::int64_t>(job.get(field::mx_k_start))),
      end_(first_ + static_cast<std::int64_t>(job.get(field::mx_k))),
      channels_(job.word(word::in_c)),
      kernel_w_(job.word(word::kernel_w)),
      dilation_h_(job.word(word::dilation_h)),
      dilation_w_(job.word(word::dilation_w)),
      out_w_(job.word(word::out_w)),
      out_h_(job.instruction.flags & isa::kFlagImages ? job.word(word::out_h)
                                                      : std::numeric_limits<std::int64_t>::max()),
      stride_h_(job.word(word::stride_h)),
      stride_w_(job.word(word::stride_w)),
      pad_top_(job.word(word::pad_top)),
      pad_left_(job.word(word::pad_left)),
      in_h_(job.word(word::in_h)),
      in_w_(job.word(word::in_w)),
      row_stride_(job.word(word::row_stride)),
      pixel_stride_(job.word(word::pixel_stride)),
      origin_(job.get(field::mx_a) -
              static_cast<Address>(std::int64_t{job.word(word::first_row)} * row_stride_)) {}

ConvRows::Corner ConvRows::corner(std::int64_t position) const {
  const std::int64_t line = position / out_w_, image = line / out_h_;
  return {(line - image * out_h_) * stride_h_ - pad_top_, (position - line * out_w_) * stride_w_ - pad_left_,
          image * in_h_};
}

void ConvRows::gather(std::int64_t position, std::uint8_t* to) const {
  const Corner at = corner(position);
  const std::int64_t of_row = kernel_w_ * channels_;
  const bool side_by_side = dilation_w_ == 1 && pixel_stride_ == channels_ * element_;
  for (std::int64_t flat = first_; flat < end_;) {
    const std::int64_t r = flat / of_row, from = flat - r * of_row,
                       until = std::min(of_row, end_ - r * of_row), h = at.h + r * dilation_h_;
    if (h < 0 || h >= in_h_)
      fill(to, static_cast<std::size_t>(until - from), pad_, static_cast<std::size_t>(element_));
    else if (side_by_side)
      copy_run(at.top + h, at.w, from, until, to);
    else
      copy_taps(at.top + h, at.w, from, until, to);
    to += (until - from) * element_;
    flat += until - from;
  }
}

/// The taps of one kernel row are one run of bytes, with what lies outside of the image before and behind.
void ConvRows::copy_run(std::int64_t row, std::int64_t w0, std::int64_t from, std::int64_t until,
                        std::uint8_t* to) const {
  const auto inside = [&](std::int64_t w) {
    return std::clamp(std::clamp<std::int64_t>(w - w0, 0, kernel_w_) * channels_, from, until);
  };
  const std::int64_t begin = inside(0), end = inside(in_w_);
  const auto size = static_cast<std::size_t>(element_);
  fill(to, static_cast<std::size_t>(begin - from), pad_, size);
  if (const auto bytes = static_cast<std::size_t>((end - begin) * element_); bytes != 0)
    std::memcpy(to + (begin - from) * element_,
                buffer_.read(address(row, w0) + static_cast<Address>(begin * element_), bytes), bytes);
  fill(to + (end - from) * element_, static_cast<std::size_t>(until - end), pad_, size);
}

void ConvRows::copy_taps(std::int64_t row, std::int64_t w0, std::int64_t from, std::int64_t until,
                         std::uint8_t* to) const {
  const std::int64_t tap = from / channels_;
  std::int64_t channel = from - tap * channels_, w = w0 + tap * dilation_w_;
  const auto step = static_cast<Address>(dilation_w_ * pixel_stride_);
  Address at = address(row, w);
  for (; from < until; w += dilation_w_, at += step, channel = 0) {
    const std::int64_t count = std::min(until - from, channels_ - channel);
    const auto bytes = static_cast<std::size_t>(count * element_);
    if (w < 0 || w >= in_w_)
      fill(to, static_cast<std::size_t>(count), pad_, static_cast<std::size_t>(element_));
    else
      copy_bytes(buffer_.read(at + static_cast<Address>(channel * element_), bytes), bytes, to);
    to += bytes;
    from += count;
  }
}

std::optional<ConvRows::InPlace> ConvRows::in_place(std::int64_t position, std::size_t count) const {
  const std::int64_t tap = first_ / channels_, channel = first_ % channels_;
  if (count == 0 || channel + (end_ - first_) > channels_) return std::nullopt;  // more than one tap
  const std::int64_t end = position + static_cast<std::int64_t>(count) - 1;
  const Corner first = corner(position), last = corner(end);
  const std::int64_t tap_h = tap / kernel_w_ * dilation_h_, tap_w = tap % kernel_w_ * dilation_w_;
  const bool one_row = position / out_w_ == end / out_w_, one_image = first.top == last.top;
  const std::int64_t h_first = tap_h + (one_image ? first.h : -pad_top_),
                     h_last = tap_h + (one_image ? last.h : (out_h_ - 1) * stride_h_ - pad_top_),
                     w_first = tap_w + (one_row ? first.w : -pad_left_),
                     w_last = tap_w + (one_row ? last.w : (out_w_ - 1) * stride_w_ - pad_left_);
  if (h_first < 0 || h_last >= in_h_ || w_first < 0 || w_last >= in_w_) return std::nullopt;
  const auto size = static_cast<std::int64_t>(buffer_.size());
  const std::int64_t stride = stride_w_ * pixel_stride_;
  if (stride < 0 || stride > size || stride % element_ != 0) return std::nullopt;
  if (!one_row && out_w_ * stride != stride_h_ * row_stride_) return std::nullopt;
  if (!one_image && out_h_ * stride_h_ != in_h_) return std::nullopt;
  const Address begin =
      address(first.top + first.h + tap_h, first.w + tap_w) + static_cast<Address>(channel * element_);
  const auto bytes =
      static_cast<Bytes>(stride) * (count - 1) + static_cast<Bytes>((end_ - first_) * element_);
  if (begin % static_cast<Address>(element_) != 0) return std::nullopt;
  if (begin > buffer_.size() || bytes > buffer_.size() - begin)
    return std::nullopt;  // gather() tells which access it is
  return InPlace{buffer_.read(begin, bytes), static_cast<std::size_t>(stride)};
}

std::vector<std::int16_t> activations(const Job& job, const ChipState& state) {
  const std::size_t m = job.get(field::mx_m), k = job.get(field::mx_k), bytes = activation_bytes(job);
  if (m * k > kMostActivations)
    throw ProgramFault(fmt::format("array: instruction {} streams {} x {} activations; at most {}", job.index,
                                   m, k, kMostActivations));
  std::optional<ConvRows> conv;
  if (job.instruction.opcode == isa::Opcode::conv) check_window(job), conv.emplace(job, state);
  std::vector<std::int16_t> a;
  a.reserve(m * k);
  std::vector<std::uint8_t> row(k * bytes);
  for (std::size_t i = 0; i < m; ++i) {
    if (conv)
      conv->gather(static_cast<std::int64_t>(job.get(field::mx_m0) + i), row.data());
    else
      std::copy_n(state.buffer.at(job.get(field::mx_a) + i * static_cast<Address>(job.word(word::a_stride)),
                                  row.size()),
                  row.size(), row.begin());
    for (std::size_t j = 0; j < k; ++j) a.push_back(number(job, row.data() + j * bytes));
  }
  return a;
}

}  // namespace nnp::sim
