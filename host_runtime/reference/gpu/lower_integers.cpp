// SPDX-License-Identifier: Apache-2.0
// Convolutions and products of codes. Each is one kernel that ends in codes; operands are padded so that
// their rows fill whole 16-byte pieces, which tensor cores ask for.
#include <fmt/format.h>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/gpu/lower_blocks.h"

namespace nnp::gpu {
namespace {

constexpr std::int64_t kPiece = 16;

std::int64_t whole_pieces(std::int64_t n) { return (n + kPiece - 1) / kPiece * kPiece; }

void need_bytes(const Lowering& lowering, const ir::Node& node, ir::ValueId id) {
  const ir::DType type = lowering.value(id).type;
  if (type != ir::DType::u8 && type != ir::DType::s8)
    lowering.refuse(node, fmt::format("'{}' is {}: tensor cores multiply 8-bit codes",
                                      lowering.value(id).name, ir::to_string(type)));
}

/// `from` with its axis `axis` (the one whose elements are adjacent) filled up to whole pieces by `code`.
Place filled_up(Lowering& lowering, const Place& from, std::size_t axis, bool channels_last) {
  const std::int64_t n = whole_pieces(from.shape[axis]);
  const bool in_order = channels_last ? is_channels_last(from) : is_row_major(from);
  if (n == from.shape[axis] && in_order) return from;
  ir::Shape shape = from.shape;
  shape[axis] = n;
  Place to = lowering.values().scratch(shape, from.element, channels_last);
  to.scale = from.scale, to.zero = from.zero;
  lowering.values().fill(to, static_cast<std::uint8_t>(from.zero));
  Place inside = to;
  inside.shape = from.shape;
  lowering.copy(from, inside);
  return to;
}

/// Images with channels last; in whole pieces of them where asked for.
Place image_operand(Lowering& lowering, ir::ValueId id, bool in_pieces) {
  if (!in_pieces) return lowering.channels_last(id);
  Place x = lowering.place(id);
  const std::int64_t channels = whole_pieces(x.shape[1]);
  if (!stands_in(x, channels)) return filled_up(lowering, lowering.channels_last(id), 1, true);
  x.shape[1] = channels;
  return x;
}

void set_result(const Lowering& lowering, const ir::Node& node, IntegerConvolution& c) {
  const numerics::OutputRange range = ir::output_range(lowering.graph(), node);
  c.zero = range.zero_point, c.lo = range.lo, c.hi = range.hi;
}

void set_channels(Lowering& lowering, const ir::Node& node, IntegerConvolution& c) {
  std::vector<std::int32_t> bias;
  std::vector<float> scale;
  for (const numerics::ChannelParam& param : ir::channel_params(lowering.graph(), node))
    bias.push_back(param.bias), scale.push_back(param.scale);
  c.bias = lowering.values().upload_bytes(bias.data(), bias.size() * sizeof(std::int32_t));
  c.scale = lowering.values().upload_bytes(scale.data(), scale.size() * sizeof(float));
}

void set_operand(IntegerConvolution& c, const Place& x) {
  c.x = x.at, c.x_element = x.element, c.zero_x = x.zero;
}

/// The Add behind a convolution.
void set_add(Lowering& lowering, const ir::Node& convolution, const ir::Node& add, IntegerConvolution& c) {
  const bool first = add.inputs[0] == convolution.outputs[0];
  const ir::BinaryParams params = ir::binary_params(lowering.graph(), add);
  const Place other = lowering.channels_last(add.inputs[first ? 1 : 0]);
  c.other = other.at, c.other_element = other.element;
  c.own_factor = (first ? params.a : params.b).scale;
  c.other_factor = (first ? params.b : params.a).scale;
  c.other_zero = (first ? params.b : params.a).zero_point;
  const numerics::OutputRange range = ir::output_range(lowering.graph(), add);
  c.sum_zero = range.zero_point, c.sum_lo = range.lo, c.sum_hi = range.hi;
}

/// A product of M rows as a convolution of M images of one pixel.
Window rows_as_images(std::int64_t M, std::int64_t K) {
  Window window;
  window.N = static_cast<int>(M), window.C = static_cast<int>(K);
  return window;
}

}  // namespace

Place make_image_codes(Lowering& lowering, const ir::Node& node, bool last) {
  const ir::ValueId id = node.outputs[0];
  const ir::Value& value = lowering.value(id);
  if (!last || size_of(lowering.values().element_of(value)) != 1) return lowering.make_output(node, last);
  const std::int64_t channels = channels_for_blocks(lowering.graph(), id) == kPixelChannels
                                    ? kPixelChannels
                                    : whole_pieces(value.shape[1]);
  lowering.values().set(id, lowering.values().make_images(value, channels));
  return *lowering.values().find(id);
}

void lower_integer_convolution(Lowering& lowering, const ir::Node& node, const ir::Node* add) {
  need_bytes(lowering, node, node.inputs[0]);
  need_bytes(lowering, node, node.outputs[0]);
  const auto& attributes = std::get<ir::ConvAttributes>(node.attributes);
  const ir::Value& weights = lowering.value(node.inputs[1]);
  if (!weights.constant) lowering.refuse(node, "its weights must be constant");
  IntegerConvolution c;
  c.K = static_cast<int>(weights.shape[0]), c.groups = static_cast<int>(attributes.group);
  const auto codes = weights.constant->data<std::int8_t>();
  std::vector<std::int8_t> filters;
  if (takes_blocks(lowering.graph(), node)) {
    const Blocks blocks = in_blocks(lowering, node);
    c.window = blocks.window;
    set_operand(c, blocks.x);
    filters = filters_in_blocks(codes, weights.shape, node);
  } else {
    const bool grouped = attributes.group != 1;
    const Place x = image_operand(lowering, node.inputs[0], !grouped);
    c.window = window_of(attributes, x.shape, lowering.value(node.outputs[0]).shape);
    for (int i = 0; i < 2; ++i) c.window.dilation[i] = static_cast<int>(attributes.dilations[i]);
    set_operand(c, x);
    filters = filters_channels_last<std::int8_t>(
        codes, weights.shape, static_cast<std::size_t>(grouped ? weights.shape[1] : x.shape[1]));
  }
  c.w = lowering.values().upload_bytes(filters.data(), filters.size());
  set_channels(lowering, node, c);
  set_result(lowering, node, c);
  if (add) set_add(lowering, node, *add, c);
  const Place& y = lowering.make_output(add ? *add : node, true);
  c.y = y.at, c.y_element = y.element;
  lowering.add(c);
}

void lower_integer_gemm(Lowering& lowering, const ir::Node& node) {
  need_bytes(lowering, node, node.inputs[0]);
  need_bytes(lowering, node, node.outputs[0]);
  const ir::Value& weights = lowering.value(node.inputs[1]);
  const bool turned = ir::transposes_right(node);
  const std::int64_t K = weights.shape[turned ? 1 : 0], N = weights.shape[turned ? 0 : 1];
  Place x = lowering.row_major(node.inputs[0]);
  const std::int64_t M = x.elements() / K;
  x.shape = {M, K}, x.strides = row_major(x.shape);
  x = filled_up(lowering, x, 1, false);
  const auto codes = weights.constant->data<std::int8_t>();
  const std::vector<std::int8_t> rows =
      turned ? std::vector<std::int8_t>(codes.begin(), codes.end())
             : columns_as_rows(codes, static_cast<std::size_t>(K), static_cast<std::size_t>(N));
  // [N, K] are filters of one tap.
  const auto filters =
      filters_channels_last<std::int8_t>(rows, {N, K, 1, 1}, static_cast<std::size_t>(x.shape[1]));
  IntegerConvolution c;
  c.window = rows_as_images(M, x.shape[1]);
  c.K = static_cast<int>(N);
  set_operand(c, x);
  c.w = lowering.values().upload_bytes(filters.data(), filters.size());
  set_channels(lowering, node, c);
  set_result(lowering, node, c);
  const Place& y = lowering.make_output(node, false);
  c.y = y.at, c.y_element = y.element;
  lowering.add(c);
}

void lower_integer_matmul(Lowering& lowering, const ir::Node& node) {
  for (const ir::ValueId id : {node.inputs[0], node.inputs[1], node.outputs[0]})
    need_bytes(lowering, node, id);
  const Place a = lowering.place(node.inputs[0]);
  Place b = lowering.place(node.inputs[1]);
  if (b.element != Element::s8 || a.shape.size() < 2 || b.shape.size() < 2)
    lowering.refuse(node, "the right side of a product must be s8 matrices");
  if (!ir::transposes_right(node)) {  // as [.., N, K]
    std::swap(b.shape[b.shape.size() - 2], b.shape.back());
    std::swap(b.strides[b.strides.size() - 2], b.strides.back());
  }
  const Place x = filled_up(lowering, a, a.shape.size() - 1, false),
              w = filled_up(lowering, b, b.shape.size() - 1, false);
  const Place& y = lowering.make_output(node, false);
  const std::int64_t M = a.shape[a.shape.size() - 2], N = b.shape[b.shape.size() - 2], K = x.shape.back();
  IntegerConvolution c;
  c.window = rows_as_images(M, K);
  c.K = static_cast<int>(N);
  c.batches = static_cast<int>(y.elements() / (M * N));
  const auto stride = [&](const Place& place, std::int64_t matrix) -> std::int64_t {
    if (place.elements() == matrix) return 0;
    if (place.elements() != matrix * c.batches) lowering.refuse(node, "batches that are broadcast in part");
    return matrix;
  };
  c.x_stride = stride(x, M * K), c.w_stride = stride(w, N * K), c.y_stride = M * N;
  set_operand(c, x);
  c.w = w.at, c.y = y.at, c.y_element = y.element;
  set_channels(lowering, node, c);
  set_result(lowering, node, c);
  lowering.add(c);
}

}  // namespace nnp::gpu
