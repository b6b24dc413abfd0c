// SPDX-License-Identifier: Apache-2.0
// Conv, Gemm and MatMul: for each band of output lines and slice of channels, a strip of weights and a matrix
// instruction per tile that the array takes at once, and a drain for each array_cols of its columns. Tiles
// take accumulator rows in a ring, so that one drains while the next fills. The right side of a MatMul is an
// activation: its strips are fetched from where it lies in device memory. A Conv in groups: each tile has its
// own window of input channels (tiling/column_tiles.h). A residual sum or a pool may follow each tile
// (tile_sum.h, tile_pool.h).
#include <algorithm>
#include <optional>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/codegen/mac_operands.h"
#include "compiler/codegen/tile_pool.h"
#include "compiler/codegen/tile_sum.h"
#include "compiler/ir/real.h"
#include "compiler/tiling/mapping.h"
#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;
using isa::Queue;

constexpr std::int64_t kMostAccumulator = 0xFFFF;  // the 16 bits of `acc`

class MacEmitter {
 public:
  explicit MacEmitter(LayerEmitter& emitter)
      : e_(emitter),
        fused_(e_.fused_tail()),
        shape_(mac_shape(e_.graph, e_.node, e_.arch, fused_,
                         fused_ != nullptr && fused_->adds() && e_.resident(fused_->other))),
        in_(e_.node.inputs[0]),
        out_(fused_ != nullptr ? fused_->result : e_.node.outputs[0]),
        in_resident_(e_.resident(in_)),
        out_resident_(e_.resident(out_)),
        stages_(!out_resident_ || shape_.pools),
        computed_right_(e_.node.op == ir::Op::matmul),
        strips_(e_.parts, e_.arch, e_.value(e_.node.inputs[1]).type) {
    tiling_ =
        mac_tiling({shape_, in_resident_, out_resident_, e_.staging_left()}, e_.node, e_.mapping, e_.arch);
    tile_columns_ = tile_columns_of(shape_, tiling_, e_.arch);
  }

  void emit() {
    if (!computed_right_)
      add_weight_strips(strips_, *e_.value(e_.node.inputs[1]).constant, shape_, tiling_.slice_n,
                        tile_columns_);
    params_ = pack_params();
    place_staging();
    make_steps();
    LayerEmitter::pipeline(
        steps_.size(), in_buffers_.size() != 1 || steps_.back().band == 0, [this](std::size_t i) { load(i); },
        [this](std::size_t i) { compute(i); });
  }

 private:
  struct Step {
    std::int64_t image, begin, end;  // output lines
    std::int64_t positions;
    std::int64_t n0, n;
    bool new_band;
    std::size_t band;  // running number
  };

  std::vector<ColumnTile> tiles_of(std::int64_t n0, std::int64_t n) const {
    return column_tiles(shape_, n0, n, tile_columns_);
  }

  Address pack_params() {
    if (!ir::is_real(e_.value(in_).type)) return e_.parts.add_constant(ir::channel_params(e_.graph, e_.node));
    return e_.parts.add_constant(ir::real_channel_params(ir::constant_reals(e_.graph, e_.node, 2),
                                                         static_cast<std::size_t>(shape_.n)));
  }

  void place_staging() {
    const bool sliced = tiling_.slice_n < shape_.n,
               banded = tiling_.band_lines < shape_.lines || shape_.images > 1;
    for (unsigned i = 0; i < (sliced ? 2u : 1u); ++i)
      param_buffers_.push_back(
          e_.stage(static_cast<Bytes>(tiling_.slice_n) * sizeof(numerics::ChannelParam)));
    if (!in_resident_) {
      std::int64_t most = 0;
      for (std::int64_t line = 0; line < shape_.lines; line += tiling_.band_lines) {
        const auto [first, last] =
            shape_.input_lines(line, std::min(shape_.lines, line + tiling_.band_lines));
        most = std::max(most, last - first);
      }
      for (unsigned i = 0; i < (banded ? tiling_.input_buffers : 1u); ++i)
        in_buffers_.push_back(e_.stage(static_cast<Bytes>(most) * shape_.in_line_bytes));
    }
    out_pixel_ = stages_ ? static_cast<std::uint32_t>(staged_pixel_bytes(shape_, tiling_.slice_n, e_.arch))
                         : shape_.out.pixel_bytes;
    const unsigned out_buffers = sliced || banded ? 2 : 1;
    if (stages_)
      for (unsigned i = 0; i < out_buffers; ++i)
        out_buffers_.push_back(
            e_.stage(static_cast<Bytes>(tiling_.band_lines * shape_.line_positions) * out_pixel_));
    if (shape_.adds) sum_.emplace(e_, *fused_, shape_, tiling_, out_buffers);
    if (shape_.pools) pool_.emplace(e_, *fused_, shape_, tiling_, out_buffers);
  }

