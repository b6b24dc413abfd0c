// SPDX-License-Identifier: Apache-2.0
// Base64 (RFC 4648): how bytes stand in a page.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace nnp::traces {

std::string base64(std::span<const std::uint8_t> bytes);

}  // namespace nnp::traces
