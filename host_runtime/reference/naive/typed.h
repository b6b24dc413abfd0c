// SPDX-License-Identifier: Apache-2.0
// Arithmetic on tensors of the host's types: in T itself for integers (two's complement, wrapping), in
// binary32 for f32 and the 16-bit ones, in binary64 for f64.
#pragma once

#include <type_traits>

#include "compiler/ir/tensor.h"

namespace nnp::reference::naive {

template <typename T>
inline constexpr bool kIsHalf = std::is_same_v<T, ir::Float16> || std::is_same_v<T, ir::BFloat16>;
template <typename T>
inline constexpr bool kIsReal = std::is_floating_point_v<T> || kIsHalf<T>;

/// What arithmetic on T happens in. Integers: a type wide enough for the machine, wrapped when stored.
template <typename T>
using Arithmetic = std::conditional_t<kIsHalf<T>, float, T>;

/// The same integer without a sign, so that overflow wraps; others as they are.
template <typename T>
auto wrapping(T value) {
  if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>)
    return static_cast<std::uint64_t>(value);
  else
    return static_cast<Arithmetic<T>>(value);
}

}  // namespace nnp::reference::naive
