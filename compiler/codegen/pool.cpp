// SPDX-License-Identifier: Apache-2.0
// MaxPool and AveragePool on the vector unit, a band of output lines at a time. Bands end where the array's
// tiles have made all that they read.
#include <algorithm>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/ir/real.h"
#include "compiler/tiling/pieces.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
namespace word = isa::word;

/// Output lines and channels at a time, and how many of each staged place.
struct PoolTiling {
  std::int64_t band = 1, slice = 1;
  unsigned buffers = 1;
};

struct PoolShape {
  ir::PoolAttributes pool;
  std::int64_t images, in_h, in_w, out_h, out_w;
  Layout in, out;
  std::int64_t row_bytes() const { return in_w * in.pixel_bytes; }
  std::pair<std::int64_t, std::int64_t> input_lines(std::int64_t begin, std::int64_t end) const {
    const std::int64_t first = std::clamp<std::int64_t>(begin * pool.strides[0] - pool.pads[0], 0, in_h - 1);
    const std::int64_t last = (end - 1) * pool.strides[0] - pool.pads[0] + pool.kernel[0];
    return {first, std::clamp(last, first + 1, in_h)};
  }
  /// Bytes between pixels of a staged slice of channels.
  std::int64_t slice_pixel(std::int64_t slice, const Layout& layout, const isa::ArchSpec& arch) const {
    if (slice == layout.channels) return layout.pixel_bytes;
    return round_up<std::int64_t>(slice * layout.element_bytes, arch.buffer_word_bytes);
  }
  /// Output lines of an image for which its input lines before `line` are enough.
  std::int64_t lines_from(std::int64_t line) const {
    if (line >= in_h) return out_h;
    const std::int64_t below = line + pool.pads[0] - pool.kernel[0];
    return below < 0 ? 0 : std::min(below / pool.strides[0] + 1, out_h);
  }
  /// Fewest output lines of a piece: the unit reads whole words for each tap; and of input that is loaded at
  /// most an eighth lies in two pieces.
  std::int64_t least_lines(bool in_resident, const isa::ArchSpec& arch) const {
    const Bytes pixel = round_up<Bytes>(in.pixel_bytes, arch.buffer_word_bytes);
    const auto taps = static_cast<Bytes>(out_w * pool.kernel[0] * pool.kernel[1]);
    const std::int64_t shared = std::max<std::int64_t>(0, pool.kernel[0] - pool.strides[0]);
    return std::max(least_vector_lines(taps * pixel, arch),
                    in_resident ? 0 : ceil_div<std::int64_t>(8 * shared, pool.strides[0]));
  }
  /// Where the pieces of an image's output lines end.
  std::vector<std::int64_t> pieces(std::int64_t image, bool in_resident,
                                   const std::vector<std::int64_t>& ready_pixels,
                                   const isa::ArchSpec& arch) const {
    std::vector<std::int64_t> ready;
    for (const std::int64_t pixel : ready_pixels)
      if (const std::int64_t line = pixel / in_w - image * in_h; line > 0 && line <= in_h)
        ready.push_back(lines_from(line));
    return piece_ends(out_h, least_lines(in_resident, arch), ready);
  }
  std::int64_t most_lines(std::int64_t band) const {
    return std::min(in_h, (band - 1) * pool.strides[0] + pool.kernel[0]);
  }
  Bytes staging(const PoolTiling& tiling, bool in_resident, bool out_resident,
                const isa::ArchSpec& arch) const {
    Bytes bytes = 4 * arch.buffer_word_bytes;  // rounding of up to four places
    if (!in_resident)
      bytes += static_cast<Bytes>(most_lines(tiling.band) * in_w * slice_pixel(tiling.slice, in, arch)) *
               tiling.buffers;
    if (!out_resident)
      bytes +=
          static_cast<Bytes>(tiling.band * out_w * slice_pixel(tiling.slice, out, arch)) * tiling.buffers;
    return bytes;
  }
};