  void make_steps() {
    std::size_t band = 0;
    for (std::int64_t image = 0; image < shape_.images; ++image)
      for (std::int64_t line = 0; line < shape_.lines; line += tiling_.band_lines, ++band)
        for (std::int64_t n0 = 0; n0 < shape_.n; n0 += tiling_.slice_n) add_step(image, line, n0, band);
  }

  void add_step(std::int64_t image, std::int64_t line, std::int64_t n0, std::size_t band) {
    const std::int64_t end = std::min(shape_.lines, line + tiling_.band_lines);
    steps_.push_back({image, line, end, (end - line) * shape_.line_positions, n0,
                      std::min(tiling_.slice_n, shape_.n - n0), n0 == 0, band});
  }

  /// Of each instruction of a step but the last. The step's input comes and its output goes in as many
  /// pieces.
  std::int64_t tile_rows(const Step& step) const {
    return array_tile(step.positions, step.n, tiling_.tile_m, e_.arch).m;
  }

  Bytes image_bytes() const { return static_cast<Bytes>(shape_.in_lines) * shape_.in_line_bytes; }

  void load(std::size_t i) {
    const Step& step = steps_[i];
    if (i == 0 || param_buffers_.size() > 1)
      e_.load(params_ + static_cast<Address>(step.n0) * sizeof(numerics::ChannelParam),
              param_buffers_[i % param_buffers_.size()],
              static_cast<Bytes>(step.n) * sizeof(numerics::ChannelParam));
    if (!in_resident_ && step.new_band) load_band(step);
    if (sum_) sum_->load(block_of(i), tile_rows(step));
  }

  StepBlock block_of(std::size_t i) const {
    const Step& step = steps_[i];
    return {i, step.image * shape_.positions() + step.begin * shape_.line_positions, step.positions, step.n0,
            step.n};
  }

  void load_band(const Step& step) {
    const auto [first, last] = shape_.input_lines(step.begin, step.end);
    std::int64_t from = first;
    for (std::int64_t m0 = 0, m = tile_rows(step); m0 < step.positions; m0 += m) {
      const std::int64_t line = step.begin + (std::min(m0 + m, step.positions) - 1) / shape_.line_positions;
      const std::int64_t to = std::max(from, std::min(last, shape_.input_lines(line, line + 1).second));
      if (to == from) continue;
      e_.load(e_.address(in_) + static_cast<Bytes>(step.image) * image_bytes() +
                  static_cast<Bytes>(from) * shape_.in_line_bytes,
              in_buffers_[step.band % in_buffers_.size()] +
                  static_cast<Bytes>(from - first) * shape_.in_line_bytes,
              static_cast<Bytes>(to - from) * shape_.in_line_bytes);
      from = to;
    }
  }

