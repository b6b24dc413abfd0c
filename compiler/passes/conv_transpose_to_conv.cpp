// SPDX-License-Identifier: Apache-2.0
// ConvTranspose with constant weights becomes a Conv of stride 1 that makes all phases of the output at once,
// and moves that put them in place. With stride s, output o = u s + a - pad of phase a < s receives input
// u - j through tap j s + a of the dilated kernel: for each phase a Conv with J = ceil(taps / s) taps, read
// backwards. Channels of the Conv are (group, phase row, phase column, channel of the group), so that the
// channels of a pixel move as one run.
#include <algorithm>

#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"

namespace nnp::compiler {
namespace {

using ir::Graph;
using ir::Node;
using ir::Op;
using ir::Shape;
using ir::ValueId;

/// One axis of the image.
struct Axis {
  std::int64_t in, out, kernel, stride, dilation;
  std::int64_t taps;  // of a phase: J
  std::int64_t pad_begin, pad_end;
  std::int64_t positions;  // of a phase
  std::int64_t skipped;    // outputs in front of the first that is wanted

  Axis(std::int64_t input, std::int64_t output, std::int64_t kernel_taps, std::int64_t step,
       std::int64_t dilated, std::int64_t pad)
      : in(input), out(output), kernel(kernel_taps), stride(step), dilation(dilated) {
    taps = ceil_div((kernel - 1) * dilation + 1, stride);
    const std::int64_t first = std::min(pad / stride, taps - 1), last = (out - 1 + pad) / stride;
    pad_begin = taps - 1 - first;
    pad_end = std::max<std::int64_t>(0, last + 1 - in);
    positions = in + pad_begin + pad_end - taps + 1;
    skipped = pad - first * stride;
  }
  /// The kernel's tap behind a phase's tap of the Conv, or -1.
  std::int64_t tap(std::int64_t phase, std::int64_t conv_tap) const {
    const std::int64_t place = (taps - 1 - conv_tap) * stride + phase;
    return place % dilation == 0 && place / dilation < kernel ? place / dilation : -1;
  }
};

class Rewrite {
 public:
  Rewrite(Graph& graph, const Node& node)
      : graph_(graph),
        node_(node),
        a_(std::get<ir::ConvTransposeAttributes>(node.attributes)),
        x_(graph.values[node.inputs[0]].shape),
        y_(graph.values[node.outputs[0]].shape),
        rows_(x_[2], y_[2], a_.kernel[0], a_.strides[0], a_.dilations[0], a_.pads[0]),
        columns_(x_[3], y_[3], a_.kernel[1], a_.strides[1], a_.dilations[1], a_.pads[1]),
        group_filters_(y_[1] / a_.group) {}

  std::vector<Node> nodes() {
    const std::int64_t phases = rows_.stride * columns_.stride;
    const ValueId all = value(".phases", {x_[0], y_[1] * phases, rows_.positions, columns_.positions});
    add_conv(all);
    const Shape split = {x_[0],          a_.group,        rows_.stride,      columns_.stride,
                         group_filters_, rows_.positions, columns_.positions};
    // [n, group, row phase, column phase, filter, row, column] -> [n, group, filter, row, phase, column,
    // phase]
    const std::vector<std::int64_t> order = {0, 1, 4, 5, 2, 6, 3};
    Shape woven;
    for (const std::int64_t axis : order) woven.push_back(split[static_cast<std::size_t>(axis)]);
    const Shape image = {x_[0], y_[1], rows_.positions * rows_.stride, columns_.positions * columns_.stride};
    ValueId at = all;
    if (phases > 1) {
      at = add(Op::reshape, ".split", at, split, {});
      at = add(Op::transpose, ".weave", at, woven, ir::TransposeAttributes{order});
      at = add(Op::reshape, ".image", at, image, {});
    }
    const ir::SliceAttributes wanted{{0, 0, rows_.skipped, columns_.skipped}, {1, 1, 1, 1}};
    if (image != y_ || rows_.skipped + columns_.skipped > 0) add(Op::slice, ".wanted", at, y_, wanted);
    made_.back().outputs = node_.outputs;
    return std::move(made_);
  }

