// SPDX-License-Identifier: Apache-2.0
// What a driver sees of an accelerator card: host memory both sides can reach, device memory behind the link,
// a doorbell and an interrupt. sim/chip implements it; the executor uses nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "host_runtime/device/statistics.h"
#include "isa/program/program.h"

namespace nnp::device {

/// What the doorbell hands over.
struct LaunchDescriptor {
  Address stream =
      0;  // encoded instructions: in device memory, or in host memory when the device fetches from there
  std::uint32_t instructions = 0;
  std::uint32_t first_instruction = 0;  // its index in the program, for traces and reports
  std::array<std::uint16_t, isa::kTokenCounters> tokens{};
  /// A batch goes through in parts: host inputs that follow instructions of layers begin the next one, whose
  /// layers come behind all of the one before. For the account alone.
  bool in_parts = false;
};

/// Sums that the drain unit is about to use, rows [m][n] with row_stride elements between rows: int32, or the
/// bits of float32.
struct AccumulatorView {
  std::uint32_t tag;
  const std::int32_t* rows;
  std::size_t m, n, row_stride;
  bool real = false;
};

struct Progress {
  Cycle cycle;
  std::uint16_t layer;
  std::uint32_t dispatched, total;
};

class Device {
 public:
  virtual ~Device() = default;

  virtual const isa::ArchSpec& arch() const = 0;
  virtual bool fetches_from_host() const = 0;

  /// Pinned host memory of this size, zeroed; valid until the next call.
  virtual std::span<std::uint8_t> map_host_memory(Bytes) = 0;
  /// Device memory of this size, zeroed. Throws std::runtime_error when the device has less.
  virtual void allocate_device_memory(Bytes) = 0;
  /// Bulk DMA over the link; its time counts as load_cycles.
  virtual void write_device_memory(Address, std::span<const std::uint8_t>) = 0;
  /// The same from address 0 on; the bytes are read where they are, so they must live as long as the device
  /// is used. Behind allocate_device_memory().
  virtual void load_constants(std::span<const std::uint8_t>) = 0;
  /// Bytes of device memory, without time (TLM debug transport): for tests and inspection.
  virtual void peek_device_memory(Address, std::span<std::uint8_t>) = 0;

  /// Starts a launch; returns when the interrupt of its last IRQ has reached the host. Throws
  /// sim::DeadlockError with the wait graph, sim::AddressError, sim::TokenError.
  virtual void ring_doorbell(const LaunchDescriptor&) = 0;
  virtual void wait_for_interrupt() = 0;

  /// Statistics since the last begin_inference().
  virtual void begin_inference() = 0;
  virtual RunStatistics statistics() const = 0;

  /// Called at each DRAIN with what it reads.
  virtual void set_accumulator_tap(std::function<void(const AccumulatorView&)>) = 0;
  /// Called now and then; returning false stops the run (InterruptedError).
  virtual void set_progress(std::function<bool(const Progress&)>) = 0;
};

struct InterruptedError : std::exception {
  const char* what() const noexcept override { return "interrupted"; }
};

}  // namespace nnp::device