  void compute(std::size_t i) {
    const Step& step = steps_[i];
    const std::int64_t first_position = step.begin * shape_.line_positions, count = step.positions;
    const std::int64_t tile = tile_rows(step);
    const auto rows = static_cast<std::int64_t>(isa::accumulator_rows_of(
        static_cast<std::uint64_t>(tile), static_cast<std::uint64_t>(tile_columns_), e_.arch));
    slots_ =
        std::max<std::int64_t>(1, std::min(e_.arch.accumulator_rows / rows, kMostAccumulator / rows + 1));
    const Address out_base =
        stages_ ? out_buffers_[i % out_buffers_.size()]
                : e_.address(out_) + static_cast<Bytes>(step.image * shape_.positions() + first_position) *
                                         shape_.out.pixel_bytes;
    for (std::int64_t m0 = 0; m0 < count; m0 += tile) {
      const std::int64_t m = std::min(tile, count - m0);
      const Address out = out_base + static_cast<Bytes>(m0) * out_pixel_;
      for (const ColumnTile& columns : tiles_of(step.n0, step.n)) {
        const Tile t{first_position + m0, m, columns, slot_++ % slots_ * rows};
        const std::vector<Group> groups = groups_of(step, t);
        wload(step, t);
        multiply(step, t, groups.front().tag);
        for (const Group& group : groups) {
          const std::int64_t column = stages_ ? group.n0 - step.n0 : group.n0;
          drain(group, t.m, out + static_cast<Bytes>(column) * shape_.out.element_bytes,
                param_buffers_[i % param_buffers_.size()] +
                    static_cast<Bytes>(group.n0 - step.n0) * sizeof(numerics::ChannelParam));
        }
      }
      if (sum_)
        sum_->add(block_of(i), m0, m,
                  out + (stages_ ? 0 : static_cast<Bytes>(step.n0) * shape_.out.element_bytes), out_pixel_);
      if (pool_)
        pool_->pool(block_of(i), m0 + m, out_base, out_pixel_);
      else if (!out_resident_)
        store(step, first_position + m0, out, m);
    }
  }

  void store(const Step& step, std::int64_t first_position, Address from, std::int64_t positions) {
    const Address dram =
        e_.address(out_) +
        static_cast<Bytes>(step.image * shape_.positions() + first_position) * shape_.out.pixel_bytes +
        static_cast<Bytes>(step.n0) * shape_.out.element_bytes;
    const Bytes run = tiling_.slice_n < shape_.n ? static_cast<Bytes>(step.n) * shape_.out.element_bytes
                                                 : shape_.out.pixel_bytes;
    const LayerEmitter::Runs runs{dram, from, shape_.out.pixel_bytes, out_pixel_, run, positions};
    if (!sum_) return e_.store_rows(runs);
    const OfTail layer(e_, *fused_);
    e_.store_rows(runs);
  }

  struct Tile {
    std::int64_t m0, m;
    ColumnTile columns;
    std::int64_t acc;
  };
  struct Group {  // columns of a tile that share accumulator rows: one drain
    std::int64_t n0, n, acc;
    std::uint32_t tag;
  };

  std::vector<Group> groups_of(const Step& step, const Tile& t) {
    std::vector<Group> groups;
    const std::int64_t end = t.columns.n0 + t.columns.n;
    for (std::int64_t n0 = t.columns.n0; n0 < end; n0 += e_.arch.array_cols) {
      const std::int64_t n = std::min<std::int64_t>(e_.arch.array_cols, end - n0);
      const std::uint32_t tag = e_.parts.add_tile(
          {e_.layer, static_cast<std::uint32_t>(step.image * shape_.positions() + t.m0),
           static_cast<std::uint32_t>(n0), static_cast<std::uint32_t>(t.m), static_cast<std::uint32_t>(n)});
      groups.push_back({n0, n, t.acc + static_cast<std::int64_t>(groups.size()) * t.m, tag});
    }
    return groups;
  }

  void wload(const Step& step, const Tile& t) {
    if (!computed_right_) return strips_.wload(e_.builder, e_.layer, t.columns.n0, t.columns.k, t.columns.n);
    const ir::ValueId right = e_.node.inputs[1];
    const bool transposed = ir::transposes_right(e_.node);
    const Bytes line = e_.layout(right).pixel_bytes;
    const auto n0 = static_cast<Bytes>(t.columns.n0),
               lines = static_cast<Bytes>(transposed ? shape_.n : shape_.k);
    const Address strip = e_.address(right) + static_cast<Bytes>(step.image) * lines * line +
                          (transposed ? n0 * line : n0 * shape_.weight_element);
    e_.parts.layers[e_.layer].weight_bytes +=
        static_cast<Bytes>(shape_.k * t.columns.n) * shape_.weight_element;
    e_.builder.emit(Queue::weight, Opcode::wload,
                    {{field::w_dram, static_cast<std::int64_t>(strip)},
                     {field::w_k, shape_.k},
                     {field::w_n, t.columns.n}},
                    {word_of(word::w_stride, static_cast<std::int64_t>(line))},
                    static_cast<std::uint8_t>(weight_flags(e_.value(right).type) |
                                              (transposed ? isa::kFlagTransposed : isa::kFlagRows)));
  }

