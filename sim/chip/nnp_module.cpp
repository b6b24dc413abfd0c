// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/nnp_module.h"

#include <cstring>

namespace nnp::sim {

NnpModule::NnpModule(const sc_core::sc_module_name& name, Chip& chip)
    : sc_core::sc_module(name), chip_(chip) {
  host.register_b_transport(this, &NnpModule::b_transport);
  host.register_transport_dbg(this, &NnpModule::transport_dbg);
  SC_METHOD(run_chip);
  dont_initialize();
  sensitive << doorbell_;
}

void NnpModule::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
  if (payload.get_address() == kDoorbellAddress && payload.is_write() &&
      payload.get_data_length() == sizeof(device::LaunchDescriptor)) {
    device::LaunchDescriptor launch;
    std::memcpy(&launch, payload.get_data_ptr(), sizeof launch);
    chip_.start_launch(launch);
    running_ = true, interrupted_ = false, failure_ = nullptr;
    started_ = sc_core::sc_time_stamp();
    launch_start_ = chip_.simulation().now();
    doorbell_.notify(sc_core::SC_ZERO_TIME);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return;
  }
  payload.set_response_status(transport_dbg(payload) == payload.get_data_length()
                                  ? tlm::TLM_OK_RESPONSE
                                  : tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

unsigned NnpModule::transport_dbg(tlm::tlm_generic_payload& payload) {
  ByteMemory& memory = chip_.state().device_memory;
  const unsigned length = payload.get_data_length();
  if (payload.get_address() > memory.size() || length > memory.size() - payload.get_address()) return 0;
  if (payload.is_write())
    std::memcpy(memory.at(payload.get_address(), length), payload.get_data_ptr(), length);
  else
    std::memcpy(payload.get_data_ptr(), memory.read(payload.get_address(), length), length);
  return length;
}

void NnpModule::run_chip() {
  if (!running_) return;
  try {
    // As far as nobody else in this SystemC simulation wants to act.
    Picoseconds limit = ~Picoseconds{0};
    if (sc_core::sc_pending_activity_at_future_time()) {
      const sc_core::sc_time foreign =
          sc_core::sc_time_stamp() + sc_core::sc_time_to_pending_activity() - started_;
      limit = launch_start_ + static_cast<Picoseconds>(foreign / sc_core::sc_time(1, sc_core::SC_PS));
    }
    const bool done = chip_.run_until(limit);
    const Picoseconds reached = (done ? chip_.interrupt_time() : limit) - launch_start_;
    const sc_core::sc_time at = started_ + sc_core::sc_time(static_cast<double>(reached), sc_core::SC_PS);
    if (done) {
      running_ = false, interrupted_ = true;
      interrupt.notify(at - sc_core::sc_time_stamp());
    } else {
      next_trigger(at - sc_core::sc_time_stamp());
    }
  } catch (...) {
    failure_ = std::current_exception();
    running_ = false;
    sc_core::sc_stop();
  }
}

}  // namespace nnp::sim