PoolShape pool_shape(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const ir::Value& x = graph.values[node.inputs[0]];
  const ir::Value& y = graph.values[node.outputs[0]];
  return {std::get<ir::PoolAttributes>(node.attributes),
          x.shape[0],
          x.shape[2],
          x.shape[3],
          y.shape[2],
          y.shape[3],
          layout_of(x, arch),
          layout_of(y, arch)};
}

StagingNeed need_of(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const PoolShape shape = pool_shape(graph, node, arch);
  const auto need = [&](const PoolTiling& tiling) { return shape.staging(tiling, false, false, arch); };
  const std::int64_t least =
      std::min<std::int64_t>(shape.in.channels, arch.buffer_word_bytes / shape.in.element_bytes);
  return {0, need({1, least, 1}), need({std::min<std::int64_t>(shape.out_h, 4), shape.in.channels, 2})};
}

/// As many whole lines of `most` as two buffers hold; then, for a single line, as many channels; then one
/// buffer.
PoolTiling choose_pool_tiling(const PoolShape& shape, std::int64_t most, bool in_resident, bool out_resident,
                              Bytes room, const isa::ArchSpec& arch) {
  const auto fits = [&](const PoolTiling& tiling) {
    return shape.staging(tiling, in_resident, out_resident, arch) <= room;
  };
  PoolTiling tiling{most, shape.in.channels, 2};
  while (tiling.band > 1 && !fits(tiling)) --tiling.band;
  const std::int64_t least =
      std::min<std::int64_t>(shape.in.channels, arch.buffer_word_bytes / shape.in.element_bytes);
  while (tiling.slice > least && !fits(tiling))
    tiling.slice = std::max(least, tiling.slice / 2 / least * least);
  if (!fits(tiling)) tiling.buffers = 1;
  return tiling;
}

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

}  // namespace

std::vector<WordValue> pool_words(const ir::Graph& graph, const ir::Node& node) {
  const auto& pool = std::get<ir::PoolAttributes>(node.attributes);
  const auto type = static_cast<unsigned>(ir::element_type(graph.values[node.inputs[0]].type));
  const int mode = node.op == ir::Op::max_pool ? 0 : pool.count_include_pad ? 2 : 1;
  std::vector<WordValue> words{word_of(word::types, type | type << 4 | type << 8),
                               word_of(word::kernel_h, pool.kernel[0]),
                               word_of(word::kernel_w, pool.kernel[1]),
                               word_of(word::dilation_h, 1),
                               word_of(word::dilation_w, 1),
                               word_of(word::pool_mode, mode)};
  const std::vector<WordValue> numbers = pool_numbers(graph, node);
  words.insert(words.end(), numbers.begin(), numbers.end());
  return words;
}

StagingNeed pool_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  return need_of(graph, node, arch);
}

