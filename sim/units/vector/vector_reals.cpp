// SPDX-License-Identifier: Apache-2.0
// APPLY, COMBINE and REDUCE: rows of elements become reals, a function of isa/numerics makes reals of them,
// and the results are stored as the destination's type. A row at a time.
#include <fmt/format.h>

#include <bit>
#include <vector>

#include "isa/numerics/functions.h"
#include "isa/numerics/reals.h"
#include "sim/units/engine/real_row.h"
#include "sim/units/vector/vector_unit.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using isa::ElementType;
using isa::Opcode;
using numerics::Scaled;

class RealOperation {
 public:
  RealOperation(const Job& job, ChipState& state)
      : job_(job),
        state_(state),
        function_(static_cast<unsigned>(job.word(word::function))),
        x_(job.get(field::vx_x)),
        y_(job.get(field::vx_y)) {}

  void apply() {
    const auto function = named<numerics::UnaryFunction>(numerics::kUnaryFunctions);
    const float alpha = job_.word_float(word::alpha), beta = job_.word_float(word::beta);
    result_.resize(x_);
    for (std::size_t i = 0; i < y_; ++i) {
      numerics::unary(function, source(0, i, x_), result_.data(), x_, alpha, beta);
      store(job_.get(field::vx_dst) + i * stride(word::vx_dst_stride), x_);
    }
  }

  void combine() {
    const auto function = named<numerics::BinaryFunction>(numerics::kBinaryFunctions);
    const std::size_t step0 = flag(isa::kFlagScalar0) ? 0 : 1, step1 = flag(isa::kFlagScalar1) ? 0 : 1;
    result_.resize(x_);
    for (std::size_t i = 0; i < y_; ++i) {
      const float* a = source(0, i, step0 == 0 ? 1 : x_);
      const float* b = source(1, i, step1 == 0 ? 1 : x_);
      numerics::binary(function, a, step0, b, step1, result_.data(), x_);
      store(job_.get(field::vx_dst) + i * stride(word::vx_dst_stride), x_);
    }
  }

  void reduce() {
    const auto reduction = named<numerics::Reduction>(numerics::kReductions);
    const double divisor = job_.word_float(word::alpha);
    if (x_ == 0 || y_ == 0) return;
    if (!flag(isa::kFlagColumns)) {
      result_.resize(1);
      for (std::size_t i = 0; i < y_; ++i) {
        result_[0] = numerics::reduce(reduction, source(0, i, x_), 1, x_, divisor);
        store(job_.get(field::vx_dst) + i * stride(word::vx_dst_stride), 1);
      }
      return;
    }
    if (x_ * y_ > state_.buffer.size())
      throw ProgramFault(fmt::format(
          "vector instruction {}: reduces {} x {} elements, more than the buffer holds", job_.index, y_, x_));
    std::vector<float> all(x_ * y_);
    for (std::size_t i = 0; i < y_; ++i)
      std::copy_n(source(0, i, x_), x_, all.begin() + static_cast<std::ptrdiff_t>(i * x_));
    result_.resize(x_);
    for (std::size_t j = 0; j < x_; ++j)
      result_[j] = numerics::reduce(reduction, all.data() + j, x_, y_, divisor);
    store(job_.get(field::vx_dst), x_);
  }

 private:
  [[noreturn]] void refuse(const char* what, unsigned value) const {
    throw ProgramFault(fmt::format("vector instruction {}: there is no {} {}", job_.index, what, value));
  }
  template <typename Function>
  Function named(unsigned count) const {
    if (function_ >= count) refuse("function", function_);
    return static_cast<Function>(function_);
  }
  bool flag(std::uint8_t bit) const { return (job_.instruction.flags & bit) != 0; }
  Address stride(unsigned index) const {
    return static_cast<Address>(static_cast<std::int64_t>(job_.word(index)));
  }
  ElementType type(unsigned operand) const {
    return static_cast<ElementType>(job_.word(word::types) >> (4 * operand) & 0xF);
  }

  /// Row i of a source as reals.
  const float* source(unsigned operand, std::size_t i, std::size_t n) {
    const isa::Field& base = operand == 0 ? field::vx_src0 : field::vx_src1;
    const Address address = job_.get(base) + i * stride(operand == 0 ? word::src0_stride : word::src1_stride);
    state_.buffer.check_aligned(address, isa::element_bytes(type(operand)));
    const std::uint8_t* from = state_.buffer.at(address, n * isa::element_bytes(type(operand)));
    const Scaled scaled{job_.word_float(operand == 0 ? word::src0_scale : word::src1_scale),
                        job_.word(operand == 0 ? word::src0_zero : word::src1_zero)};
    std::vector<float>& row = operand == 0 ? first_ : second_;
    row.resize(n);
    const auto read = [&]<typename T>(const T* elements) {
      numerics::make_real(elements, scaled, row.data(), n);
    };
    switch (type(operand)) {
      case ElementType::u8:
        read(from);
        break;
      case ElementType::s8:
        read(reinterpret_cast<const std::int8_t*>(from));
        break;
      case ElementType::s16:
        read(reinterpret_cast<const std::int16_t*>(from));
        break;
      case ElementType::bf16:
        read(reinterpret_cast<const numerics::Bf16*>(from));
        break;
      case ElementType::f32:
        read(reinterpret_cast<const float*>(from));
        break;
      default:
        refuse("source of element type", static_cast<unsigned>(type(operand)));
    }
    return row.data();
  }

  void store(Address address, std::size_t n) {
    const RealResult result{type(2),
                            job_.word_float(word::dst_scale),
                            {job_.word(word::vx_dst_zero), job_.word(word::vx_lo), job_.word(word::vx_hi)},
                            {job_.word_float(word::vx_lo), job_.word_float(word::vx_hi)}};
    state_.buffer.check_aligned(address, isa::element_bytes(type(2)));
    if (!store_row(result_.data(), result, state_.buffer.at(address, n * isa::element_bytes(type(2))), n))
      refuse("result of element type", static_cast<unsigned>(type(2)));
  }

  const Job& job_;
  ChipState& state_;
  unsigned function_;
  std::size_t x_, y_;
  std::vector<float> first_, second_, result_;
};

}  // namespace

void execute_reals(const Job& job, ChipState& state) {
  RealOperation operation(job, state);
  switch (job.instruction.opcode) {
    case Opcode::apply:
      return operation.apply();
    case Opcode::combine:
      return operation.combine();
    default:
      return operation.reduce();
  }
}

}  // namespace nnp::sim
