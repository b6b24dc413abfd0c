// SPDX-License-Identifier: Apache-2.0
// Conv and Gemm: for each band of output lines and slice of channels, a strip of weights and a matrix
// instruction per tile that the array takes at once, and a drain for each array_cols of its columns. Tiles
// take accumulator rows in a ring, so that one drains while the next fills.
#include <fmt/format.h>
#include <algorithm>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/compile_error.h"
#include "compiler/tiling/mac_tiling.h"
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
        shape_(mac_shape(e_.graph, e_.node, e_.arch)),
        in_(e_.node.inputs[0]),
        out_(e_.node.outputs[0]),
        in_resident_(e_.resident(in_)),
        out_resident_(e_.resident(out_)),
        range_(ir::output_range(e_.graph, e_.node)),
        strips_(e_.parts, e_.arch) {
    const auto tiling = choose_tiling(shape_, in_resident_, out_resident_, e_.staging_left(), e_.arch);
    if (!tiling)
      throw CompileError(fmt::format(
          "layer {} ({}): its smallest tile needs {} bytes of unified buffer, {} are there for it",
          e_.node.name, ir::operator_name(e_.node),
          staging_of(shape_, {1, std::min<std::int64_t>(shape_.n, e_.arch.array_cols), 1, 0}, in_resident_,
                     out_resident_, e_.arch),
          e_.staging_left()));
    tiling_ = *tiling;
    tile_ = array_tile(tiling_.band_lines * shape_.line_positions, tiling_.slice_n, e_.arch);
  }

  void emit() {
    pack_weights();
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

  void pack_weights() {
    const ir::Tensor& w = *e_.value(e_.node.inputs[1]).constant;
    const auto weights = w.data<std::int8_t>();
    const std::int64_t channels = shape_.is_conv ? w.shape()[1] : 1,
                       taps = shape_.is_conv ? w.shape()[2] * w.shape()[3] : 1;
    const auto weight = [&](std::int64_t k, std::int64_t n) {
      if (!shape_.is_conv) return weights[static_cast<std::size_t>(k * shape_.n + n)];
      const std::int64_t tap = k / channels, channel = k % channels;  // flat [r][s][c]
      return weights[static_cast<std::size_t>((n * channels + channel) * taps + tap)];
    };
    for (std::int64_t slice = 0; slice < shape_.n; slice += tiling_.slice_n) {
      std::vector<std::pair<std::int64_t, std::vector<std::uint8_t>>> strips;
      for (std::int64_t n0 = slice, end = std::min(shape_.n, slice + tiling_.slice_n); n0 < end;
           n0 += tile_.n)
        strips.emplace_back(n0, pack_strip(weight, shape_.k, n0, std::min(tile_.n, end - n0), e_.arch));
      strips_.add(strips);
    }
    params_ = e_.parts.add_constant(ir::channel_params(e_.graph, e_.node));
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
    out_pixel_ =
        sliced && !out_resident_
            ? round_up<std::uint32_t>(static_cast<std::uint32_t>(tiling_.slice_n) * shape_.out.element_bytes,
                                      e_.arch.buffer_word_bytes)
            : shape_.out.pixel_bytes;
    if (!out_resident_)
      for (unsigned i = 0; i < (sliced || banded ? 2u : 1u); ++i)
        out_buffers_.push_back(
            e_.stage(static_cast<Bytes>(tiling_.band_lines * shape_.line_positions) * out_pixel_));
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
  std::int64_t tile_rows(const Step& step) const { return array_tile(step.positions, step.n, e_.arch).m; }

  Bytes image_bytes() const { return static_cast<Bytes>(shape_.in_lines) * shape_.in_line_bytes; }

  void load(std::size_t i) {
    const Step& step = steps_[i];
    if (i == 0 || param_buffers_.size() > 1)
      e_.load(params_ + static_cast<Address>(step.n0) * sizeof(numerics::ChannelParam),
              param_buffers_[i % param_buffers_.size()],
              static_cast<Bytes>(step.n) * sizeof(numerics::ChannelParam));
    if (in_resident_ || !step.new_band) return;
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
        static_cast<std::uint64_t>(tile), static_cast<std::uint64_t>(tile_.n), e_.arch));
    slots_ =
        std::max<std::int64_t>(1, std::min(e_.arch.accumulator_rows / rows, kMostAccumulator / rows + 1));
    const Address out_base =
        out_resident_
            ? e_.address(out_) + static_cast<Bytes>(step.image * shape_.positions() + first_position) *
                                     shape_.out.pixel_bytes
            : out_buffers_[i % out_buffers_.size()];
    for (std::int64_t m0 = 0; m0 < count; m0 += tile) {
      const std::int64_t m = std::min(tile, count - m0);
      const Address out = out_base + static_cast<Bytes>(m0) * out_pixel_;
      for (std::int64_t n0 = step.n0; n0 < step.n0 + step.n; n0 += tile_.n) {
        const Tile t{first_position + m0, m, n0, std::min(tile_.n, step.n0 + step.n - n0),
                     slot_++ % slots_ * rows};
        const std::vector<Group> groups = groups_of(step, t);
        strips_.wload(e_.builder, e_.layer, t.n0, shape_.k, t.n);
        multiply(step, t, groups.front().tag);
        for (const Group& group : groups) {
          const std::int64_t column = out_resident_ ? group.n0 : group.n0 - step.n0;
          drain(group, t.m, out + static_cast<Bytes>(column) * shape_.out.element_bytes,
                param_buffers_[i % param_buffers_.size()] +
                    static_cast<Bytes>(group.n0 - step.n0) * sizeof(numerics::ChannelParam));
        }
      }
      if (!out_resident_) store(step, first_position + m0, out, m);
    }
  }

  void store(const Step& step, std::int64_t first_position, Address from, std::int64_t positions) {
    const Address dram =
        e_.address(out_) +
        static_cast<Bytes>(step.image * shape_.positions() + first_position) * shape_.out.pixel_bytes +
        static_cast<Bytes>(step.n0) * shape_.out.element_bytes;
    const Bytes run = tiling_.slice_n < shape_.n ? static_cast<Bytes>(step.n) * shape_.out.element_bytes
                                                 : shape_.out.pixel_bytes;
    e_.store_rows({dram, from, shape_.out.pixel_bytes, out_pixel_, run, positions});
  }

  struct Tile {
    std::int64_t m0, m, n0, n, acc;
  };
  struct Group {  // columns of a tile that share accumulator rows: one drain
    std::int64_t n0, n, acc;
    std::uint32_t tag;
  };

  std::vector<Group> groups_of(const Step& step, const Tile& t) {
    std::vector<Group> groups;
    for (std::int64_t n0 = t.n0; n0 < t.n0 + t.n; n0 += e_.arch.array_cols) {
      const std::int64_t n = std::min<std::int64_t>(e_.arch.array_cols, t.n0 + t.n - n0);
      const std::uint32_t tag = e_.parts.add_tile(
          {e_.layer, static_cast<std::uint32_t>(step.image * shape_.positions() + t.m0),
           static_cast<std::uint32_t>(n0), static_cast<std::uint32_t>(t.m), static_cast<std::uint32_t>(n)});
      groups.push_back({n0, n, t.acc + static_cast<std::int64_t>(groups.size()) * t.m, tag});
    }
    return groups;
  }

  void multiply(const Step& step, const Tile& t, std::uint32_t tag) {
    std::uint8_t flags = 0;
    if (shape_.in.element_bytes == 2) flags |= isa::kFlagA16;
    if (e_.value(in_).type == ir::DType::s8) flags |= isa::kFlagASigned;
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
           {field::mx_k, shape_.k},
           {field::mx_n, t.n}},
          {word_of(word::a_stride, shape_.in.pixel_bytes)}, flags, tag);
      return;
    }
    const ir::ConvAttributes& c = shape_.conv;
    const std::int32_t zero = e_.value(in_).quant ? e_.value(in_).quant->zero_point : 0;
    e_.builder.emit(Queue::matrix, Opcode::conv,
                    {{field::mx_a, static_cast<std::int64_t>(a)},
                     {field::mx_acc, t.acc},
                     {field::mx_m, t.m},
                     {field::mx_k, shape_.k},
                     {field::mx_n, t.n},
                     {field::mx_k_start, 0},
                     {field::mx_m0, t.m0}},
                    {word_of(word::in_h, shape_.in_h), word_of(word::in_w, shape_.in_w),
                     word_of(word::in_c, shape_.in.channels), word_of(word::out_w, shape_.line_positions),
                     word_of(word::kernel_h, c.kernel[0]), word_of(word::kernel_w, c.kernel[1]),
                     word_of(word::stride_h, c.strides[0]), word_of(word::stride_w, c.strides[1]),
                     word_of(word::pad_top, c.pads[0]), word_of(word::pad_left, c.pads[1]),
                     word_of(word::dilation_h, c.dilations[0]), word_of(word::dilation_w, c.dilations[1]),
                     word_of(word::row_stride, static_cast<std::int64_t>(shape_.in_line_bytes)),
                     word_of(word::pixel_stride, shape_.in.pixel_bytes), word_of(word::first_row, first_row),
                     word_of(word::pad_value, zero)},
                    flags, tag);
  }

  void drain(const Group& group, std::int64_t m, Address dst, Address params) {
    e_.builder.emit(Queue::drain, Opcode::drain,
                    {{field::dr_dst, static_cast<std::int64_t>(dst)},
                     {field::dr_params, static_cast<std::int64_t>(params)},
                     {field::dr_acc, group.acc},
                     {field::dr_m, m},
                     {field::dr_n, group.n}},
                    {word_of(word::dst_stride, out_pixel_),
                     word_of(word::dst_type, static_cast<int>(ir::element_type(e_.value(out_).type))),
                     word_of(word::zero_point, range_.zero_point), word_of(word::clamp_lo, range_.lo),
                     word_of(word::clamp_hi, range_.hi)},
                    0, group.tag);
  }

  LayerEmitter& e_;
  MacShape shape_;
  ir::ValueId in_, out_;
  bool in_resident_, out_resident_;
  numerics::OutputRange range_;
  MacTiling tiling_;
  ArrayTile tile_;      // of a whole band
  StripPlaces strips_;  // by first column
  std::vector<Address> param_buffers_, in_buffers_, out_buffers_;
  Address params_ = 0;
  std::uint32_t out_pixel_ = 0;
  std::vector<Step> steps_;
  std::int64_t slots_ = 1, slot_ = 0;
};

}  // namespace

void emit_mac(LayerEmitter& emitter) { MacEmitter(emitter).emit(); }

StagingNeed mac_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const MacShape shape = mac_shape(graph, node, arch);
  const std::int64_t slice = std::min<std::int64_t>(shape.n, arch.array_cols);
  const Bytes params =
      round_up<Bytes>(static_cast<Bytes>(shape.n) * sizeof(numerics::ChannelParam), arch.buffer_word_bytes);
  return {
      2 * params, staging_of(shape, {1, slice, 1, 0}, false, false, arch),
      staging_of(shape,
                 {std::min<std::int64_t>(shape.lines, 4), std::min<std::int64_t>(shape.n, 16 * slice), 2, 0},
                 false, false, arch)};
}

}  // namespace nnp::compiler
