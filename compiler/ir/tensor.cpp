// SPDX-License-Identifier: Apache-2.0
// Names and sizes of element types.
#include "compiler/ir/tensor.h"

#include <stdexcept>
#include <string>

namespace nnp::ir {

const char* to_string(DType type) {
  switch (type) {
    case DType::f32:
      return "f32";
    case DType::i64:
      return "i64";
    case DType::i32:
      return "i32";
    case DType::u8:
      return "u8";
    case DType::s8:
      return "s8";
    case DType::s16:
      return "s16";
    case DType::b8:
      return "b8";
    case DType::u16:
      return "u16";
    case DType::u32:
      return "u32";
    case DType::u64:
      return "u64";
    case DType::f16:
      return "f16";
    case DType::bf16:
      return "bf16";
    case DType::f64:
      return "f64";
  }
  return "?";
}

std::size_t size_of(DType type) {
  if (type > kLastDType) throw std::logic_error("size_of: not a type");
  return with_element_type(type, [](auto element) { return sizeof(element); });
}

isa::ElementType element_type(DType type) {
  switch (type) {
    case DType::u8:
      return isa::ElementType::u8;
    case DType::s8:
      return isa::ElementType::s8;
    case DType::s16:
      return isa::ElementType::s16;
    case DType::i32:
      return isa::ElementType::s32;
    case DType::bf16:
      return isa::ElementType::bf16;
    case DType::f32:
      return isa::ElementType::f32;
    default:
      throw std::logic_error(std::string("element_type: the device has no ") + to_string(type));
  }
}

}  // namespace nnp::ir
