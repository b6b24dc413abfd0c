// SPDX-License-Identifier: Apache-2.0
// Dense row-major tensors and their element types.
#pragma once

#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "isa/instruction/fields.h"
#include "isa/numerics/bf16.h"

namespace nnp::ir {

enum class DType : std::uint8_t { f32, i64, i32, u8, s8, s16, bf16 };
const char* to_string(DType);
std::size_t size_of(DType);
isa::ElementType element_type(DType);  // throws std::logic_error for what the device does not have

using Shape = std::vector<std::int64_t>;
inline std::int64_t element_count(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

template <typename T>
inline constexpr DType kDTypeOf = DType::f32;
template <>
inline constexpr DType kDTypeOf<std::int64_t> = DType::i64;
template <>
inline constexpr DType kDTypeOf<std::int32_t> = DType::i32;
template <>
inline constexpr DType kDTypeOf<std::uint8_t> = DType::u8;
template <>
inline constexpr DType kDTypeOf<std::int8_t> = DType::s8;
template <>
inline constexpr DType kDTypeOf<std::int16_t> = DType::s16;
template <>
inline constexpr DType kDTypeOf<numerics::Bf16> = DType::bf16;

/// Owns its bytes. Row-major in the order of `shape`.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType type, Shape shape)
      : type_(type),
        shape_(std::move(shape)),
        bytes_(static_cast<std::size_t>(element_count(shape_)) * size_of(type)) {}
  template <typename T>
  static Tensor of(Shape shape, std::span<const T> values) {
    Tensor tensor(kDTypeOf<T>, std::move(shape));
    if (!values.empty()) std::memcpy(tensor.bytes_.data(), values.data(), tensor.bytes_.size());
    return tensor;
  }
  DType type() const { return type_; }
  const Shape& shape() const { return shape_; }
  void reshape(Shape shape) { shape_ = std::move(shape); }  // the same number of elements
  std::size_t size() const { return static_cast<std::size_t>(element_count(shape_)); }
  template <typename T>
  std::span<T> data() {
    return {reinterpret_cast<T*>(bytes_.data()), size()};
  }
  template <typename T>
  std::span<const T> data() const {
    return {reinterpret_cast<const T*>(bytes_.data()), size()};
  }
  std::span<std::uint8_t> bytes() { return bytes_; }
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  DType type_ = DType::f32;
  Shape shape_;
  std::vector<std::uint8_t> bytes_;
};

}  // namespace nnp::ir
