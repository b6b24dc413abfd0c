// SPDX-License-Identifier: Apache-2.0
// LSTM: each step multiplies [x, h] by the joined weights into one set of accumulators, drains the gates to
// 16 bits, and runs tables and elementwise operations on the vector unit. The x part of all tiles goes first,
// so that weights stream while h is still being made; the h part then waits for it: the RAW wait of every
// recurrent network.
#include <fmt/format.h>
#include <algorithm>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/compile_error.h"
#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;
using isa::Queue;

struct LstmShape {
  std::int64_t steps, batch, input, hidden;
  Layout x, h;
  Bytes row_gates, row_cell;  // bytes between batch rows
  Bytes gates() const { return static_cast<Bytes>(batch) * row_gates; }
  Bytes cell() const { return static_cast<Bytes>(batch) * row_cell; }
  Bytes x_step() const { return static_cast<Bytes>(batch) * x.pixel_bytes; }
  Bytes h_step() const { return static_cast<Bytes>(batch) * h.pixel_bytes; }
  Bytes params() const { return static_cast<Bytes>(4 * hidden) * sizeof(numerics::ChannelParam); }
  static constexpr Bytes kTable = numerics::kTable16Entries * 2;
};

LstmShape lstm_shape(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const ir::Value& x = graph.values[node.inputs[0]];
  const ir::Value& y = graph.values[node.outputs[0]];
  LstmShape shape{};
  shape.steps = x.shape[0], shape.batch = x.shape[1], shape.input = x.shape[2];
  shape.hidden = std::get<ir::LstmAttributes>(node.attributes).hidden_size;
  shape.x = layout_of(x, arch), shape.h = layout_of(y, arch);
  shape.row_gates = round_up<Bytes>(static_cast<Bytes>(8 * shape.hidden), arch.channel_align_bytes);
  shape.row_cell = round_up<Bytes>(static_cast<Bytes>(2 * shape.hidden), arch.channel_align_bytes);
  return shape;
}

class LstmEmitter {
 public:
  explicit LstmEmitter(LayerEmitter& emitter)
      : e_(emitter),
        s_(lstm_shape(e_.graph, e_.node, e_.arch)),
        p_(ir::lstm_params(e_.graph, e_.node)),
        x_resident_(e_.resident(e_.node.inputs[0])),
        y_resident_(e_.resident(e_.node.outputs[0])),
        cols_(e_.arch.array_cols),
        tiles_(ceil_div<std::int64_t>(4 * s_.hidden, cols_)),
        strips_{{e_.parts, e_.arch}, {e_.parts, e_.arch}} {
    if (s_.batch > e_.arch.accumulator_rows)
      throw CompileError(
          fmt::format("layer {} (LSTM): a batch of {} needs as many accumulator rows, the chip has {}",
                      e_.node.name, s_.batch, e_.arch.accumulator_rows));
    if (std::get<ir::LstmAttributes>(e_.node.attributes).cell_scale == 0)
      throw CompileError(fmt::format("layer {} (LSTM): not quantised", e_.node.name));
  }

  void emit() {
    pack_weights();
    gates_ = e_.stage(s_.gates());
    cell_ = e_.stage(s_.cell());
    const std::vector<std::uint8_t> zeros(std::max(s_.h_step(), s_.cell()), 0);
    zero_h_ = e_.stage(s_.h_step());
    const Address zero_constant = e_.parts.add_constant(zeros);
    e_.load(zero_constant, zero_h_, s_.h_step());
    e_.load(zero_constant, cell_, s_.cell());
    params_ = stage_vector(p_.gates);
    sigmoid_ = stage_vector(p_.sigmoid);
    tanh_gate_ = stage_vector(p_.tanh_gate);
    tanh_cell_ = stage_vector(p_.tanh_cell);
    for (int i = 0; i < 2; ++i) {
      if (!x_resident_) x_buffers_.push_back(e_.stage(s_.x_step()));
      if (!y_resident_) h_buffers_.push_back(e_.stage(s_.h_step()));
    }
    const auto steps = static_cast<std::size_t>(s_.steps);
    LayerEmitter::pipeline(
        steps, true, [this](std::size_t t) { load(t); }, [this](std::size_t t) { step(t); });
  }

 private:
  template <typename T>
  Address stage_vector(const std::vector<T>& values) {
    return e_.stage_constant(
        std::span(reinterpret_cast<const std::uint8_t*>(values.data()), values.size() * sizeof(T)));
  }

