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
    case DType::bf16:
      return "bf16";
  }
  return "?";
}

std::size_t size_of(DType type) {
  switch (type) {
    case DType::f32:
    case DType::i32:
      return 4;
    case DType::i64:
      return 8;
    case DType::s16:
    case DType::bf16:
      return 2;
    case DType::u8:
    case DType::s8:
      return 1;
  }
  throw std::logic_error("size_of: not a type");
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