void emit_pool(LayerEmitter& e) {
  const PoolShape shape = pool_shape(e.graph, e.node, e.arch);
  const ir::ValueId in = e.node.inputs[0], out = e.node.outputs[0];
  const bool in_resident = e.resident(in), out_resident = e.resident(out);
  const std::vector<std::int64_t> ready = e.drained_positions(in);
  std::int64_t most = 1;
  for (std::int64_t image = 0; image < shape.images; ++image) {
    std::int64_t begin = 0;
    for (const std::int64_t end : shape.pieces(image, in_resident, ready, e.arch))
      most = std::max(most, end - begin), begin = end;
  }
  const PoolTiling tiling =
      choose_pool_tiling(shape, most, in_resident, out_resident, e.staging_left(), e.arch);
  const unsigned buffers = tiling.buffers;
  const std::int64_t in_pixel =
      in_resident ? shape.in.pixel_bytes : shape.slice_pixel(tiling.slice, shape.in, e.arch);
  const std::int64_t out_pixel =
      out_resident ? shape.out.pixel_bytes : shape.slice_pixel(tiling.slice, shape.out, e.arch);

  std::vector<Address> in_buffers, out_buffers;
  for (unsigned i = 0; i < buffers; ++i) {
    if (!in_resident)
      in_buffers.push_back(
          e.stage(static_cast<Bytes>(shape.most_lines(tiling.band) * shape.in_w * in_pixel)));
    if (!out_resident)
      out_buffers.push_back(e.stage(static_cast<Bytes>(tiling.band * shape.out_w * out_pixel)));
  }
  struct Step {
    std::int64_t image, begin, end;  // output lines
    std::int64_t c0, channels;
  };
  std::vector<Step> steps;
  for (std::int64_t image = 0; image < shape.images; ++image) {
    std::int64_t line = 0;
    for (const std::int64_t end : shape.pieces(image, in_resident, ready, e.arch))
      for (; line < end; line = std::min(end, line + tiling.band))
        for (std::int64_t c0 = 0; c0 < shape.in.channels; c0 += tiling.slice)
          steps.push_back({image, line, std::min(end, line + tiling.band), c0,
                           std::min(tiling.slice, shape.in.channels - c0)});
  }

  const std::vector<WordValue> of_node = pool_words(e.graph, e.node);
  const bool sliced = tiling.slice < shape.in.channels;
  const std::int64_t element = shape.in.element_bytes;
  const auto load = [&](std::size_t i) {
    if (in_resident) return;
    const Step& step = steps[i];
    const auto [first, last] = shape.input_lines(step.begin, step.end);
    e.load_rows({e.address(in) + static_cast<Bytes>((step.image * shape.in_h + first) * shape.row_bytes() +
                                                    step.c0 * element),
                 in_buffers[i % buffers], shape.in.pixel_bytes, in_pixel,
                 static_cast<Bytes>(sliced ? step.channels * element : shape.in.pixel_bytes),
                 (last - first) * shape.in_w});
  };
  const auto compute = [&](std::size_t i) {
    const Step& step = steps[i];
    const std::int64_t first_row = in_resident ? 0 : shape.input_lines(step.begin, step.end).first;
    const std::int64_t m0 = step.begin * shape.out_w, m = (step.end - step.begin) * shape.out_w;
    const Address src =
        in_resident ? e.address(in) +
                          static_cast<Bytes>(step.image * shape.in_h * shape.row_bytes() + step.c0 * element)
                    : in_buffers[i % buffers];
    const Bytes offset = static_cast<Bytes>(
        (step.image * shape.out_h * shape.out_w + m0) * shape.out.pixel_bytes + step.c0 * element);
    const Address dst = out_resident ? e.address(out) + offset : out_buffers[i % buffers];
    std::vector<WordValue> words = of_node;
    for (const WordValue& of_step :
         {word_of(word::in_h, shape.in_h), word_of(word::in_w, shape.in_w), word_of(word::out_w, shape.out_w),
          word_of(word::stride_h, shape.pool.strides[0]), word_of(word::stride_w, shape.pool.strides[1]),
          word_of(word::pad_top, shape.pool.pads[0]), word_of(word::pad_left, shape.pool.pads[1]),
          word_of(word::row_stride, shape.in_w * in_pixel), word_of(word::pixel_stride, in_pixel),
          word_of(word::first_row, first_row), word_of(word::out_pixel_stride, out_pixel)})
      words.push_back(of_step);
    e.builder.emit(isa::Queue::vector, isa::Opcode::pool,
                   {{field::vx_dst, static_cast<std::int64_t>(dst)},
                    {field::vx_src0, static_cast<std::int64_t>(src)},
                    {field::vx_src1, m0},
                    {field::vx_x, step.channels},
                    {field::vx_y, m}},
                   words);
    if (!out_resident)
      e.store_rows({e.address(out) + offset, dst, shape.out.pixel_bytes, out_pixel,
                    static_cast<Bytes>(sliced ? step.channels * element : shape.out.pixel_bytes), m});
  };
  LayerEmitter::pipeline(steps.size(), buffers == 2, load, compute);
}

}  // namespace nnp::compiler