  void pack_weights() {
    for (const int operand : {1, 2}) {
      const ir::Tensor& w = *e_.value(e_.node.inputs[static_cast<std::size_t>(operand)]).constant;
      const std::int64_t k = w.shape()[2];
      const auto data = w.data<std::int8_t>();
      std::vector<std::pair<std::int64_t, std::vector<std::uint8_t>>> strips;
      for (std::int64_t tile = 0; tile < tiles_; ++tile)
        strips.emplace_back(tile, pack_strip(
                                      [&](std::int64_t row, std::int64_t gate) {
                                        return data[static_cast<std::size_t>(gate * k + row)];
                                      },
                                      k, tile * cols_, tile_n(tile), e_.arch));
      strips_[operand - 1].add(strips);
    }
  }

  std::int64_t tile_n(std::int64_t tile) const { return std::min(cols_, 4 * s_.hidden - tile * cols_); }
  Address x_at(std::size_t t) const {
    return x_resident_ ? e_.address(e_.node.inputs[0]) + t * s_.x_step() : x_buffers_[t % 2];
  }
  Address h_at(std::size_t t) const {
    return y_resident_ ? e_.address(e_.node.outputs[0]) + t * s_.h_step() : h_buffers_[t % 2];
  }

  void load(std::size_t t) {
    if (!x_resident_)
      e_.load(e_.address(e_.node.inputs[0]) + t * s_.x_step(), x_buffers_[t % 2], s_.x_step());
  }

  /// In as many instructions as the array's rows of A ask for, each with the weights anew.
  void multiply(std::int64_t tile, bool hidden_part, Address a, std::int64_t acc, std::uint32_t tag) {
    const std::int64_t most = isa::matrix_limits(e_.arch).m;
    const std::uint32_t stride = hidden_part ? s_.h.pixel_bytes : s_.x.pixel_bytes;
    for (std::int64_t m0 = 0; m0 < s_.batch; m0 += most)
      multiply(tile, hidden_part, a + static_cast<Bytes>(m0) * stride, acc + m0,
               std::min(most, s_.batch - m0), tag);
  }

  void multiply(std::int64_t tile, bool hidden_part, Address a, std::int64_t acc, std::int64_t m,
                std::uint32_t tag) {
    const std::int64_t k = hidden_part ? s_.hidden : s_.input;
    strips_[hidden_part].wload(e_.builder, e_.layer, tile, k, tile_n(tile));
    e_.builder.emit(Queue::matrix, Opcode::matmul,
                    {{field::mx_a, static_cast<std::int64_t>(a)},
                     {field::mx_acc, acc},
                     {field::mx_m, m},
                     {field::mx_k, k},
                     {field::mx_n, tile_n(tile)}},
                    {word_of(word::a_stride, hidden_part ? s_.h.pixel_bytes : s_.x.pixel_bytes)},
                    static_cast<std::uint8_t>(isa::kFlagA16 | (hidden_part ? isa::kFlagAccumulate : 0)), tag);
  }

  void drain(std::int64_t tile, std::int64_t acc, std::uint32_t tag) {
    e_.builder.emit(
        Queue::drain, Opcode::drain,
        {{field::dr_dst, static_cast<std::int64_t>(gates_) + 2 * tile * cols_},
         {field::dr_params, static_cast<std::int64_t>(params_) +
                                tile * cols_ * static_cast<std::int64_t>(sizeof(numerics::ChannelParam))},
         {field::dr_acc, acc},
         {field::dr_m, s_.batch},
         {field::dr_n, tile_n(tile)}},
        {word_of(word::dst_stride, static_cast<std::int64_t>(s_.row_gates)),
         word_of(word::dst_type, static_cast<int>(isa::ElementType::s16)), word_of(word::zero_point, 0),
         word_of(word::clamp_lo, -32768), word_of(word::clamp_hi, 32767)},
        0, tag);
  }

  void step(std::size_t t) {
    const Address x = x_at(t), h = t == 0 ? zero_h_ : h_at(t - 1);
    // As many tiles at once as the accumulators hold.
    const std::int64_t group = std::clamp<std::int64_t>(e_.arch.accumulator_rows / s_.batch, 1, tiles_);
    for (std::int64_t first = 0; first < tiles_; first += group) {
      const std::int64_t last = std::min(tiles_, first + group);
      std::vector<std::uint32_t> tags;
      for (std::int64_t tile = first; tile < last; ++tile) {
        tags.push_back(
            e_.parts.add_tile({e_.layer, static_cast<std::uint32_t>(static_cast<std::int64_t>(t) * s_.batch),
                               static_cast<std::uint32_t>(tile * cols_), static_cast<std::uint32_t>(s_.batch),
                               static_cast<std::uint32_t>(tile_n(tile))}));
        multiply(tile, false, x, (tile - first) * s_.batch, tags.back());
      }
      for (std::int64_t tile = first; tile < last; ++tile)
        multiply(tile, true, h, (tile - first) * s_.batch, tags[static_cast<std::size_t>(tile - first)]);
      for (std::int64_t tile = first; tile < last; ++tile)
        drain(tile, (tile - first) * s_.batch, tags[static_cast<std::size_t>(tile - first)]);
    }
    gate_operations(t);
  }

