// SPDX-License-Identifier: Apache-2.0
// What the vector instructions compute: isa/numerics applied row by row.
#include <algorithm>
#include <cstring>

#include "isa/numerics/reals.h"
#include "sim/units/engine/geometry.h"
#include "sim/units/vector/vector_unit.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using isa::ElementType;
using isa::Opcode;
using numerics::OutputRange;
using numerics::Scaled;

[[noreturn]] void no_such_types(const Job& job) {
  throw ProgramFault(fmt::format("vector instruction {}: no operation on element types {:#x}", job.index,
                                 static_cast<unsigned>(job.word(word::types))));
}

/// Calls f with a null pointer of the element type.
template <typename F>
void with_type(ElementType type, const Job& job, F&& f) {
  switch (type) {
    case ElementType::u8:
      return f(static_cast<std::uint8_t*>(nullptr));
    case ElementType::s8:
      return f(static_cast<std::int8_t*>(nullptr));
    case ElementType::s16:
      return f(static_cast<std::int16_t*>(nullptr));
    default:
      no_such_types(job);
  }
}

struct Operation {
  const Job& job;
  ChipState& state;
  std::size_t x = job.get(field::vx_x), y = job.get(field::vx_y);
  OutputRange range{job.word(word::vx_dst_zero), job.word(word::vx_lo), job.word(word::vx_hi)};
  Scaled first{job.word_float(word::src0_scale), job.word(word::src0_zero)};
  Scaled second{job.word_float(word::src1_scale), job.word(word::src1_zero)};

  ElementType type(unsigned operand) const {
    return static_cast<ElementType>(job.word(word::types) >> (4 * operand) & 0xF);
  }
  /// May be negative: added modulo 2^64.
  Address stride(unsigned index) const {
    return static_cast<Address>(static_cast<std::int64_t>(job.word(index)));
  }
  template <typename T>
  T* row(const isa::Field& base, unsigned stride_word, std::size_t i, std::size_t elements) const {
    const Address address = job.get(base) + i * stride(stride_word);
    return state.buffer.array<T>(address, elements);
  }

  void elementwise() const {
    if (type(0) != type(1) || type(0) != type(2)) no_such_types(job);
    with_type(type(0), job, [&]<typename T>(T*) {
      for (std::size_t i = 0; i < y; ++i) {
        const T* a = row<T>(field::vx_src0, word::src0_stride, i, x);
        const T* b = row<T>(field::vx_src1, word::src1_stride, i, x);
        T* to = row<T>(field::vx_dst, word::vx_dst_stride, i, x);
        if (job.instruction.opcode == Opcode::add)
          numerics::add(a, first, b, second, to, x, range);
        else
          numerics::mul(a, first, b, second, to, x, range);
      }
    });
  }

  void lookup() const {
    for (std::size_t i = 0; i < y; ++i) {
      if (type(0) == ElementType::s16) {
        const auto* table =
            state.buffer.array<std::int16_t>(job.get(field::vx_src1), numerics::kTable16Entries);
        numerics::lookup16(row<std::int16_t>(field::vx_src0, word::src0_stride, i, x), table,
                           row<std::int16_t>(field::vx_dst, word::vx_dst_stride, i, x), x);
      } else {
        const std::uint8_t* table = state.buffer.at(job.get(field::vx_src1), 256);
        numerics::lookup8(row<std::uint8_t>(field::vx_src0, word::src0_stride, i, x), table,
                          row<std::uint8_t>(field::vx_dst, word::vx_dst_stride, i, x), x);
      }
    }
  }

  void pool() const {
    if (x == 0) return;
    check_window(job);
    const auto of_type = [&]<typename T>(T*) {
      const std::int64_t in_h = job.word(word::in_h), in_w = job.word(word::in_w),
                         out_w = job.word(word::out_w);
      const std::int64_t kernel_h = job.word(word::kernel_h), kernel_w = job.word(word::kernel_w);
      std::vector<const T*> taps;
      for (std::size_t i = 0; i < y; ++i) {
        const auto position = static_cast<std::int64_t>(job.get(field::vx_src1) + i);
        const std::int64_t h0 = position / out_w * job.word(word::stride_h) - job.word(word::pad_top);
        const std::int64_t w0 = position % out_w * job.word(word::stride_w) - job.word(word::pad_left);
        taps.clear();
        for (std::int64_t r = std::max<std::int64_t>(0, -h0); r < std::min(kernel_h, in_h - h0); ++r)
          for (std::int64_t s = std::max<std::int64_t>(0, -w0); s < std::min(kernel_w, in_w - w0); ++s) {
            const std::int64_t address = static_cast<std::int64_t>(job.get(field::vx_src0)) +
                                         (h0 + r - job.word(word::first_row)) * job.word(word::row_stride) +
                                         (w0 + s) * job.word(word::pixel_stride);
            taps.push_back(state.buffer.array<T>(static_cast<Address>(address), x));
          }
        pool_taps<T>(taps, static_cast<std::size_t>(kernel_h * kernel_w),
                     row<T>(field::vx_dst, word::out_pixel_stride, i, x));
      }
    };
    if (type(0) == ElementType::f32) return of_type(static_cast<float*>(nullptr));
    if (type(0) == ElementType::bf16) return of_type(static_cast<numerics::Bf16*>(nullptr));
    with_type(type(0), job, of_type);
  }

  template <typename T>
  void pool_taps(const std::vector<const T*>& taps, std::size_t window, T* to) const {
    const bool is_max = job.word(word::pool_mode) == 0;
    const std::size_t count = job.word(word::pool_mode) == 2 ? window : taps.size();
    if constexpr (std::is_same_v<T, float> || std::is_same_v<T, numerics::Bf16>) {
      const numerics::RealRange reals{job.word_float(word::vx_lo), job.word_float(word::vx_hi)};
      is_max ? numerics::pool_max<T>(taps, reals, to, x)
             : numerics::pool_average<T>(taps, count, reals, to, x);
    } else if (is_max) {
      numerics::pool_max<T>(taps, to, x);
    } else {
      const float scale = job.word_float(word::pool_scale) / static_cast<float>(count);
      numerics::pool_average<T, T>(taps, first.zero_point, scale, to, x, range);
    }
  }

  void move() const {
    if (x == 0) return;
    for (std::size_t k = 0; k < job.get(field::vx_z); ++k)
      for (std::size_t i = 0; i < y; ++i) {
        const auto offset = [&](unsigned stride_y, unsigned stride_z) {
          return i * stride(stride_y) + k * stride(stride_z);
        };
        const std::uint8_t* from =
            state.buffer.at(job.get(field::vx_src0) + offset(word::src_stride_y, word::src_stride_z), x);
        std::memmove(
            state.buffer.at(job.get(field::vx_dst) + offset(word::dst_stride_y, word::dst_stride_z), x), from,
            x);
      }
  }
};

}  // namespace

void execute_vector(const Job& job, ChipState& state) {
  const Operation operation{job, state};
  switch (job.instruction.opcode) {
    case Opcode::add:
    case Opcode::mul:
      return operation.elementwise();
    case Opcode::lut:
      return operation.lookup();
    case Opcode::pool:
      return operation.pool();
    case Opcode::reduce:
    case Opcode::apply:
    case Opcode::combine:
      return execute_reals(job, state);
    case Opcode::move:
      return operation.move();
    default:
      throw ProgramFault(fmt::format("vector unit: instruction {} is not a vector instruction", job.index));
  }
}

}  // namespace nnp::sim
