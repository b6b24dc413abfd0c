// SPDX-License-Identifier: Apache-2.0
// MaxPool and AveragePool on the vector unit, a band of output lines at a time, in one pass or two.
#include <algorithm>

#include "compiler/codegen/pool_shape.h"
#include "compiler/ir/real.h"
#include "compiler/tiling/pool_passes.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
namespace word = isa::word;

/// The words that say what the elements mean: scale, zero points and clamp.
std::vector<WordValue> pool_numbers(const ir::Graph& graph, const ir::Node& node) {
  const ir::Value &x = graph.values[node.inputs[0]], &y = graph.values[node.outputs[0]];
  if (ir::is_real(x.type))
    return {word_of_float(word::vx_lo, node.clamp.lo), word_of_float(word::vx_hi, node.clamp.hi)};
  const auto range = ir::output_range(graph, node);
  const float scale = node.op != ir::Op::max_pool
                          ? static_cast<float>(static_cast<double>(x.quant->scale[0]) /
                                               static_cast<double>(y.quant->scale[0]))
                          : 1.0f;
  return {word_of_float(word::pool_scale, scale), word_of(word::src0_zero, x.quant->zero_point),
          word_of(word::vx_dst_zero, range.zero_point), word_of(word::vx_lo, range.lo),
          word_of(word::vx_hi, range.hi)};
}

/// Windows along an axis.
struct Axis {
  std::int64_t size = 1, kernel = 1, stride = 1, pad = 0, windows = 1;
};

/// What the instructions of a pass have in common, but for addresses.
struct Pass {
  Axis h, w;
  std::int64_t row_bytes, pixel_bytes, out_pixel_bytes;
};

/// The code of one pool.
class PoolCode {
 public:
  explicit PoolCode(LayerEmitter& emitter)
      : e_(emitter),
        in_(e_.node.inputs[0]),
        out_(e_.node.outputs[0]),
        ready_(e_.drained_positions(in_)),
        shape_(pool_shape(e_.graph, e_.node, e_.arch)),
        words_(pool_words(e_.graph, e_.node)) {
    shape_.in_resident = e_.resident(in_), shape_.out_resident = e_.resident(out_);
    tiling_ = tiling_of(shape_);
    try_two_passes();
    in_pixel_ =
        shape_.in_resident ? shape_.in.pixel_bytes : shape_.slice_pixel(tiling_.slice, shape_.in, e_.arch);
    out_pixel_ =
        shape_.out_resident ? shape_.out.pixel_bytes : shape_.slice_pixel(tiling_.slice, shape_.out, e_.arch);
  }

  void run() {
    place_staging();
    const std::vector<Step> steps = cut();
    LayerEmitter::pipeline(
        steps.size(), tiling_.buffers == 2, [&](std::size_t i) { load(steps[i], i); },
        [&](std::size_t i) { compute(steps[i], i); });
  }

 private:
  struct Step {
    std::int64_t image, begin, end;  // output lines
    std::int64_t c0, channels;
  };

  PoolTiling tiling_of(const PoolShape& shape) const {
    return pool_tiling(shape, shape.largest_piece(ready_, e_.arch), e_.staging_left(), e_.arch);
  }

  /// Where there is room for what lies between them without smaller bands.
  void try_two_passes() {
    PoolShape two = shape_;
    two.two_passes = true;
    const PoolTiling tiling = tiling_of(two);
    const bool fits = two.staging(tiling, e_.arch) <= e_.staging_left() && tiling.slice == two.in.channels &&
                      tiling.buffers == tiling_.buffers &&
                      tiling.band >= std::min(tiling_.band, two.largest_piece(ready_, e_.arch));
    if (fits && is_max() && takes_two_passes(two.line(), tiling.band, two.in_resident, e_.arch))
      shape_ = two, tiling_ = tiling;
  }
  bool is_max() const { return e_.node.op == ir::Op::max_pool; }

  void place_staging() {
    if (shape_.two_passes) columns_ = e_.stage(static_cast<Bytes>(tiling_.band * shape_.row_bytes()));
    for (unsigned i = 0; i < tiling_.buffers; ++i) {
      if (!shape_.in_resident)
        in_buffers_.push_back(
            e_.stage(static_cast<Bytes>(shape_.most_lines(tiling_.band) * shape_.in_w * in_pixel_)));
      if (!shape_.out_resident)
        out_buffers_.push_back(e_.stage(static_cast<Bytes>(tiling_.band * shape_.out_w * out_pixel_)));
    }
  }

  std::vector<Step> cut() const {
    std::vector<Step> steps;
    for (std::int64_t image = 0; image < shape_.images; ++image) {
      std::int64_t line = 0;
      for (const std::int64_t end : shape_.pieces(image, ready_, e_.arch))
        for (; line < end; line = std::min(end, line + tiling_.band))
          for (std::int64_t c0 = 0; c0 < shape_.in.channels; c0 += tiling_.slice)
            steps.push_back({image, line, std::min(end, line + tiling_.band), c0,
                             std::min(tiling_.slice, shape_.in.channels - c0)});
    }
    return steps;
  }

  bool sliced() const { return tiling_.slice < shape_.in.channels; }
  /// Of a staged pixel and its place in device memory.
  Bytes run_bytes(const Step& step, const Layout& layout) const {
    return sliced() ? static_cast<Bytes>(step.channels) * layout.element_bytes : layout.pixel_bytes;
  }

  void load(const Step& step, std::size_t i) {
    if (shape_.in_resident) return;
    const auto [first, last] = shape_.input_lines(step.begin, step.end);
    e_.load_rows(
        {e_.address(in_) + static_cast<Bytes>((step.image * shape_.in_h + first) * shape_.row_bytes() +
                                              step.c0 * shape_.in.element_bytes),
         in_buffers_[i % in_buffers_.size()], shape_.in.pixel_bytes, in_pixel_, run_bytes(step, shape_.in),
         (last - first) * shape_.in_w});
  }