  void multiply(const Step& step, const Tile& t, std::uint32_t tag) {
    const std::uint8_t flags = activation_flags(e_.value(in_).type);
    const auto [first, last] = shape_.input_lines(step.begin, step.end);
    const Address a = in_resident_ ? e_.address(in_) + static_cast<Bytes>(step.image) * image_bytes()
                                   : in_buffers_[step.band % in_buffers_.size()];
    const std::int64_t first_row = in_resident_ ? 0 : first;
    if (!shape_.is_conv) {
      e_.builder.emit(
          Queue::matrix, Opcode::matmul,
          {{field::mx_a, static_cast<std::int64_t>(a) + (t.m0 - first_row) * shape_.in.pixel_bytes},
           {field::mx_acc, t.acc},
           {field::mx_m, t.m},
           {field::mx_k, t.columns.k},
           {field::mx_n, t.columns.n}},
          {word_of(word::a_stride, shape_.in.pixel_bytes)}, flags, tag);
      return;
    }
    const std::int32_t zero = e_.value(in_).quant ? e_.value(in_).quant->zero_point : 0;
    e_.builder.emit(
        Queue::matrix, Opcode::conv,
        {{field::mx_a, static_cast<std::int64_t>(a) + t.columns.channel0 * shape_.in.element_bytes},
         {field::mx_acc, t.acc},
         {field::mx_m, t.m},
         {field::mx_k, t.columns.k},
         {field::mx_n, t.columns.n},
         {field::mx_k_start, 0},
         {field::mx_m0, t.m0}},
        image_words(shape_, t.columns, first_row, zero),
        static_cast<std::uint8_t>(flags | (shape_.groups > 1 ? isa::kFlagGroups : 0) |
                                  (shape_.several_images() ? isa::kFlagImages : 0)),
        tag);
  }

  void drain(const Group& group, std::int64_t m, Address dst, Address params) {
    std::vector<WordValue> words = result_words(e_.graph, e_.node);
    words.push_back(word_of(word::dst_stride, out_pixel_));
    e_.builder.emit(Queue::drain, Opcode::drain,
                    {{field::dr_dst, static_cast<std::int64_t>(dst)},
                     {field::dr_params, static_cast<std::int64_t>(params)},
                     {field::dr_acc, group.acc},
                     {field::dr_m, m},
                     {field::dr_n, group.n}},
                    words, drain_flags(e_.value(in_).type), group.tag);
  }

  LayerEmitter& e_;
  const FusedTail* fused_;
  MacShape shape_;
  ir::ValueId in_, out_;
  bool in_resident_, out_resident_;
  bool stages_;  // results: they go on from staging
  bool computed_right_;
  MacTiling tiling_;
  std::int64_t tile_columns_;  // of a matrix instruction, at most
  StripPlaces strips_;         // by first column
  std::optional<TileSum> sum_;
  std::optional<TilePool> pool_;
  std::vector<Address> param_buffers_, in_buffers_, out_buffers_;
  Address params_ = 0;
  std::uint32_t out_pixel_ = 0;
  std::vector<Step> steps_;
  std::int64_t slots_ = 1, slot_ = 0;
};

}  // namespace

void emit_mac(LayerEmitter& emitter) { MacEmitter(emitter).emit(); }

namespace {

StagingNeed staging_for(const MacShape& shape, const isa::ArchSpec& arch) {
  const std::int64_t slice = std::min(shape.n, column_unit(shape, arch)), tile_m = half_tile_rows(arch);
  const Bytes params =
      round_up<Bytes>(static_cast<Bytes>(shape.n) * sizeof(numerics::ChannelParam), arch.buffer_word_bytes);
  return {2 * params, staging_of(shape, {shape.pool.h, slice, tile_m, 1}, false, false, arch),
          staging_of(shape,
                     {std::min(shape.lines, round_up<std::int64_t>(4, shape.pool.h)),
                      std::min<std::int64_t>(shape.n, 16 * slice), tile_m, 2},
                     false, false, arch)};
}

}  // namespace

StagingNeed mac_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  return staging_for(mac_shape(graph, node, arch), arch);
}

StagingNeed mac_with_tail_staging(const ir::Graph& graph, const FusedTail& tail, const isa::ArchSpec& arch) {
  return staging_for(mac_shape(graph, graph.nodes[tail.maker], arch, &tail), arch);
}

}  // namespace nnp::compiler
