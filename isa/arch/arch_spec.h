// SPDX-License-Identifier: Apache-2.0
// What a program depends on: the part of a chip that software may know. Timing is not here (models/chips has
// it). A program carries the hash of its ArchSpec; a chip refuses a program whose hash is not its own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "isa/arch/units.h"

namespace nnp::isa {

enum class Precision : std::uint8_t { int8, int8x16, bf16, fp32 };
/// Which operand stays in the PEs while a pass runs (M rows of activations, K of depth, N columns of
/// weights): rows x columns of PEs hold K x N weights, M x N sums or K x M activations. The adder tree holds
/// K x N weights and adds each column in a tree instead of from PE to PE.
enum class ArrayKind : std::uint8_t { weight_stationary, output_stationary, input_stationary, adder_tree };
/// Whether a partial weight tile is stored and fetched as a whole array of weights (TPU v1) or only its own
/// bytes.
enum class WeightFetch : std::uint8_t { padded, exact };
/// How long a value stays in the buffer: while the network needs it, where there is room, or only while one
/// layer works on it, with device memory between layers (NVDLA, Gemmini).
enum class Residency : std::uint8_t { network, layer };

struct ArchSpec {
  ArrayKind array_kind = ArrayKind::weight_stationary;
  std::uint32_t array_rows = 0;  // multiply-accumulate cells; K direction, output stationary M
  std::uint32_t array_cols = 0;  // N direction, input stationary M
  std::uint32_t most_rows = 0;   // rows of activations that one instruction streams; 0: what its field holds
  WeightFetch weight_fetch = WeightFetch::exact;
  Bytes weight_align_bytes = 1;  // a layer's weights end at a multiple of this, and are fetched to there
  std::uint32_t weight_fifo_tiles = 0;  // tiles of array_rows x array_cols int8 weights
  std::uint32_t accumulator_rows = 0;   // each of array_cols int32
  Bytes unified_buffer_bytes = 0;
  std::uint32_t buffer_word_bytes = 0;  // one access of one port
  Residency residency = Residency::network;
  std::uint32_t channel_align_bytes =
      0;  // a pixel's channels are padded to a multiple of this in buffer and memory
  Bytes device_memory_bytes = 0;
  std::vector<Precision> precisions;  // which the array can run
};

/// 64-bit FNV-1a over the canonical text of every field.
std::uint64_t hash(const ArchSpec&);

const char* to_string(Precision);
const char* to_string(ArrayKind);
const char* to_string(WeightFetch);
const char* to_string(Residency);

}  // namespace nnp::isa