 private:
  ValueId value(const char* suffix, Shape shape) {
    return add_float(graph_, node_.name + suffix, std::move(shape));
  }
  ValueId add(Op op, const char* suffix, ValueId from, Shape shape, ir::Attributes attributes) {
    const ValueId to = value(suffix, std::move(shape));
    made_.push_back({op,
                     unique_name(graph_, node_.name + suffix),
                     {from},
                     {to},
                     std::move(attributes),
                     {},
                     false,
                     node_.onnx_nodes});
    return to;
  }

  void add_conv(ValueId result) {
    ir::ConvAttributes conv;
    conv.kernel[0] = rows_.taps, conv.kernel[1] = columns_.taps;
    conv.pads[0] = rows_.pad_begin, conv.pads[1] = columns_.pad_begin;
    conv.pads[2] = rows_.pad_end, conv.pads[3] = columns_.pad_end;
    conv.group = a_.group;
    std::vector<ValueId> inputs = {node_.inputs[0], add_constant(graph_, node_.name + ".taps", weights())};
    if (const ir::Tensor* bias = constant_input(graph_, node_, 2))
      inputs.push_back(add_constant(graph_, node_.name + ".biases", biases(*bias)));
    made_.push_back(
        {Op::conv, node_.name, std::move(inputs), {result}, conv, node_.clamp, false, node_.onnx_nodes});
  }

  /// From ONNX's [channel][filter of the group][R][S].
  ir::Tensor weights() const {
    const std::span<const float> from = constant_input(graph_, node_, 1)->data<float>();
    const std::int64_t channels = x_[1] / a_.group;
    ir::Tensor to(ir::DType::f32,
                  {y_[1] * rows_.stride * columns_.stride, channels, rows_.taps, columns_.taps});
    std::size_t i = 0;
    for (std::int64_t group = 0; group < a_.group; ++group)
      for (std::int64_t phase = 0; phase < rows_.stride * columns_.stride; ++phase)
        for (std::int64_t filter = 0; filter < group_filters_; ++filter)
          for (std::int64_t channel = group * channels; channel < (group + 1) * channels; ++channel)
            for (std::int64_t tap = 0; tap < rows_.taps * columns_.taps; ++tap, ++i) {
              const std::int64_t r = rows_.tap(phase / columns_.stride, tap / columns_.taps),
                                 s = columns_.tap(phase % columns_.stride, tap % columns_.taps);
              if (r < 0 || s < 0) continue;
              to.data<float>()[i] = from[static_cast<std::size_t>(
                  ((channel * group_filters_ + filter) * a_.kernel[0] + r) * a_.kernel[1] + s)];
            }
    return to;
  }

  ir::Tensor biases(const ir::Tensor& bias) const {
    const std::int64_t phases = rows_.stride * columns_.stride;
    ir::Tensor to(ir::DType::f32, {y_[1] * phases});
    for (std::int64_t i = 0; i < y_[1] * phases; ++i) {
      const std::int64_t group = i / (phases * group_filters_), filter = i % group_filters_;
      to.data<float>()[static_cast<std::size_t>(i)] =
          bias.data<float>()[static_cast<std::size_t>(group * group_filters_ + filter)];
    }
    return to;
  }

  Graph& graph_;
  const Node& node_;
  const ir::ConvTransposeAttributes& a_;
  const Shape x_, y_;
  Axis rows_, columns_;
  std::int64_t group_filters_;
  std::vector<Node> made_;
};

bool rewritable(const Graph& graph, const Node& node) {
  if (node.op != Op::conv_transpose) return false;
  const ir::Tensor* weights = constant_input(graph, node, 1);
  const bool has_bias = node.inputs.size() > 2 && node.inputs[2] != ir::kNoValue;
  const ir::Tensor* bias = constant_input(graph, node, 2);
  return weights != nullptr && weights->type() == ir::DType::f32 &&
         (!has_bias || (bias != nullptr && bias->type() == ir::DType::f32)) &&
         ir::element_count(graph.values[node.inputs[0]].shape) > 0 &&
         ir::element_count(graph.values[node.outputs[0]].shape) > 0;
}

}  // namespace

void conv_transpose_to_conv(Graph& graph) {
  std::vector<Node> nodes;
  for (const Node& node : graph.nodes) {
    if (!rewritable(graph, node)) {
      nodes.push_back(node);
      continue;
    }
    for (Node& made : Rewrite(graph, node).nodes()) nodes.push_back(std::move(made));
  }
  graph.nodes = std::move(nodes);
}

}  // namespace nnp::compiler
