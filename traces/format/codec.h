// SPDX-License-Identifier: Apache-2.0
// Records to columns and back, one pair of functions a kind of record. The columns are listed in
// docs/guide/trace-file.md.
#pragma once

#include <cstdint>
#include <vector>

#include "sim/kernel/trace.h"
#include "traces/format/container.h"

namespace nnp::traces {

/// One chunk's worth of a unit: head (type, unit, records, cycles, first number filled in) and raw payload.
struct RawChunk {
  ChunkHead head;
  std::vector<std::uint8_t> payload;
};

RawChunk encode(const std::vector<sim::StateRecord>&);
RawChunk encode(const std::vector<sim::InstructionSpan>&);
RawChunk encode(const std::vector<sim::TransferSpan>&);
RawChunk encode(const std::vector<sim::TileSpan>&);
RawChunk encode(const std::vector<sim::PassSpan>&);
RawChunk encode(const std::vector<sim::MemoryCommand>&);

/// Append the chunk's records; throw std::runtime_error where the payload is not what the head says.
void decode(const ChunkHead&, const std::vector<std::uint8_t>& payload, std::vector<sim::StateRecord>& to);
void decode(const ChunkHead&, const std::vector<std::uint8_t>& payload,
            std::vector<sim::InstructionSpan>& to);
void decode(const ChunkHead&, const std::vector<std::uint8_t>& payload, std::vector<sim::TransferSpan>& to);
void decode(const ChunkHead&, const std::vector<std::uint8_t>& payload, std::vector<sim::TileSpan>& to);
void decode(const ChunkHead&, const std::vector<std::uint8_t>& payload, std::vector<sim::PassSpan>& to);
void decode(const ChunkHead&, const std::vector<std::uint8_t>& payload, std::vector<sim::MemoryCommand>& to);

}  // namespace nnp::traces
