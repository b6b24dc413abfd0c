// SPDX-License-Identifier: Apache-2.0
// NVML comes with the driver, not with the toolkit: it is opened at run time, and six of its functions
// declared here (NVML API reference, r580).
#include "host_runtime/reference/cuda/management.h"

#include <dlfcn.h>

namespace nnp::cuda {
namespace {

constexpr int kSmClock = 1, kMemoryClock = 2;  // nvmlClockType_t
using NvmlDevice = void*;

template <typename Function>
Function* symbol(void* library, const char* name) {
  return reinterpret_cast<Function*>(dlsym(library, name));
}

using ClockQuery = int(NvmlDevice, int, unsigned*);

std::optional<double> clock_hz(ClockQuery* query, NvmlDevice device, int which) {
  unsigned megahertz = 0;
  if (!query || query(device, which, &megahertz) != 0) return std::nullopt;
  return megahertz * 1e6;
}

Management ask(void* library, const char* pci_bus_id) {
  Management found;
  if (const auto version = symbol<int(char*, unsigned)>(library, "nvmlSystemGetDriverVersion")) {
    char text[96] = {};
    if (version(text, sizeof text) == 0) found.driver = text;
  }
  NvmlDevice device = nullptr;
  const auto by_bus = symbol<int(const char*, NvmlDevice*)>(library, "nvmlDeviceGetHandleByPciBusId_v2");
  if (!by_bus || by_bus(pci_bus_id, &device) != 0) return found;
  const auto now = symbol<ClockQuery>(library, "nvmlDeviceGetClockInfo"),
             most = symbol<ClockQuery>(library, "nvmlDeviceGetMaxClockInfo");
  found.sm_clock_hz = clock_hz(now, device, kSmClock);
  found.memory_clock_hz = clock_hz(now, device, kMemoryClock);
  found.most_sm_clock_hz = clock_hz(most, device, kSmClock);
  return found;
}

}  // namespace

Management management(const char* pci_bus_id) {
  void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return {};
  Management found;
  const auto start = symbol<int()>(library, "nvmlInit_v2"), stop = symbol<int()>(library, "nvmlShutdown");
  if (start && start() == 0) {
    found = ask(library, pci_bus_id);
    if (stop) stop();
  }
  dlclose(library);
  return found;
}

}  // namespace nnp::cuda
