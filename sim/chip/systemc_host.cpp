// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/systemc_host.h"

#include <tlm_utils/simple_initiator_socket.h>

#include "sim/chip/nnp_module.h"

// Debian's libsystemc wants one; programs of this project have their own main.
int sc_main(int, char**) { return 0; }

namespace nnp::sim {
namespace {

class ChipDevice : public device::Device {
 public:
  ChipDevice(const models::ChipSpec& spec, const ChipOptions& options) : chip_(spec, options) {}

  const isa::ArchSpec& arch() const override { return chip_.spec().arch; }
  bool fetches_from_host() const override { return chip_.spec().front_end.fetch == models::FetchFrom::host; }
  std::span<std::uint8_t> map_host_memory(Bytes bytes) override {
    chip_.state().host_memory.resize(bytes);
    return {chip_.state().host_memory.at(0, bytes), bytes};
  }
  void allocate_device_memory(Bytes bytes) override {
    if (bytes > arch().device_memory_bytes)
      throw ProgramFault(fmt::format("the program needs {} bytes of device memory, the chip has {}", bytes,
                                     arch().device_memory_bytes));
    chip_.state().device_memory.resize(bytes);
  }
  void write_device_memory(Address address, std::span<const std::uint8_t> bytes) override {
    poke(address, bytes);
    chip_.add_load_time(chip_.link().bulk_time(bytes.size()));
  }
  void load_constants(std::span<const std::uint8_t> bytes) override {
    chip_.state().device_memory.lend(bytes);
    chip_.add_load_time(chip_.link().bulk_time(bytes.size()));
  }
  void begin_inference() override { chip_.begin_inference(); }
  device::RunStatistics statistics() const override { return chip_.statistics(); }
  void set_accumulator_tap(std::function<void(const device::AccumulatorView&)> tap) override {
    if (tap)
      chip_.state().tap = [tap = std::move(tap)](const AccumulatorBlock& block) {
        tap({block.tag, block.rows, block.m, block.n, block.row_stride, block.real});
      };
    else
      chip_.state().tap = nullptr;
  }
  void set_progress(std::function<bool(const device::Progress&)> progress) override {
    chip_.set_progress(std::move(progress));
  }

 protected:
  virtual void poke(Address address, std::span<const std::uint8_t> bytes) = 0;
  Chip chip_;
};

/// The plain loop.
class PlainDevice : public ChipDevice {
 public:
  using ChipDevice::ChipDevice;
  void peek_device_memory(Address address, std::span<std::uint8_t> bytes) override {
    std::copy_n(chip_.state().device_memory.read(address, bytes.size()), bytes.size(), bytes.begin());
  }
  void ring_doorbell(const device::LaunchDescriptor& launch) override { chip_.start_launch(launch); }
  void wait_for_interrupt() override { chip_.run_until(~Picoseconds{0}); }

 private:
  void poke(Address address, std::span<const std::uint8_t> bytes) override {
    std::copy(bytes.begin(), bytes.end(), chip_.state().device_memory.at(address, bytes.size()));
  }
};

/// The host's side of the socket.
class HostBridge : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<HostBridge> socket{"socket"};
  explicit HostBridge(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {}
};

sc_core::sc_simcontext* renewed_context() {
  auto* context = new sc_core::sc_simcontext();
  sc_core::sc_curr_simcontext = context;
  sc_core::sc_default_global_context = context;
  return context;
}

class SystemCDevice : public ChipDevice {
 public:
  SystemCDevice(const models::ChipSpec& spec, const ChipOptions& options)
      : ChipDevice(spec, options), context_(renewed_context()), bridge_("host"), module_("chip", chip_) {
    sc_core::sc_set_stop_mode(sc_core::SC_STOP_IMMEDIATE);
    sc_core::sc_report_handler::set_actions(
        sc_core::SC_INFO, sc_core::SC_DO_NOTHING);  // "Simulation stopped" would go to stdout
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_,
                                            sc_core::SC_DO_NOTHING);  // elaboration has none
    bridge_.socket.bind(module_.host);
  }
  void peek_device_memory(Address address, std::span<std::uint8_t> bytes) override {
    transport(tlm::TLM_READ_COMMAND, address, bytes.data(), bytes.size(), true);
  }
  void ring_doorbell(const device::LaunchDescriptor& launch) override {
    device::LaunchDescriptor copy = launch;
    if (!started_) sc_core::sc_start(sc_core::SC_ZERO_TIME), started_ = true;  // elaboration
    transport(tlm::TLM_WRITE_COMMAND, kDoorbellAddress, reinterpret_cast<std::uint8_t*>(&copy), sizeof copy,
              false);
  }
  void wait_for_interrupt() override {
    while (!module_.interrupted() && !module_.failure()) sc_core::sc_start();
    if (module_.failure()) std::rethrow_exception(module_.failure());
  }

 private:
  void poke(Address address, std::span<const std::uint8_t> bytes) override {
    transport(tlm::TLM_WRITE_COMMAND, address, const_cast<std::uint8_t*>(bytes.data()), bytes.size(), true);
  }
  void transport(tlm::tlm_command command, std::uint64_t address, std::uint8_t* data, std::size_t bytes,
                 bool debug) {
    constexpr std::size_t kMost = 1u << 30;  // a payload's length is 32 bits
    for (std::size_t at = 0; at < bytes; at += kMost) {
      const auto length = static_cast<unsigned>(std::min(kMost, bytes - at));
      tlm::tlm_generic_payload payload;
      payload.set_command(command);
      payload.set_address(address + at);
      payload.set_data_ptr(data + at);
      payload.set_data_length(length);
      payload.set_streaming_width(length);
      payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      bool ok = true;
      if (debug)
        ok = bridge_.socket->transport_dbg(payload) == length;
      else
        bridge_.socket->b_transport(payload, delay), ok = payload.is_response_ok();
      if (!ok)
        throw AddressError(
            fmt::format("host access of {} bytes at device address {:#x} was refused", length, address + at));
    }
  }
  std::unique_ptr<sc_core::sc_simcontext> context_;
  HostBridge bridge_;
  NnpModule module_;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<device::Device> make_device(const models::ChipSpec& spec, const ChipOptions& options,
                                            Host host) {
  if (host == Host::plain) return std::make_unique<PlainDevice>(spec, options);
  return std::make_unique<SystemCDevice>(spec, options);
}

}  // namespace nnp::sim
