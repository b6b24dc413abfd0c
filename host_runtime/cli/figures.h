// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them: thousands apart, a fitting unit, three or four digits that mean something.
#pragma once

#include <cstdint>
#include <string>

namespace nnp::cli {

std::string count_text(std::uint64_t);      // 1,234,567
std::string size_text(double bytes);        // 24.5 MiB
std::string kib_text(std::uint64_t bytes);  // 1,205.3, without the unit: for columns
std::string time_text(double seconds);      // 1.763 ms
std::string percent_text(double fraction);  // 41.2 %
std::string rate_text(double per_second);   // 567.2, 12,345
/// part / whole, 0 for an empty whole.
double share(double part, double whole);

}  // namespace nnp::cli
