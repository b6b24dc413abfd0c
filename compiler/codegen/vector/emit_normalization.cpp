// SPDX-License-Identifier: Apache-2.0
// LayerNormalization and InstanceNormalization: (x - mean) * rsqrt(variance + epsilon) * scale + shift, in
// f32 between. LRN: x / (bias + alpha / size * sum of squares around)^beta.
#include <cstring>

#include "compiler/codegen/vector/bands.h"
#include "compiler/codegen/vector/vector_code.h"

namespace nnp::compiler {
namespace {

using numerics::BinaryFunction;
using numerics::Reduction;
using numerics::UnaryFunction;

Address stage_number(LayerEmitter& e, float number) {
  std::uint8_t bytes[4];
  std::memcpy(bytes, &number, 4);
  return e.stage_constant(bytes);
}

struct Normalization {
  BandSpec spec;  // operands: x, y, scale, and shift where there is one
  std::vector<std::size_t> axes;
  std::int64_t count = 1;
  float epsilon = 0;
};

Normalization normalization_of(const ir::Graph& graph, const ir::Node& node) {
  const auto& attributes = std::get<ir::NormalizationAttributes>(node.attributes);
  const ir::Shape& shape = graph.values[node.inputs[0]].shape;
  const bool by_instance = node.op == ir::Op::instance_normalization;
  const auto first = by_instance ? std::size_t{2} : static_cast<std::size_t>(attributes.axis);
  Normalization result;
  result.epsilon = attributes.epsilon;
  result.spec.frame = shape;
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    result.spec.independent.push_back(axis < first);
    if (axis >= first) result.axes.push_back(axis), result.count *= shape[axis];
  }
  result.spec.operands = {{node.inputs[0], false, same_axes(shape.size()), {}, {}},
                          {node.outputs[0], true, same_axes(shape.size()), {}, {}}};
  for (std::size_t i = 1; i < node.inputs.size() && node.inputs[i] != ir::kNoValue; ++i) {
    std::vector<int> axes = aligned_axes(graph.values[node.inputs[i]].shape.size(), shape);
    if (by_instance) axes.assign(shape.size(), -1), axes[1] = 0;  // [C]
    result.spec.operands.push_back({node.inputs[i], false, axes, {}, {}});
  }
  // A band of reals, another where a mean's elements must be packed, and a number for each line.
  const Bytes lines = static_cast<Bytes>(result.count);
  result.spec.temporaries = [lines](const ir::Shape& band) {
    const Bytes all = static_cast<Bytes>(ir::element_count(band));
    return 4 * (2 * all + all / lines);
  };
  return result;
}

void normalise(LayerEmitter& e) {
  VectorCode code(e);
  const Normalization norm = normalization_of(e.graph, e.node);
  const Address epsilon = stage_number(e, norm.epsilon);
  const auto count = static_cast<double>(norm.count);
  for_each_band(e, norm.spec, [&](const Band& band) {
    const View &x = band.views[0], &y = band.views[1], &scale = band.views[2];
    const View reals = VectorCode::like(x, band.temporaries);
    const Address packed = band.temporaries + VectorCode::bytes_of(reals);
    const View line = VectorCode::like(x, packed + VectorCode::bytes_of(reals), norm.axes);
    code.reduce(Reduction::sum, line, x, norm.axes, count, packed);
    code.binary(BinaryFunction::sub, reals, x, line);
    code.reduce(Reduction::sum_square, line, reals, norm.axes, count, packed);
    code.binary(BinaryFunction::add, line, line, VectorCode::scalar(epsilon, line.extents.size()));
    code.unary(UnaryFunction::rsqrt, line, line);
    code.binary(BinaryFunction::mul, reals, reals, line);
    if (band.views.size() == 3) return code.binary(BinaryFunction::mul, y, reals, scale);
    code.binary(BinaryFunction::mul, reals, reals, scale);
    code.binary(BinaryFunction::add, y, reals, band.views[3]);
  });
}

BandSpec lrn_spec(const ir::Graph& graph, const ir::Node& node) {
  BandSpec spec;
  spec.frame = graph.values[node.inputs[0]].shape;
  spec.independent.assign(spec.frame.size(), true);
  spec.independent[1] = false;
  spec.operands = {{node.inputs[0], false, same_axes(spec.frame.size()), {}, {}},
                   {node.outputs[0], true, same_axes(spec.frame.size()), {}, {}}};
  spec.temporaries = [](const ir::Shape& band) { return 8 * static_cast<Bytes>(ir::element_count(band)); };
  return spec;
}

/// The view from channel `first` on, `count` channels.
View channels(View view, std::int64_t first, std::int64_t count) {
  view.address = static_cast<Address>(static_cast<std::int64_t>(view.address) + first * view.strides[1]);
  view.extents[1] = count;
  return view;
}

void lrn(LayerEmitter& e) {
  VectorCode code(e);
  const auto& a = std::get<ir::LrnAttributes>(e.node.attributes);
  const Address zero = stage_number(e, 0), bias = stage_number(e, a.bias), beta = stage_number(e, a.beta),
                factor = stage_number(e, a.alpha / static_cast<float>(a.size));
  for_each_band(e, lrn_spec(e.graph, e.node), [&](const Band& band) {
    const View &x = band.views[0], &y = band.views[1];
    const View square = VectorCode::like(x, band.temporaries);
    const View sum = VectorCode::like(x, band.temporaries + VectorCode::bytes_of(square));
    const auto number = [&](Address at) { return VectorCode::scalar(at, x.extents.size()); };
    code.binary(BinaryFunction::mul, square, x, x);
    code.fill(sum, zero);
    const std::int64_t below = (a.size - 1) / 2, all = x.extents[1];
    for (std::int64_t shift = -below; shift < a.size - below; ++shift) {
      const std::int64_t first = std::max<std::int64_t>(0, -shift), last = std::min(all, all - shift);
      if (first >= last) continue;
      const View part = channels(sum, first, last - first);
      code.binary(BinaryFunction::add, part, part, channels(square, first + shift, last - first));
    }
    code.binary(BinaryFunction::mul, sum, sum, number(factor));
    code.binary(BinaryFunction::add, sum, sum, number(bias));
    code.binary(BinaryFunction::pow, sum, sum, number(beta));
    code.binary(BinaryFunction::div, y, x, sum);
  });
}

}  // namespace

StagingNeed normalization_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  StagingNeed need = band_staging(
      node.op == ir::Op::lrn ? lrn_spec(graph, node) : normalization_of(graph, node).spec, graph, arch);
  const Bytes numbers = 4 * arch.buffer_word_bytes;
  need.resident += numbers, need.least += numbers, need.comfortable += numbers;
  return need;
}

void emit_normalization(LayerEmitter& e) { e.node.op == ir::Op::lrn ? lrn(e) : normalise(e); }

}  // namespace nnp::compiler
