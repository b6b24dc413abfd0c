// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::gpu {

std::size_t size_of(Element element) {
  switch (element) {
    case Element::s8:
    case Element::u8:
      return 1;
    case Element::f16:
    case Element::bf16:
    case Element::s16:
      return 2;
    case Element::f32:
    case Element::i32:
      return 4;
    case Element::i64:
      return 8;
  }
  return 0;
}

const char* to_string(Element element) {
  switch (element) {
    case Element::f32:
      return "f32";
    case Element::f16:
      return "f16";
    case Element::bf16:
      return "bf16";
    case Element::s8:
      return "s8";
    case Element::u8:
      return "u8";
    case Element::s16:
      return "s16";
    case Element::i32:
      return "i32";
    case Element::i64:
      return "i64";
  }
  return "unknown element";
}

int operands(Function function) {
  switch (function) {
    case Function::add:
    case Function::sub:
    case Function::mul:
    case Function::div:
    case Function::min:
    case Function::max:
    case Function::pow:
    case Function::prelu:
      return 2;
    default:
      return 1;
  }
}

}  // namespace nnp::gpu