  struct Operand {
    Address address;
    Bytes stride;
  };
  Operand gate(std::int64_t index) const {
    return {gates_ + static_cast<Bytes>(2 * index * s_.hidden), s_.row_gates};
  }  // i, o, f, c

  void vector(Opcode opcode, Operand dst, Operand src0, Operand src1, std::int64_t elements, float scale0,
              float scale1) {
    constexpr auto kS16 = static_cast<std::int64_t>(isa::ElementType::s16);
    std::vector<WordValue> words{word_of(word::types, kS16 | kS16 << 4 | kS16 << 8),
                                 word_of(word::src0_stride, static_cast<std::int64_t>(src0.stride)),
                                 word_of(word::src1_stride, static_cast<std::int64_t>(src1.stride)),
                                 word_of(word::vx_dst_stride, static_cast<std::int64_t>(dst.stride))};
    if (opcode != Opcode::lut) {
      for (const WordValue& more :
           {word_of(word::src0_zero, 0), word_of(word::src1_zero, 0), word_of(word::vx_dst_zero, 0),
            word_of_float(word::src0_scale, scale0), word_of_float(word::src1_scale, scale1),
            word_of(word::vx_lo, -32768), word_of(word::vx_hi, 32767)})
        words.push_back(more);
    }
    e_.builder.emit(Queue::vector, opcode,
                    {{field::vx_dst, static_cast<std::int64_t>(dst.address)},
                     {field::vx_src0, static_cast<std::int64_t>(src0.address)},
                     {field::vx_src1, static_cast<std::int64_t>(src1.address)},
                     {field::vx_x, elements},
                     {field::vx_y, s_.batch}},
                    words);
  }
  void table(Operand dst, Operand src, Address table_address, std::int64_t elements) {
    vector(Opcode::lut, dst, src, {table_address, 0}, elements, 0, 0);
  }

  /// i, o, f = sigmoid; g = tanh; c = f c + i g; h = o tanh(c). Results overwrite gates that are no longer
  /// needed.
  void gate_operations(std::size_t t) {
    const std::int64_t n = s_.hidden;
    const Operand cell{cell_, s_.row_cell}, i = gate(0), o = gate(1), f = gate(2), g = gate(3);
    table(i, i, sigmoid_, 3 * n);
    table(g, g, tanh_gate_, n);
    vector(Opcode::mul, cell, f, cell, n, p_.cell_from_forget, 1);
    vector(Opcode::mul, i, i, g, n, p_.cell_from_input, 1);
    vector(Opcode::add, cell, cell, i, n, 1, 1);
    table(g, cell, tanh_cell_, n);
    const Operand h{h_at(t), s_.h.pixel_bytes};
    vector(Opcode::mul, h, o, g, n, p_.hidden_scale, 1);
    if (!y_resident_) e_.store(h.address, e_.address(e_.node.outputs[0]) + t * s_.h_step(), s_.h_step());
  }

  LayerEmitter& e_;
  LstmShape s_;
  ir::LstmParams p_;
  bool x_resident_, y_resident_;
  std::int64_t cols_, tiles_;
  StripPlaces strips_[2];  // of W and R, by tile
  Address gates_ = 0, cell_ = 0, zero_h_ = 0, params_ = 0, sigmoid_ = 0, tanh_gate_ = 0, tanh_cell_ = 0;
  std::vector<Address> x_buffers_, h_buffers_;
};

}  // namespace

void emit_lstm(LayerEmitter& emitter) { LstmEmitter(emitter).emit(); }

StagingNeed lstm_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const LstmShape s = lstm_shape(graph, node, arch);
  const Bytes own =
      s.gates() + s.cell() + s.h_step() + s.params() + 3 * LstmShape::kTable + 16 * arch.buffer_word_bytes;
  const Bytes streamed = own + 2 * (s.x_step() + s.h_step());
  return {own, streamed, streamed};
}

}  // namespace nnp::compiler
