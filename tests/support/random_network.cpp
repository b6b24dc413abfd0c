// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_network.h"

#include <algorithm>

namespace nnp::test {

using ir::DType;
using ir::Op;

ir::ValueId NetworkBuilder::value(const char* kind, ir::Shape shape, DType type, float scale,
                                  std::int32_t zero) {
  ir::Value v;
  v.name = std::string(kind) + std::to_string(names_++);
  v.type = type;
  v.shape = std::move(shape);
  if (type != DType::f32) v.quant = ir::QuantParams{{scale}, zero, -1};
  return graph_.add_value(std::move(v));
}

ir::Node& NetworkBuilder::node(Op op, std::vector<ir::ValueId> inputs, ir::ValueId output) {
  ir::Node n;
  n.op = op;
  n.name = std::string(ir::to_string(op)) + "_" + std::to_string(names_++);
  n.inputs = std::move(inputs);
  n.outputs = {output};
  n.onnx_nodes = {n.name};
  graph_.nodes.push_back(std::move(n));
  return graph_.nodes.back();
}

ir::ValueId NetworkBuilder::input(ir::Shape shape, DType type) {
  const ir::ValueId x = value("input", shape, DType::f32, 1, 0);
  graph_.inputs.push_back(x);
  const ir::ValueId q = value("q", shape, type, type == DType::s16 ? 1.0f / 8192 : 1.0f / 32,
                              type == DType::u8 ? static_cast<std::int32_t>(pick(0, 255)) : 0);
  node(Op::quantize_linear, {x}, q).on_host = true;
  return q;
}

ir::ValueId NetworkBuilder::weights(ir::Shape shape, std::int32_t axis) {
  ir::Tensor tensor(DType::s8, shape);
  for (auto& w : tensor.data<std::int8_t>()) w = static_cast<std::int8_t>(pick(-127, 127));
  ir::Value v;
  v.name = "w" + std::to_string(names_++);
  v.type = DType::s8;
  v.shape = shape;
  v.quant = ir::QuantParams{{}, 0, axis};
  for (std::int64_t i = 0; i < shape[static_cast<std::size_t>(axis)]; ++i)
    v.quant->scale.push_back(static_cast<float>(pick(1, 1000)) / 500'000);
  v.constant = std::move(tensor);
  return graph_.add_value(std::move(v));
}

ir::ValueId NetworkBuilder::bias(const ir::Shape& shape) {
  ir::Tensor tensor(DType::i32, shape);
  for (auto& b : tensor.data<std::int32_t>()) b = static_cast<std::int32_t>(pick(-3000, 3000));
  ir::Value v;
  v.name = "b" + std::to_string(names_++);
  v.type = DType::i32;
  v.shape = shape;
  v.constant = std::move(tensor);
  return graph_.add_value(std::move(v));
}

ir::ValueId NetworkBuilder::conv(ir::ValueId x, std::int64_t channels, std::int64_t kernel,
                                 std::int64_t stride, std::int64_t pad, std::int64_t dilation,
                                 std::int64_t groups) {
  const ir::Shape in = graph_.values[x].shape;
  const auto out = [&](std::int64_t size) {
    return (size + 2 * pad - dilation * (kernel - 1) - 1) / stride + 1;
  };
  const ir::ValueId w = weights({channels, in[1] / groups, kernel, kernel}, 0), b = bias({channels});
  const DType type = graph_.values[x].type;
  const ir::ValueId y = value("conv", {in[0], channels, out(in[2]), out(in[3])}, type, scale() * 16,
                              type == DType::u8 ? static_cast<std::int32_t>(pick(0, 255)) : 0);
  ir::Node& n = node(Op::conv, {x, w, b}, y);
  ir::ConvAttributes a;
  a.group = groups;
  for (int i = 0; i < 2; ++i) a.kernel[i] = kernel, a.strides[i] = stride, a.dilations[i] = dilation;
  std::fill(std::begin(a.pads), std::end(a.pads), pad);
  n.attributes = a;
  if (pick(0, 1) == 1) n.clamp.lo = 0;
  return y;
}

ir::ValueId NetworkBuilder::gemm(ir::ValueId x, std::int64_t columns) {
  const ir::Shape in = graph_.values[x].shape;
  const ir::ValueId w = weights({in.back(), columns}, 1), b = bias({columns});
  ir::Shape shape = in;
  shape.back() = columns;
  const DType type = graph_.values[x].type;
  const ir::ValueId y = value("gemm", shape, type, scale() * 16,
                              type == DType::u8 ? static_cast<std::int32_t>(pick(0, 255)) : 0);
  node(Op::gemm, {x, w, b}, y).attributes = ir::GemmAttributes{};
  return y;
}

ir::ValueId NetworkBuilder::matmul(ir::ValueId a, ir::ValueId b, bool transposed) {
  ir::Shape shape = graph_.values[a].shape;
  const ir::Shape right = graph_.values[b].shape;
  shape.back() = transposed ? right[right.size() - 2] : right.back();
  const ir::ValueId y = value("matmul", shape, DType::s8, scale() * 16, 0);
  ir::GemmAttributes attributes;
  attributes.transpose_b = transposed;
  node(Op::matmul, {a, b}, y).attributes = attributes;
  return y;
}

ir::Shape pooled_shape(ir::Shape shape, const ir::PoolAttributes& a) {
  for (std::size_t i = 0; i < 2; ++i)
    shape[2 + i] = (shape[2 + i] + a.pads[i] + a.pads[2 + i] - a.kernel[i]) / a.strides[i] + 1;
  return shape;
}

ir::ValueId NetworkBuilder::pool(ir::ValueId x, Op op, std::int64_t kernel, std::int64_t stride,
                                 std::int64_t pad) {
  const ir::Value in = graph_.values[x];
  const auto out = [&](std::int64_t size) { return (size + 2 * pad - kernel) / stride + 1; };
  const bool same = op == Op::max_pool;
  const ir::ValueId y = value("pool", {in.shape[0], in.shape[1], out(in.shape[2]), out(in.shape[3])}, in.type,
                              same ? in.quant->scale[0] : scale(),
                              same ? in.quant->zero_point : static_cast<std::int32_t>(pick(0, 255)));
  ir::PoolAttributes a;
  for (int i = 0; i < 2; ++i) a.kernel[i] = kernel, a.strides[i] = stride;
  std::fill(std::begin(a.pads), std::end(a.pads), pad);
  a.count_include_pad = pick(0, 1) == 1;
  node(op, {x}, y).attributes = a;
  return y;
}

ir::ValueId NetworkBuilder::max_pool(ir::ValueId x, const ir::PoolAttributes& a) {
  const ir::Value in = graph_.values[x];
  const ir::ValueId y =
      value("pool", pooled_shape(in.shape, a), in.type, in.quant->scale[0], in.quant->zero_point);
  node(Op::max_pool, {x}, y).attributes = a;
  return y;
}

ir::ValueId NetworkBuilder::binary(Op op, ir::ValueId a, ir::ValueId b) {
  const ir::Value in = graph_.values[a];
  const ir::ValueId y = value("binary", in.shape, in.type, scale() * 4,
                              in.type == DType::u8 ? static_cast<std::int32_t>(pick(0, 255)) : 0);
  node(op, {a, b}, y);
  return y;
}

ir::ValueId NetworkBuilder::activation(Op op, ir::ValueId x) {
  const ir::Value in = graph_.values[x];
  const ir::ValueId y = value("act", in.shape, in.type, 1.0f / 200,
                              in.type == DType::u8 ? static_cast<std::int32_t>(pick(0, 50)) : 0);
  node(op, {x}, y);
  return y;
}

ir::ValueId NetworkBuilder::lstm(ir::ValueId x, std::int64_t hidden) {
  const ir::Value in = graph_.values[x];
  const ir::ValueId w = weights({1, 4 * hidden, in.shape[2]}, 1), r = weights({1, 4 * hidden, hidden}, 1),
                    b = bias({1, 8 * hidden});
  graph_.values[r].quant = graph_.values[w].quant;  // joined rows share their scale
  const ir::ValueId y = value("lstm", {in.shape[0], in.shape[1], hidden}, DType::s16, in.quant->scale[0], 0);
  ir::Node& n = node(Op::lstm, {x, w, r, b}, y);
  ir::LstmAttributes a;
  a.hidden_size = hidden;
  a.cell_scale = 1.0f / 2048;
  n.attributes = a;
  return y;
}

void NetworkBuilder::output(ir::ValueId x) {
  const ir::ValueId y = value("output", graph_.values[x].shape, DType::f32, 1, 0);
  node(Op::dequantize_linear, {x}, y).on_host = true;
  graph_.outputs.push_back(y);
}

ir::Graph random_network(std::uint64_t seed) {
  NetworkBuilder b(seed);
  if (seed % 5 == 4) {
    const bool deep = b.pick(0, 1) == 1;
    ir::ValueId x = b.input({b.pick(1, 5), b.pick(1, 3), b.pick(1, 20)}, DType::s16);
    x = b.lstm(x, b.pick(1, 14));
    if (deep) x = b.lstm(x, b.pick(1, 14));
    b.output(b.gemm(x, b.pick(1, 30)));
    return b.take();
  }
  if (seed % 5 == 3) {
    ir::ValueId x = b.input({b.pick(1, 40), b.pick(1, 60)});
    for (std::int64_t layers = b.pick(1, 3); layers > 0; --layers) x = b.gemm(x, b.pick(1, 50));
    b.output(b.activation(b.pick(0, 1) ? Op::sigmoid : Op::relu, x));
    return b.take();
  }
  const DType type = b.pick(0, 3) == 0 ? DType::s16 : DType::u8;
  ir::ValueId x = b.input({b.pick(1, 2), b.pick(1, 20), b.pick(5, 14), b.pick(5, 14)}, type);
  const std::int64_t channels = b.pick(1, 24);
  x = b.conv(x, channels, b.pick(1, 3), b.pick(1, 2), b.pick(0, 1));
  const ir::ValueId left = b.conv(x, channels, 3, 1, 1);
  if (b.pick(0, 1))
    x = b.binary(b.pick(0, 3) ? Op::add : Op::mul, x, left);
  else
    x = left;
  if (type == DType::u8 && b.pick(0, 1))
    x = b.pool(x, b.pick(0, 1) ? Op::max_pool : Op::average_pool, 2, b.pick(1, 2), b.pick(0, 1));
  if (b.pick(0, 1)) x = b.conv(x, b.pick(1, 10), 2, 1, 1, 1);
  b.output(x);
  return b.take();
}

ir::Graph random_products(std::uint64_t seed) {
  NetworkBuilder b(seed);
  const ir::ValueId x = b.input({b.pick(1, 3), b.pick(1, 20), b.pick(1, 24)}, DType::s8);
  const std::int64_t depth = b.pick(1, 24);
  const ir::ValueId q = b.gemm(x, depth), k = b.gemm(x, depth), v = b.gemm(x, b.pick(1, 20));
  b.output(b.matmul(b.matmul(q, k, true), v, false));
  return b.take();
}

ir::Graph random_grouped_convolutions(std::uint64_t seed) {
  NetworkBuilder b(seed);
  const std::int64_t groups = b.pick(2, 12), channels = groups * b.pick(1, 3), size = b.pick(3, 9);
  ir::ValueId x = b.input({b.pick(1, 2), channels, size, b.pick(3, 9)});
  x = b.conv(x, groups * b.pick(1, 9), b.pick(1, 3), b.pick(1, 2), b.pick(0, 1), 1, groups);
  if (b.pick(0, 1) == 1) x = b.conv(x, b.pick(1, 20), 1, 1, 0);
  const std::int64_t depth = b.shape_of(x)[1];
  b.output(b.conv(x, depth * b.pick(1, 2), 3, 1, b.pick(1, 2), b.pick(1, 1), depth));
  return b.take();
}

models::ChipSpec random_chip(std::uint64_t seed) {
  std::mt19937_64 engine(seed ^ 0xC41F);
  const auto pick = [&](std::initializer_list<std::uint32_t> values) {
    return *(values.begin() + engine() % values.size());
  };
  models::ChipSpec c;
  c.name = "random_chip" + std::to_string(seed);
  c.arch.array_rows = pick({2, 4, 8}), c.arch.array_cols = pick({2, 4, 8});
  c.arch.weight_fetch = pick({0, 1}) ? isa::WeightFetch::padded : isa::WeightFetch::exact;
  c.arch.weight_fifo_tiles = pick({1, 2, 5});
  c.arch.accumulator_rows = pick({8, 32, 200});
  c.arch.buffer_word_bytes = pick({8, 16});
  c.arch.channel_align_bytes = pick({2, 4, 8});
  c.buffer.banks = pick({3, 4, 5});
  c.arch.unified_buffer_bytes = Bytes{c.arch.buffer_word_bytes} * c.buffer.banks * pick({100, 300, 2000});
  c.arch.device_memory_bytes = c.memory.capacity = 1u << 26;
  c.arch.precisions = {isa::Precision::int8, isa::Precision::int8x16};
  c.core_frequency_khz = pick({1'000'000, 733'000, 321'000, 1'700'000});
  c.array.shift_rows_per_cycle = pick({1, 2});
  c.array.overlap = pick({0, 1, 1}) == 1;
  c.drain.latency_cycles = pick({1, 4});
  c.vector.lanes = pick({2, 8});
  c.vector.latency_cycles = pick({1, 5});
  c.dma.request_bytes = pick({64, 128, 256});
  c.dma.window_bytes = pick({256, 1024});
  c.front_end.fetch = pick({0, 1}) ? models::FetchFrom::host : models::FetchFrom::device;
  c.front_end.dispatch_cycles = pick({1, 3});
  c.front_end.queue_depth = pick({2, 3, 8});
  c.front_end.fetch_bytes = pick({64, 256});
  c.front_end.fetch_buffer_bytes = 512;
  const char* presets[] = {"ddr3_2133", "ddr4_2400", "ideal"};
  c.memory.preset = presets[engine() % 3];
  c.memory.channels = pick({1, 2});
  c.memory.interleave_bytes = pick({256, 1024});
  c.memory.ideal_bandwidth_bytes_per_s = 3e9, c.memory.ideal_latency_s = 40e-9;
  c.pcie.latency_s = 60e-9;
  c.pcie.lanes = pick({1, 4});
  c.pcie.generation = pick({1, 3, 6});
  c.pcie.max_payload_bytes = pick({128, 256, 1024});
  c.pcie.max_read_request_bytes = pick({128, 512, 4096});
  c.pcie.outstanding_reads = pick({1, 3, 32});
  c.pcie.posted_header_credits = pick({0, 1, 3});
  c.pcie.nonposted_header_credits = pick({0, 1});
  c.pcie.completion_data_credits = pick({0, 64});
  c.buffer.read_latency_cycles = pick({1, 2, 7});
  c.arch.array_kind = static_cast<isa::ArrayKind>(pick({0, 1, 2, 3}));
  c.array.tree_registers = pick({1, 4});
  c.array.drain_phase = pick({0, 1, 1}) == 1;
  c.array.ideal_fill = pick({0, 0, 0, 0, 1}) == 1;
  c.arch.weight_align_bytes = pick({1, 1, 32, 128});
  c.arch.residency = pick({0, 0, 1}) ? isa::Residency::layer : isa::Residency::network;
  c.drain.lanes = pick({0, 0, 1, 3});
  c.pcie.shared_memory = pick({0, 0, 0, 1}) == 1;
  return c;
}

}  // namespace nnp::test
