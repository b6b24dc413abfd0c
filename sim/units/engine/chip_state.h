// SPDX-License-Identifier: Apache-2.0
// The values a chip holds, apart from all timing: memories and accumulators. Units change them when an
// instruction retires.
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <limits>
#include <memory>
#include <new>
#include <span>

#include "isa/arch/arch_spec.h"
#include "sim/kernel/assert.h"

namespace nnp::sim {

/// A program asks a unit for what it cannot do: names instruction, value and what is allowed.
struct ProgramFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// A program addressed memory that is not there. Names space, address and size.
struct AddressError : ProgramFault {
  using ProgramFault::ProgramFault;
};

/// Elements that are zero at first. What nobody touches takes neither time nor memory, so that a chip may
/// have large memories: those are mapped, as calloc fills memory that was used before with zeros.
template <typename T>
class ZeroedArray {
 public:
  void reset(std::size_t size) {
    constexpr std::size_t kMapped = std::size_t{1} << 18;
    const std::size_t count = std::max<std::size_t>(size, 1);
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_alloc();
    const std::size_t bytes = count * sizeof(T);
    data_ = bytes < kMapped ? Data(static_cast<T*>(std::calloc(count, sizeof(T)))) : mapped(bytes);
    if (data_ == nullptr) throw std::bad_alloc();
    size_ = size;
  }
  T* data() const { return data_.get(); }
  std::size_t size() const { return size_; }

 private:
  struct Free {
    std::size_t mapped_bytes = 0;
    void operator()(T* data) const {
      if (mapped_bytes != 0)
        munmap(data, mapped_bytes);
      else
        std::free(data);
    }
  };
  using Data = std::unique_ptr<T[], Free>;
  static Data mapped(std::size_t bytes) {
    void* memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? nullptr : Data(static_cast<T*>(memory), Free{bytes});
  }
  Data data_;
  std::size_t size_ = 0;
};

/// Bytes with every access checked. The first of them may be lent: they are read where they lie, until
/// somebody asks for a place among them to write to, or reads across their end; then they are copied.
class ByteMemory {
 public:
  explicit ByteMemory(const char* name) : name_(name) {}
  void resize(Bytes bytes) { bytes_.reset(bytes), lent_ = {}; }
  /// Become the first bytes; they must stay where they are as long as this memory is used.
  void lend(std::span<const std::uint8_t> bytes) {
    check(0, bytes.size());
    lent_ = bytes;
  }
  std::uint8_t* at(Address address, Bytes bytes) {
    check(address, bytes);
    if (address < lent_.size()) [[unlikely]]
      take_over();
    return bytes_.data() + address;
  }
  const std::uint8_t* at(Address address, Bytes bytes) const { return read(address, bytes); }
  /// For reading alone.
  const std::uint8_t* read(Address address, Bytes bytes) const {
    check(address, bytes);
    if (address < lent_.size()) {
      if (bytes <= lent_.size() - address) return lent_.data() + address;
      take_over();
    }
    return bytes_.data() + address;
  }
  /// They will be read soon: the host's caches may fetch them meanwhile. Nothing where they are not there.
  void prefetch(Address address, Bytes bytes) const {
    constexpr Bytes kHostLine = 64;
    if (address > size() || bytes > size() - address) return;
    const std::uint8_t* first = (address < lent_.size() ? lent_.data() : bytes_.data()) + address;
    for (Bytes at = 0; at < bytes; at += kHostLine) __builtin_prefetch(first + at, 0, 2);
  }
  /// Elements of T, at a multiple of their size.
  template <typename T>
  T* array(Address address, std::size_t count) {
    check_aligned(address, sizeof(T));
    return reinterpret_cast<T*>(at(address, count * sizeof(T)));
  }
  /// The first of `count` rows of `bytes` each, `stride` apart, all of which are there; `count` is not 0.
  std::uint8_t* rows(Address first, std::size_t count, std::int64_t stride, Bytes bytes) {
    at(first + (count - 1) * static_cast<Address>(stride), bytes);
    return at(first, bytes);
  }
  /// Elements of `size` bytes lie at multiples of it.
  void check_aligned(Address address, Bytes size) const {
    if (address % size != 0) [[unlikely]]
      throw AddressError(fmt::format("{}: elements of {} bytes at {:#x}, which is no multiple of that", name_,
                                     size, address));
  }
  Bytes size() const { return bytes_.size(); }

 private:
  void check(Address address, Bytes bytes) const {
    if (address > bytes_.size() || bytes > bytes_.size() - address) [[unlikely]]
      throw AddressError(fmt::format("{}: access of {} bytes at {:#x}, but it ends at {:#x}", name_, bytes,
                                     address, bytes_.size()));
  }
  void take_over() const {
    std::copy(lent_.begin(), lent_.end(), bytes_.data());
    lent_ = {};
  }
  const char* name_;
  ZeroedArray<std::uint8_t> bytes_;
  mutable std::span<const std::uint8_t> lent_;
};

/// What a DRAIN read: rows [m][n] of sums before bias, int32 or the bits of float32, for the debug tap.
struct AccumulatorBlock {
  std::uint32_t tag;
  const std::int32_t* rows;
  std::size_t m, n, row_stride;
  bool real;
};
using AccumulatorTap = std::function<void(const AccumulatorBlock&)>;

struct ChipState {
  explicit ChipState(const isa::ArchSpec& arch_spec) : arch(arch_spec) {
    buffer.resize(arch.unified_buffer_bytes);
    accumulators.reset(std::size_t{arch.accumulator_rows} * arch.array_cols);
  }
  std::int32_t* accumulator_rows(std::size_t row, std::size_t count) {
    if (row + count > arch.accumulator_rows)
      throw AddressError(fmt::format("accumulators: rows {} to {}, but there are {}", row, row + count,
                                     arch.accumulator_rows));
    return accumulators.data() + row * arch.array_cols;
  }

  isa::ArchSpec arch;
  ByteMemory device_memory{"device memory"}, buffer{"unified buffer"}, host_memory{"host memory"};
  ZeroedArray<std::int32_t> accumulators;  // [accumulator_rows][array_cols], bits of float32 where real
  bool values = true;                      // false: timing only
  AccumulatorTap tap;
};

}  // namespace nnp::sim
