// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace nnp::cli {

/// 64 hexadecimal digits.
std::string sha256(std::span<const std::uint8_t>);

}  // namespace nnp::cli
