// SPDX-License-Identifier: Apache-2.0
// A Program: what the compiler makes and a device runs. Streams, constants, and the tables that lead from an
// instruction back to tile, layer and ONNX node.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "isa/arch/arch_spec.h"
#include "isa/instruction/fields.h"
#include "isa/program/byte_image.h"

namespace nnp::isa {

struct LayerInfo {
  std::string name;  // unique
  std::string op;    // ONNX operator, "Conv"
  bool on_host = false;
  std::uint64_t macs = 0;  // multiplications the network asks for
  Bytes weight_bytes = 0;  // device memory bytes the plan fetches through wload, each refetch counted
  std::vector<std::string> onnx_nodes;  // the nodes it came from
  bool operator==(const LayerInfo&) const = default;
};

/// Where the accumulators of an MX or DRAIN instruction lie in the layer's [m, n] matrix of int32 sums:
/// m counts output positions (batch, then rows, then columns; time, then batch for a recurrent layer), n
/// counts channels.
struct TileInfo {
  std::uint16_t layer = 0;
  std::uint32_t m0 = 0, n0 = 0, m = 0, n = 0;
  bool operator==(const TileInfo&) const = default;
};

/// A tensor in host memory at the border of a launch, in device layout: pixels x channels, channels last,
/// each pixel padded to pixel_bytes. Rank-4 tensors are NCHW (channels = axis 1), others have channels last.
struct HostTensor {
  std::string value;                // name of the graph value
  std::vector<std::int64_t> shape;  // logical shape
  ElementType type = ElementType::u8;
  std::uint32_t pixel_bytes = 0;
  Address host_address = 0;
  Bytes bytes = 0;
  bool operator==(const HostTensor&) const = default;
};

/// One doorbell-to-interrupt run of the chip.
struct Launch {
  std::uint32_t first_instruction = 0, instruction_count = 0;
  std::array<std::uint16_t, kTokenCounters> initial_tokens{};
  std::vector<HostTensor> inputs, outputs;
  bool operator==(const Launch&) const = default;
};

struct Program {
  std::string network, chip;
  Precision precision = Precision::int8;
  std::uint32_t batch = 1;
  std::uint32_t sub_batch = 0;  // inferences of the batch that go through the network together; 0: all
  std::uint64_t arch_hash = 0;
  std::vector<Instruction> instructions;
  std::vector<Launch> launches;
  ByteImage constants;              // device memory image from address 0: weights, parameters, tables
  Address instruction_address = 0;  // where the encoded stream lies in device memory (after the constants)
  Bytes device_bytes = 0;           // device memory in use: constants, stream, spilled activations
  Bytes host_bytes = 0;             // host memory the launches address
  std::vector<LayerInfo> layers;
  std::vector<TileInfo> tiles;  // indexed by Instruction::tag of matmul, conv and drain
  ByteImage graph;              // the quantised graph, as compiler/ir serialises it: what a reference runs
  bool operator==(const Program&) const = default;
};

}  // namespace nnp::isa
