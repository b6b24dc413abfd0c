// SPDX-License-Identifier: Apache-2.0
// The SystemC module: a TLM-2.0 target towards the host, one process that runs the chip.
#pragma once

#include <tlm.h>
#include <tlm_utils/simple_target_socket.h>

#include <exception>
#include <systemc>

#include "sim/chip/chip.h"

namespace nnp::sim {

/// Addresses behind the socket: device memory from 0, the doorbell register far above it. Writing a LaunchDescriptor's bytes to
/// the doorbell starts a launch.
inline constexpr std::uint64_t kDoorbellAddress = 1ull << 60;

class NnpModule : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<NnpModule> host{"host"};
  sc_core::sc_event interrupt{"interrupt"};

  SC_HAS_PROCESS(NnpModule);
  NnpModule(const sc_core::sc_module_name& name, Chip& chip);
  /// What the process met, for the caller of sc_start: C++ exceptions do not cross the SystemC kernel whole.
  std::exception_ptr failure() const { return failure_; }
  bool interrupted() const { return interrupted_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  void run_chip();

  Chip& chip_;
  sc_core::sc_event doorbell_{"doorbell"};
  sc_core::sc_time started_;  // SystemC's time at the chip's time zero
  Picoseconds launch_start_ = 0;
  bool running_ = false, interrupted_ = false;
  std::exception_ptr failure_;
};

}  // namespace nnp::sim
