// SPDX-License-Identifier: Apache-2.0
// Operators that only move elements: Transpose, Reshape, Slice, Expand, Concat, Pad, nearest Resize. Elements
// that lie side by side in both places move as one run; others one by one.
#include <algorithm>
#include <cstring>

#include "compiler/codegen/vector/bands.h"
#include "compiler/codegen/vector/vector_code.h"
#include "compiler/ir/places.h"
#include "compiler/ir/reshaping.h"

namespace nnp::compiler {
namespace {

using ir::Op;

const ir::Shape& shape_of(const ir::Graph& graph, ir::ValueId id) { return graph.values[id].shape; }

/// The frame is the result; one source, mapped axis by axis.
BandSpec mapped(const ir::Graph& graph, const ir::Node& node, BandOperand source) {
  BandSpec spec;
  spec.frame = shape_of(graph, node.outputs[0]);
  spec.independent.assign(spec.frame.size(), true);
  spec.operands = {std::move(source), {node.outputs[0], true, same_axes(spec.frame.size()), {}, {}}};
  return spec;
}

BandOperand source_of(const ir::Graph& graph, const ir::Node& node) {
  BandOperand source{node.inputs[0], false, {}, {}, {}};
  const ir::Shape &from = shape_of(graph, node.inputs[0]), &to = shape_of(graph, node.outputs[0]);
  if (node.op == Op::transpose) {
    for (const std::int64_t axis : std::get<ir::TransposeAttributes>(node.attributes).permutation)
      source.axis_of.push_back(static_cast<int>(axis));
  } else {
    source.axis_of = aligned_axes(from.size(), to);
  }
  if (node.op == Op::slice) {
    const auto& slice = std::get<ir::SliceAttributes>(node.attributes);
    source.start = slice.starts, source.step = slice.steps;
  }
  return source;
}

/// The frame is the result; an axis that changes its extent is not cut.
BandSpec grown(const ir::Graph& graph, const ir::Node& node) {
  BandSpec spec;
  spec.frame = shape_of(graph, node.outputs[0]);
  spec.independent.assign(spec.frame.size(), true);
  const std::size_t sources = node.op == Op::concat ? node.inputs.size() : 1;
  const auto places = ir::source_places(graph, node);
  for (std::size_t i = 0; i < sources; ++i) {
    const ir::Shape& from = shape_of(graph, node.inputs[i]);
    for (std::size_t axis = 0; axis < from.size(); ++axis)
      if (from[axis] != spec.frame[axis] || (places && !(*places)[axis].empty()))
        spec.independent[axis] = false;
    spec.operands.push_back({node.inputs[i], false, same_axes(from.size()), {}, {}});
  }
  if (node.op == Op::concat) {
    const std::int64_t axis = std::get<ir::AxisAttributes>(node.attributes).axis;
    spec.independent[static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(spec.frame.size())
                                                       : axis)] = false;
  }
  spec.operands.push_back({node.outputs[0], true, same_axes(spec.frame.size()), {}, {}});
  return spec;
}

/// One band: both sides whole.
BandSpec reshaped(const ir::Graph& graph, const ir::Node& node) {
  BandSpec spec;
  spec.frame = {1};
  spec.independent = {false};
  spec.operands = {{node.inputs[0], false, {-1}, {}, {}}, {node.outputs[0], true, {-1}, {}, {}}};
  static_cast<void>(graph);
  return spec;
}

BandSpec move_spec(const ir::Graph& graph, const ir::Node& node) {
  switch (node.op) {
    case Op::concat:
    case Op::pad:
    case Op::resize:
      return grown(graph, node);
    case Op::transpose:
    case Op::slice:
    case Op::expand:
      return mapped(graph, node, source_of(graph, node));
    default:
      return reshaped(graph, node);
  }
}

/// `count` indices of an axis from `first` on, every `step`.
View part(View view, std::size_t axis, std::int64_t first, std::int64_t count, std::int64_t step = 1) {
  view.address = static_cast<Address>(static_cast<std::int64_t>(view.address) + first * view.strides[axis]);
  view.extents[axis] = count, view.strides[axis] *= step;
  return view;
}

void emit_concat(LayerEmitter& e, VectorCode& code, const Band& band) {
  const auto rank = static_cast<std::int64_t>(band.extents.size());
  const std::int64_t given = std::get<ir::AxisAttributes>(e.node.attributes).axis;
  const auto axis = static_cast<std::size_t>(given < 0 ? given + rank : given);
  std::int64_t at = 0;
  for (std::size_t i = 0; i + 1 < band.views.size(); ++i) {
    const std::int64_t count = shape_of(e.graph, e.node.inputs[i])[axis];
    View from = band.views[i];
    from.extents[axis] = count;
    code.move(part(band.views.back(), axis, at, count), from);
    at += count;
  }
}

/// The rims axis by axis, each as wide as what the axes before it leave, then the middle.
void emit_pad(VectorCode& code, const ir::PadAttributes& pad, const Band& band, Address value) {
  View middle = band.views[1];
  for (std::size_t axis = 0; axis < middle.extents.size(); ++axis) {
    const std::int64_t begin = pad.begin[axis], end = pad.end[axis], all = middle.extents[axis];
    if (begin > 0) code.fill(part(middle, axis, 0, begin), value);
    if (end > 0) code.fill(part(middle, axis, all - end, end), value);
    if (begin > 0 || end > 0) middle = part(middle, axis, begin, all - begin - end);
  }
  code.move(middle, band.views[0]);
}

/// Indices of a result and of its source that both go on by equal steps.
struct Stretch {
  std::int64_t to, from, count, to_step, from_step;
};

/// Places as few stretches of results `step` apart, one phase after the other.
std::vector<Stretch> stretches(const std::vector<std::int64_t>& places, std::int64_t step) {
  const auto size = static_cast<std::int64_t>(places.size());
  const auto place = [&](std::int64_t i) { return places[static_cast<std::size_t>(i)]; };
  std::vector<Stretch> found;
  for (std::int64_t phase = 0; phase < step; ++phase)
    for (std::int64_t i = phase; i < size;) {
      Stretch stretch{i, place(i), 1, step, i + step < size ? place(i + step) - place(i) : 0};
      for (; i + step < size && place(i + step) - place(i) == stretch.from_step; i += step) ++stretch.count;
      found.push_back(stretch);
      i += step;
    }
  return found;
}

constexpr std::int64_t kMostPhases = 32;

std::vector<Stretch> stretches(const std::vector<std::int64_t>& places) {
  std::vector<Stretch> fewest = stretches(places, 1);
  for (std::int64_t step = 2; step <= std::min<std::int64_t>(kMostPhases, std::ssize(places)); ++step) {
    std::vector<Stretch> found = stretches(places, step);
    if (found.size() < fewest.size()) fewest = std::move(found);
  }
  return fewest;
}

/// Axis by axis, a copy for each combination of stretches.
void emit_places(VectorCode& code, const ir::Places& places, std::size_t axis, const View& to,
                 const View& from) {
  if (axis == to.extents.size()) return code.move(to, from);
  if (places[axis].empty()) return emit_places(code, places, axis + 1, to, from);
  for (const Stretch& s : stretches(places[axis]))
    emit_places(code, places, axis + 1, part(to, axis, s.to, s.count, s.to_step),
                part(from, axis, s.from, s.count, s.from_step));
}

void emit_reshape(LayerEmitter& e, VectorCode& code, Band& band) {
  const ir::ValueId in = e.node.inputs[0], out = e.node.outputs[0];
  const ir::Shape &from = shape_of(e.graph, in), &to = shape_of(e.graph, out);
  const ir::Shape finer = *ir::common_refinement(from, to);
  const auto strides = [&](ir::ValueId id) {
    const Layout layout = e.layout(id);
    const ir::Shape& shape = shape_of(e.graph, id);
    return ir::refined_strides(shape, device_strides(shape, layout.element_bytes, layout.pixel_bytes), finer);
  };
  View &source = band.views[0], &result = band.views[1];
  source.extents = result.extents = finer;
  source.strides = strides(in), result.strides = strides(out);
  code.move(result, source);
}

}  // namespace

StagingNeed move_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  StagingNeed need = band_staging(move_spec(graph, node), graph, arch);
  const Bytes number = node.op == Op::pad ? arch.buffer_word_bytes : 0;
  need.resident += number, need.least += number, need.comfortable += number;
  return need;
}

void emit_move(LayerEmitter& e) {
  VectorCode code(e);
  const auto places = ir::source_places(e.graph, e.node);
  Address value = 0;
  if (e.node.op == Op::pad && !places) {
    std::uint8_t bytes[4];
    std::memcpy(bytes, &std::get<ir::PadAttributes>(e.node.attributes).value, 4);
    value = e.stage_constant(bytes);
  }
  for_each_band(e, move_spec(e.graph, e.node), [&](Band band) {
    if (places) return emit_places(code, *places, 0, band.views[1], band.views[0]);
    switch (e.node.op) {
      case Op::concat:
        return emit_concat(e, code, band);
      case Op::pad:
        return emit_pad(code, std::get<ir::PadAttributes>(e.node.attributes), band, value);
      case Op::transpose:
      case Op::slice:
      case Op::expand:
        return code.move(band.views[1], band.views[0]);
      default:
        return emit_reshape(e, code, band);
    }
  });
}

}  // namespace nnp::compiler
