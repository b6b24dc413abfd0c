// SPDX-License-Identifier: Apache-2.0
// A whole chip design as data: the ArchSpec that programs depend on and every timing parameter. The loader
// (chip_file.h) reads it from TOML; each struct is one table of that file, each member one key of the same
// name.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "isa/arch/arch_spec.h"

namespace nnp::models {

/// Who computes the array's values: bulk kernels, the register-level array in SystemC, or the array that the
/// program was built with. The cycles are the same; registers and rtl are checked to keep them.
enum class ArrayModel : std::uint8_t { closed_form, registers, rtl };
struct ArraySpec {  // [core.array]; kind, rows, cols, most_rows, weight_* go to ArchSpec
  std::uint32_t shift_rows_per_cycle = 1;  // rows of the stationary operand moved in a cycle, or of sums out
  bool overlap = true;                     // the next pass loads while this one streams
  std::uint32_t tree_registers = 1;        // adder tree: from an input to a sum
  bool drain_phase = true;                 // output stationary: sums move out row by row
  bool ideal_fill = false;                 // for experiments: nothing but streams takes time
  ArrayModel model = ArrayModel::closed_form;
  bool kind_of_plugged = false;  // kind = "rtl": ArchSpec's is not known until the array is
};
struct BufferSpec {  // [core.buffer]; size, word, channel_align, residency go to ArchSpec
  std::uint32_t banks =
      4;  // single-ported, word-interleaved; a vector operation has up to three streams at once
  std::uint32_t read_latency_cycles = 1;  // access to the word at its reader; 1 is in every pipeline already
  bool conflicts = true;                  // false: as many ports as anybody wants; no access ever waits
};
struct DrainSpec {                   // [core.drain]
  std::uint32_t lanes = 0;           // sums a cycle; 0: one accumulator row (array_cols sums)
  std::uint32_t latency_cycles = 1;  // pipeline: last row in to last row written
};
struct VectorSpec {         // [core.vector]
  std::uint32_t lanes = 1;  // elements a cycle
  std::uint32_t latency_cycles = 1;
};
struct DmaSpec {              // [core.dma]: the load, weight and store engines alike
  Bytes request_bytes = 64;   // one request to the memory
  Bytes window_bytes = 4096;  // in flight, an engine
};
enum class FetchFrom : std::uint8_t { device, host };
struct FrontEndSpec {                   // [front_end]: command processor
  FetchFrom fetch = FetchFrom::device;  // stream from device memory, or from host memory over PCIe
  std::uint32_t dispatch_cycles = 1;    // an instruction
  std::uint32_t queue_depth = 8;        // instructions, each queue
  Bytes fetch_bytes = 1024;             // one fetch
  Bytes fetch_buffer_bytes = 4096;
};
enum class PagePolicy : std::uint8_t { open, closed };
enum class RefreshMode : std::uint8_t { all_bank, per_bank, off };
struct MemorySpec {              // [memory]
  std::string preset = "ideal";  // a name of sim/units/dram/presets
  std::uint32_t channels = 1;
  Bytes capacity = 0;  // of all channels; also ArchSpec::device_memory_bytes
  std::string address_map = "row:bank:bankgroup:column";  // within a channel, highest bits first; channel
                                                          // bits are below `interleave`
  Bytes interleave_bytes = 256;                           // consecutive bytes on one channel
  std::uint32_t ranks = 1;                                // a channel
  PagePolicy page_policy = PagePolicy::open;
  RefreshMode refresh = RefreshMode::all_bank;
  std::uint32_t queue_depth = 32;  // bursts, a channel and direction
  std::uint32_t row_hit_cap =
      16;  // bursts an open row may serve while an older one waits for another row of the bank
  std::uint32_t crossbar_latency_cycles = 4;  // core cycles, each way between core and controller
  double ideal_bandwidth_bytes_per_s = 0;     // preset ideal only
  double ideal_latency_s = 0;
  std::map<std::string, double>
      timing;  // [memory.timing] overrides of the preset's symbols, in memory clocks
};
struct PcieSpec {              // [pcie]
  bool shared_memory = false;  // host and device share device memory: tensors there need not be moved
  std::uint32_t generation = 3;
  std::uint32_t lanes = 16;
  std::uint32_t address_bits = 64;  // of host addresses: 16-byte request headers, or 12 with 32
  std::uint32_t max_payload_bytes = 256;
  std::uint32_t max_read_request_bytes = 512;  // the base specification's value after reset
  std::uint32_t read_completion_boundary_bytes = 64;
  std::uint32_t outstanding_reads = 32;         // requests of the host DMA in flight
  double latency_s = 500e-9;                    // one way
  std::uint32_t posted_header_credits = 0;      // what the host advertises; a data credit is 16 bytes;
  std::uint32_t posted_data_credits = 0;        // 0: without limit
  std::uint32_t nonposted_header_credits = 0;   // (reads carry no data)
  std::uint32_t completion_header_credits = 0;  // what the device advertises
  std::uint32_t completion_data_credits = 0;
};

struct ChipSpec {
  std::string name;
  std::string description;
  isa::ArchSpec arch;
  std::uint64_t core_frequency_khz = 1'000'000;
  ArraySpec array;
  BufferSpec buffer;
  DrainSpec drain;
  VectorSpec vector;
  DmaSpec dma;
  FrontEndSpec front_end;
  MemorySpec memory;
  PcieSpec pcie;
};

/// 64-bit hash of every parameter, names and descriptions excluded. Recorded with each result.
std::uint64_t full_hash(const ChipSpec&);

}  // namespace nnp::models