  void compute(const Step& step, std::size_t i) {
    const std::int64_t lines = step.end - step.begin;
    const Address src =
        shape_.in_resident
            ? e_.address(in_) + static_cast<Bytes>(step.image * shape_.in_h * shape_.row_bytes() +
                                                   step.c0 * shape_.in.element_bytes)
            : in_buffers_[i % in_buffers_.size()];
    const Address there = e_.address(out_) + static_cast<Bytes>((step.image * shape_.out_h + step.begin) *
                                                                    shape_.out_w * shape_.out.pixel_bytes +
                                                                step.c0 * shape_.out.element_bytes);
    const Address dst = shape_.out_resident ? there : out_buffers_[i % out_buffers_.size()];
    const std::int64_t first_row = shape_.in_resident ? 0 : shape_.input_lines(step.begin, step.end).first;

    const Axis h{shape_.in_h, shape_.pool.kernel[0], shape_.pool.strides[0], shape_.pool.pads[0],
                 shape_.out_h};
    const Axis w{shape_.in_w, shape_.pool.kernel[1], shape_.pool.strides[1], shape_.pool.pads[1],
                 shape_.out_w};
    const std::int64_t row = shape_.in_w * in_pixel_;
    if (!shape_.two_passes) {
      emit({h, w, row, in_pixel_, out_pixel_}, {src, first_row, dst}, step.channels, step.begin, lines);
    } else {
      const Axis lines_of_columns{tiling_.band, 1, 1, 0, tiling_.band};
      emit({h, {}, row, row, row}, {src, first_row, columns_}, row / shape_.in.element_bytes, step.begin,
           lines);
      emit({lines_of_columns, w, row, in_pixel_, out_pixel_}, {columns_, 0, dst}, step.channels, 0, lines);
    }
    if (!shape_.out_resident)
      e_.store_rows({there, dst, shape_.out.pixel_bytes, out_pixel_, run_bytes(step, shape_.out),
                     lines * shape_.out_w});
  }

  struct Places {
    Address src;
    std::int64_t first_row;  // that lies there
    Address dst;
  };
  void emit(const Pass& pass, const Places& at, std::int64_t channels, std::int64_t first_line,
            std::int64_t lines) {
    std::vector<WordValue> words = words_;
    for (const WordValue& of_pass :
         {word_of(word::in_h, pass.h.size), word_of(word::in_w, pass.w.size),
          word_of(word::out_w, pass.w.windows), word_of(word::kernel_h, pass.h.kernel),
          word_of(word::kernel_w, pass.w.kernel), word_of(word::stride_h, pass.h.stride),
          word_of(word::stride_w, pass.w.stride), word_of(word::pad_top, pass.h.pad),
          word_of(word::pad_left, pass.w.pad), word_of(word::row_stride, pass.row_bytes),
          word_of(word::pixel_stride, pass.pixel_bytes), word_of(word::first_row, at.first_row),
          word_of(word::out_pixel_stride, pass.out_pixel_bytes)})
      words.push_back(of_pass);
    e_.builder.emit(isa::Queue::vector, isa::Opcode::pool,
                    {{field::vx_dst, static_cast<std::int64_t>(at.dst)},
                     {field::vx_src0, static_cast<std::int64_t>(at.src)},
                     {field::vx_src1, first_line * pass.w.windows},
                     {field::vx_x, channels},
                     {field::vx_y, lines * pass.w.windows}},
                    words);
  }

  LayerEmitter& e_;
  ir::ValueId in_, out_;
  std::vector<std::int64_t> ready_;  // positions of the input
  PoolShape shape_;
  PoolTiling tiling_;
  std::int64_t in_pixel_ = 0, out_pixel_ = 0;  // bytes between pixels where the unit reads and writes
  std::vector<WordValue> words_;
  Address columns_ = 0;  // of two passes: what lies between them
  std::vector<Address> in_buffers_, out_buffers_;
};

}  // namespace

std::vector<WordValue> pool_words(const ir::Graph& graph, const ir::Node& node) {
  const auto& pool = std::get<ir::PoolAttributes>(node.attributes);
  const auto type = static_cast<unsigned>(ir::element_type(graph.values[node.inputs[0]].type));
  const int mode = node.op == ir::Op::max_pool ? 0 : pool.count_include_pad ? 2 : 1;
  std::vector<WordValue> words{word_of(word::types, type | type << 4 | type << 8),
                               word_of(word::dilation_h, 1), word_of(word::dilation_w, 1),
                               word_of(word::pool_mode, mode)};
  const std::vector<WordValue> numbers = pool_numbers(graph, node);
  words.insert(words.end(), numbers.begin(), numbers.end());
  return words;
}

StagingNeed pool_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  PoolShape shape = pool_shape(graph, node, arch);
  const auto need = [&](const PoolTiling& tiling) { return shape.staging(tiling, arch); };
  const std::int64_t least =
      std::min<std::int64_t>(shape.in.channels, arch.buffer_word_bytes / shape.in.element_bytes);
  StagingNeed needs{0, need({1, least, 1}),
                    need({std::min<std::int64_t>(shape.out_h, 4), shape.in.channels, 2})};
  shape.in_resident = shape.out_resident = shape.two_passes = true;
  const PoolTiling piece{shape.most_piece_lines(arch), shape.in.channels, 1};
  if (node.op == ir::Op::max_pool && takes_two_passes(shape.line(), piece.band, true, arch))
    needs.welcome = need(piece);
  return needs;
}

void emit_pool(LayerEmitter& e) { PoolCode(e).run(); }

}  // namespace nnp::compiler
