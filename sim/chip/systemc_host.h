// SPDX-License-Identifier: Apache-2.0
// A chip as a SystemC module behind the Device interface. One SystemC process runs all clock domains of the chip ahead, up to
// the time of the next foreign SystemC activity. The host reaches device memory and the doorbell through a TLM-2.0 socket
// (b_transport for registers, transport_dbg for memory contents).
#pragma once

#include <memory>

#include "host_runtime/device/device.h"
#include "sim/chip/chip.h"

namespace nnp::sim {

/// Who calls the chip's event loop: SystemC's kernel, or a plain loop (the same results; a test holds them against each other).
enum class Host : std::uint8_t { systemc, plain };

/// One device at a time in a process may have Host::systemc: SystemC has one simulation context, which this renews.
std::unique_ptr<device::Device> make_device(const models::ChipSpec&, const ChipOptions& = {}, Host = Host::systemc);

}  // namespace nnp::sim
