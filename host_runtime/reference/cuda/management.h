// SPDX-License-Identifier: Apache-2.0
// What only the driver's management library tells: its version, and the clocks at this moment.
#pragma once

#include <optional>
#include <string>

namespace nnp::cuda {

struct Management {
  std::string driver;  // "580.159.04"; empty where the library is not there
  std::optional<double> sm_clock_hz, memory_clock_hz, most_sm_clock_hz;
};
/// Of the GPU with this PCI bus id ("00000000:3B:00.0").
Management management(const char* pci_bus_id);

}  // namespace nnp::cuda
