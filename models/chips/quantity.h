// SPDX-License-Identifier: Apache-2.0
// Numbers with units, as chip files write them: "24 MiB", "700 MHz", "500 ns", "34 GB/s". Decimal and binary
// prefixes differ.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nnp::models {

enum class Quantity { size, frequency, time, bandwidth };  // in bytes, kilohertz, seconds, bytes per second

/// The value in the quantity's base unit; nothing when the text is not a number and one of the quantity's
/// units.
std::optional<double> parse_quantity(std::string_view text, Quantity);

/// The shortest text that parse_quantity reads back as exactly `value`.
std::string format_quantity(double value, Quantity);

/// "a size such as \"24 MiB\" (B, kB, MB, ...)", for messages.
std::string describe(Quantity);

}  // namespace nnp::models
