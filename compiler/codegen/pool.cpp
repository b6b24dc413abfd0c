// SPDX-License-Identifier: Apache-2.0
// MaxPool and AveragePool on the vector unit, a band of output lines at a time.
#include <algorithm>

#include "compiler/codegen/layer_emitter.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
namespace word = isa::word;

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
  Bytes staging(std::int64_t band, bool in_resident, bool out_resident, unsigned buffers) const {
    Bytes bytes = 0;
    const std::int64_t lines = std::min(in_h, (band - 1) * pool.strides[0] + pool.kernel[0]);
    if (!in_resident) bytes += static_cast<Bytes>(lines * row_bytes()) * buffers;
    if (!out_resident) bytes += static_cast<Bytes>(band * out_w) * out.pixel_bytes * buffers;
    return bytes;
  }
};

PoolShape pool_shape(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const ir::Value& x = graph.values[node.inputs[0]];
  const ir::Value& y = graph.values[node.outputs[0]];
  return {std::get<ir::PoolAttributes>(node.attributes), x.shape[0], x.shape[2], x.shape[3], y.shape[2], y.shape[3], layout_of(x, arch),
          layout_of(y, arch)};
}

}  // namespace

StagingNeed pool_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const PoolShape shape = pool_shape(graph, node, arch);
  const Bytes slack = 4 * arch.buffer_word_bytes;
  return {0, shape.staging(1, false, false, 1) + slack, shape.staging(std::min<std::int64_t>(shape.out_h, 4), false, false, 2) + slack};
}

void emit_pool(LayerEmitter& e) {
  const PoolShape shape = pool_shape(e.graph, e.node, e.arch);
  const ir::ValueId in = e.node.inputs[0], out = e.node.outputs[0];
  const bool in_resident = e.resident(in), out_resident = e.resident(out);
  const Bytes slack = 4 * e.arch.buffer_word_bytes;
  std::int64_t band = shape.out_h;
  unsigned buffers = 2;
  while (band > 1 && shape.staging(band, in_resident, out_resident, buffers) + slack > e.staging_left()) --band;
  if (shape.staging(band, in_resident, out_resident, buffers) + slack > e.staging_left()) buffers = 1;

  std::vector<Address> in_buffers, out_buffers;
  const std::int64_t lines = std::min(shape.in_h, (band - 1) * shape.pool.strides[0] + shape.pool.kernel[0]);
  for (unsigned i = 0; i < buffers; ++i) {
    if (!in_resident) in_buffers.push_back(e.stage(static_cast<Bytes>(lines * shape.row_bytes())));
    if (!out_resident) out_buffers.push_back(e.stage(static_cast<Bytes>(band * shape.out_w) * shape.out.pixel_bytes));
  }
  struct Step {
    std::int64_t image, begin, end;
  };
  std::vector<Step> steps;
  for (std::int64_t image = 0; image < shape.images; ++image)
    for (std::int64_t line = 0; line < shape.out_h; line += band) steps.push_back({image, line, std::min(shape.out_h, line + band)});

  const auto range = ir::output_range(e.graph, e.node);
  const ir::Value& x = e.value(in);
  const ir::Value& y = e.value(out);
  const bool average = e.node.op != ir::Op::max_pool;
  const auto type = static_cast<unsigned>(ir::element_type(x.type));
  const float scale = average ? static_cast<float>(static_cast<double>(x.quant->scale[0]) / static_cast<double>(y.quant->scale[0])) : 1.0f;

  const auto load = [&](std::size_t i) {
    if (in_resident) return;
    const auto [first, last] = shape.input_lines(steps[i].begin, steps[i].end);
    e.load(e.address(in) + static_cast<Bytes>((steps[i].image * shape.in_h + first) * shape.row_bytes()), in_buffers[i % buffers],
           static_cast<Bytes>((last - first) * shape.row_bytes()));
  };
  const auto compute = [&](std::size_t i) {
    const Step& step = steps[i];
    const std::int64_t first_row = in_resident ? 0 : shape.input_lines(step.begin, step.end).first;
    const std::int64_t m0 = step.begin * shape.out_w, m = (step.end - step.begin) * shape.out_w;
    const Address src = in_resident ? e.address(in) + static_cast<Bytes>(step.image * shape.in_h * shape.row_bytes()) : in_buffers[i % buffers];
    const Bytes offset = static_cast<Bytes>(step.image * shape.out_h * shape.out_w + m0) * shape.out.pixel_bytes;
    const Address dst = out_resident ? e.address(out) + offset : out_buffers[i % buffers];
    e.builder.emit(isa::Queue::vector, isa::Opcode::pool,
                   {{field::vx_dst, static_cast<std::int64_t>(dst)}, {field::vx_src0, static_cast<std::int64_t>(src)}, {field::vx_src1, m0},
                    {field::vx_x, shape.in.channels}, {field::vx_y, m}},
                   {word_of(word::types, type | type << 4 | type << 8), word_of(word::in_h, shape.in_h), word_of(word::in_w, shape.in_w),
                    word_of(word::out_w, shape.out_w), word_of(word::kernel_h, shape.pool.kernel[0]), word_of(word::kernel_w, shape.pool.kernel[1]),
                    word_of(word::stride_h, shape.pool.strides[0]), word_of(word::stride_w, shape.pool.strides[1]),
                    word_of(word::pad_top, shape.pool.pads[0]), word_of(word::pad_left, shape.pool.pads[1]),
                    word_of(word::dilation_h, 1), word_of(word::dilation_w, 1),
                    word_of(word::row_stride, shape.row_bytes()), word_of(word::pixel_stride, shape.in.pixel_bytes),
                    word_of(word::first_row, first_row), word_of(word::out_pixel_stride, shape.out.pixel_bytes),
                    word_of(word::pool_mode, !average ? 0 : shape.pool.count_include_pad ? 2 : 1), word_of_float(word::pool_scale, scale),
                    word_of(word::src0_zero, x.quant->zero_point), word_of(word::vx_dst_zero, range.zero_point), word_of(word::vx_lo, range.lo),
                    word_of(word::vx_hi, range.hi)});
    if (!out_resident) e.store(dst, e.address(out) + offset, static_cast<Bytes>(m) * shape.out.pixel_bytes);
  };
  LayerEmitter::pipeline(steps.size(), buffers == 2, load, compute);
}

}  // namespace nnp::compiler
