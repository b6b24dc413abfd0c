// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/executor/launch_timer.h"

#include <algorithm>

#include "host_runtime/executor/stream_bytes.h"

namespace nnp::executor {

device::RunStatistics LaunchTimer::statistics(const isa::Program& program) {
  const auto device = make_();
  const std::vector<std::uint8_t> stream = stream_bytes(program);
  device->allocate_device_memory(program.device_bytes);
  const auto host = device->map_host_memory(stream.size());
  const bool from_host = device->fetches_from_host();
  if (from_host)
    std::ranges::copy(stream, host.begin());
  else
    device->write_device_memory(program.instruction_address, stream);
  device->begin_inference();
  const isa::Launch& launch = program.launches.front();
  device->ring_doorbell(
      {from_host ? 0 : program.instruction_address, launch.instruction_count, 0, launch.initial_tokens});
  device->wait_for_interrupt();
  return device->statistics();
}

}  // namespace nnp::executor
