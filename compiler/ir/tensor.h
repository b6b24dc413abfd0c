// SPDX-License-Identifier: Apache-2.0
// Dense row-major tensors and their element types.
#pragma once

#include <cstdint>
#include <cstring>
#include <numeric>
#include <span>
#include <vector>

#include "compiler/ir/half.h"
#include "isa/instruction/fields.h"
#include "isa/numerics/bf16.h"

namespace nnp::ir {

/// b8 is ONNX's bool, one byte of 0 or 1. u8, s8 and s16 are codes where a value has QuantParams and plain
/// integers (host only) where it has none. i32 beside codes is a bias; everything from b8 on and i64 stays on
/// the host, bf16 apart.
enum class DType : std::uint8_t { f32, i64, i32, u8, s8, s16, b8, u16, u32, u64, f16, bf16, f64 };
inline constexpr DType kLastDType = DType::f64;
const char* to_string(DType);
std::size_t size_of(DType);
isa::ElementType element_type(DType);  // throws std::logic_error for what the device does not have

using Shape = std::vector<std::int64_t>;
inline std::int64_t element_count(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

/// The C++ type of each DType, as kDTypeOf<T>.
template <typename T>
struct DTypeOf;
template <>
struct DTypeOf<float> {
  static constexpr DType value = DType::f32;
};
template <>
struct DTypeOf<std::int64_t> {
  static constexpr DType value = DType::i64;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr DType value = DType::i32;
};
template <>
struct DTypeOf<std::uint8_t> {
  static constexpr DType value = DType::u8;
};
template <>
struct DTypeOf<std::int8_t> {
  static constexpr DType value = DType::s8;
};
template <>
struct DTypeOf<std::int16_t> {
  static constexpr DType value = DType::s16;
};
template <>
struct DTypeOf<bool> {
  static constexpr DType value = DType::b8;
};
template <>
struct DTypeOf<std::uint16_t> {
  static constexpr DType value = DType::u16;
};
template <>
struct DTypeOf<std::uint32_t> {
  static constexpr DType value = DType::u32;
};
template <>
struct DTypeOf<std::uint64_t> {
  static constexpr DType value = DType::u64;
};
template <>
struct DTypeOf<Float16> {
  static constexpr DType value = DType::f16;
};
template <>
struct DTypeOf<BFloat16> {
  static constexpr DType value = DType::bf16;
};
template <>
struct DTypeOf<numerics::Bf16> {
  static constexpr DType value = DType::bf16;
};
template <>
struct DTypeOf<double> {
  static constexpr DType value = DType::f64;
};
template <typename T>
inline constexpr DType kDTypeOf = DTypeOf<T>::value;

/// Calls f(T{}) with the C++ type of a DType.
template <typename F>
decltype(auto) with_element_type(DType type, F&& f) {
  switch (type) {
    case DType::i64:
      return f(std::int64_t{});
    case DType::i32:
      return f(std::int32_t{});
    case DType::u8:
      return f(std::uint8_t{});
    case DType::s8:
      return f(std::int8_t{});
    case DType::s16:
      return f(std::int16_t{});
    case DType::b8:
      return f(bool{});
    case DType::u16:
      return f(std::uint16_t{});
    case DType::u32:
      return f(std::uint32_t{});
    case DType::u64:
      return f(std::uint64_t{});
    case DType::f16:
      return f(Float16{});
    case DType::bf16:
      return f(BFloat16{});
    case DType::f64:
      return f(double{});
    case DType::f32:
      break;
  }
  return f(float{});
}

/// Owns its bytes. Row-major in the order of `shape`.
class Tensor {
 public:
  Tensor() = default;
  Tensor(DType type, Shape shape)
      : type_(type),
        shape_(std::move(shape)),
        bytes_(static_cast<std::size_t>(element_count(shape_)) * size_of(type)) {}
  /// As many bytes as the shape has.
  Tensor(DType type, Shape shape, std::span<const std::uint8_t> bytes)
      : type_(type), shape_(std::move(shape)), bytes_(bytes.begin(), bytes.end()) {}
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
