// SPDX-License-Identifier: Apache-2.0
// The roofline: with intensity I = operations / bytes, a machine does at most min(peak, I x bandwidth)
// operations a second (Williams, Waterman, Patterson, "Roofline", CACM 52(4), 2009). Two operations a MAC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nnp::comparison {

/// What a machine can do at most, and who says so.
struct Ceilings {
  double operations_per_s = 0, bytes_per_s = 0;
  std::string source;
};

/// Where a piece of work stands under the roof.
struct Position {
  double operations = 0, bytes = 0;
  std::optional<double> intensity;              // operations a byte; absent: it moves no bytes
  double attainable = 0;                        // operations a second
  std::optional<double> attained;               // operations a second; absent: its time is not known
  bool by_memory = false;                       // left of the ridge
  double least_s = 0;                           // by the machine's ceilings
  std::optional<double> of_attainable() const;  // attained / attainable
  /// "compute" or "memory"; "none" of what neither computes nor moves.
  const char* bound() const {
    return operations == 0 && bytes == 0 ? "none" : by_memory || operations == 0 ? "memory" : "compute";
  }
};

Position position_of(double macs, double bytes, const Ceilings&, std::optional<double> seconds = {});

}  // namespace nnp::comparison
