// SPDX-License-Identifier: Apache-2.0
// What the code of one layer needs at hand: placements, constants, staging space, and the moves between
// device memory and buffer.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "compiler/codegen/stream_builder.h"
#include "compiler/ir/quantized.h"
#include "compiler/tiling/mapping.h"
#include "compiler/tiling/memory_plan.h"
#include "isa/program/program.h"

namespace nnp::compiler {

/// Bit of a 40-bit device address that marks it as relative to the spill region, until relocate().
inline constexpr Address kSpillBit = Address{1} << 39;

/// Device memory contents and tables that all layers add to. A layer's code may be made again, for the next
/// part of the batch: it finds its constants where they are, in the order in which it added them.
struct ProgramParts {
  bool contents = true;  // false: weights take their room and stay zero
  std::vector<std::uint8_t> constants;
  std::vector<isa::TileInfo> tiles;
  std::vector<isa::LayerInfo> layers;
  std::map<ir::ValueId, Address> constant_activations;

  /// What is added from now on is this layer's; of its results that many rows were made by earlier parts.
  void begin(std::uint16_t layer, std::int64_t rows_before);
  /// Aligned, to 64 bytes at least, 4 KiB and more to 256; returns the device memory address.
  Address add_constant(std::span<const std::uint8_t> bytes, Bytes align = 64);
  template <typename T>
  Address add_constant(const std::vector<T>& values) {
    return add_constant(
        std::span(reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)));
  }
  Address append_constant(std::span<const std::uint8_t> bytes, Bytes align = 64);  // that is no layer's own
  std::uint32_t add_tile(const isa::TileInfo& tile);

 private:
  std::map<std::uint16_t, std::vector<Address>> placed_;  // by layer
  std::vector<Address>* of_layer_ = nullptr;
  std::size_t next_ = 0;  // of of_layer_
  std::uint32_t rows_before_ = 0;
};

class LayerEmitter {
 public:
  /// `part`: of the batch, whose graph this is; parts before it are in `parts` already.
  LayerEmitter(const ir::Graph& graph, std::size_t node_index, const isa::ArchSpec& arch,
               const MemoryPlan& plan, const Mapping& mapping, StreamBuilder& builder, ProgramParts& parts,
               std::int64_t part = 0);

  const ir::Graph& graph;
  const ir::Node& node;
  const isa::ArchSpec& arch;
  const Mapping& mapping;
  StreamBuilder& builder;
  ProgramParts& parts;
  std::uint16_t layer;

  const ir::Value& value(ir::ValueId id) const { return graph.values[id]; }
  Layout layout(ir::ValueId id) const { return layout_of(graph.values[id], arch); }
  bool resident(ir::ValueId id) const { return plan_.values[id].in_buffer; }
  /// The Add or pool that this layer makes of its own result; null: none.
  const FusedTail* fused_tail() const { return plan_.tail_taking(node.outputs[0]); }
  /// Buffer address of a resident value, device memory address (spill-relative) of another. A constant that
  /// serves as an activation is put into device memory when first asked for.
  Address address(ir::ValueId id) const;

  /// Positions (pixels) up to which the array, tile by tile, makes a value, ascending; empty where it is not
  /// the array that does. Of the layers emitted so far.
  std::vector<std::int64_t> drained_positions(ir::ValueId id) const;

  /// Bytes of staging area for this layer, word aligned. Layers take them from alternate ends, so that one
  /// layer's parameters may be loaded while the layer before still uses its own. Throws CompileError when
  /// there is no room.
  Address stage(Bytes bytes);
  Bytes staging_left() const { return staging_end_ - staging_begin_; }

  /// `rows` runs of `bytes` between device memory and the buffer; equal strides of `bytes` make one long run.
  struct Runs {
    Address dram, buffer;
    std::int64_t dram_stride, buffer_stride;
    Bytes bytes;
    std::int64_t rows;
  };
  void load_rows(const Runs& runs) { transfer(isa::Queue::load, runs); }
  void store_rows(const Runs& runs) { transfer(isa::Queue::store, runs); }
  void load(Address dram, Address buffer, Bytes bytes) { load_rows({dram, buffer, 0, 0, bytes, 1}); }
  void store(Address buffer, Address dram, Bytes bytes) { store_rows({dram, buffer, 0, 0, bytes, 1}); }
  /// A constant in staging for this layer.
  Address stage_constant(std::span<const std::uint8_t> bytes);
  template <typename T>
  Address stage_constant(const std::vector<T>& values) {
    return stage_constant(
        std::span(reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)));
  }

  /// Runs steps; with `ahead` their loads go one step ahead (what a step loads then has two buffers):
  /// load(0), load(1), compute(0), load(2), compute(1), ...; else load(0), compute(0), load(1), ...
  static void pipeline(std::size_t steps, bool ahead, const std::function<void(std::size_t)>& load_step,
                       const std::function<void(std::size_t)>& compute_step);

 private:
  std::int64_t pooled(std::int64_t end, const FusedTail&) const;
  void transfer(isa::Queue queue, const Runs& runs);
  const MemoryPlan& plan_;
  std::int64_t part_;
  Address staging_begin_, staging_end_;
  bool from_top_;
};

/// The flags of instructions that work on values of a type: MATMUL's and CONV's activations, WLOAD's weights,
/// DRAIN's sums.
std::uint8_t activation_flags(ir::DType);
std::uint8_t weight_flags(ir::DType);
std::uint8_t drain_flags(ir::DType activations);
/// DRAIN's words for a node's result: type, zero point and clamp.
std::vector<WordValue> result_words(const ir::Graph&, const ir::Node&);
/// ADD's and MUL's words for a node's operands and result, both sources in runs.
std::vector<WordValue> binary_words(const ir::Graph&, const ir::Node&);

/// POOL's words that a node's type and scales decide; its windows', its picture's and strides are the
/// caller's.
std::vector<WordValue> pool_words(const ir::Graph&, const ir::Node&);

/// Code of one node, by operator. The table is in codegen.cpp.
void emit_mac(LayerEmitter&);        // conv, gemm
void emit_recurrent(LayerEmitter&);  // rnn, gru, lstm
void emit_pool(LayerEmitter&);
void emit_elementwise(LayerEmitter&);  // add, mul, tables: integer formulas
void emit_map(LayerEmitter&);          // functions of reals, element by element
void emit_reduce(LayerEmitter&);
void emit_softmax(LayerEmitter&);
void emit_normalization(LayerEmitter&);  // LayerNormalization, InstanceNormalization, LRN
void emit_move(LayerEmitter&);           // what moves elements only

StagingNeed mac_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed mac_with_tail_staging(const ir::Graph&, const FusedTail&, const isa::ArchSpec&);
StagingNeed recurrent_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed pool_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed elementwise_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed map_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed reduce_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed softmax_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed normalization_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
StagingNeed move_staging(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);

}  // namespace nnp::compiler
