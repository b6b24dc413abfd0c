// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/places.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace nnp::ir {

double source_coordinate(const ResizeAttributes& a, std::size_t axis, std::int64_t at,
                         std::int64_t from_size) {
  const double x = static_cast<double>(at), from = static_cast<double>(from_size),
               scale = static_cast<double>(a.scales[axis]);
  const double resized = from * scale;  // not rounded: so ONNX's own implementation has it
  switch (a.coordinates) {
    case ResizeCoordinates::half_pixel:
      return (x + 0.5) / scale - 0.5;
    case ResizeCoordinates::pytorch_half_pixel:
      return resized > 1 ? (x + 0.5) / scale - 0.5 : 0;
    case ResizeCoordinates::align_corners:
      return resized > 1 ? x * (from - 1) / (resized - 1) : 0;
    case ResizeCoordinates::asymmetric:
      return x / scale;
    case ResizeCoordinates::tf_crop_and_resize: {
      const double begin = static_cast<double>(a.roi[axis]),
                   end = static_cast<double>(a.roi[a.roi.size() / 2 + axis]);
      return resized > 1 ? begin * (from - 1) + x * (end - begin) * (from - 1) / (resized - 1)
                         : 0.5 * (begin + end) * (from - 1);
    }
  }
  return x;
}

std::int64_t rounded_coordinate(ResizeRounding rounding, double x) {
  switch (rounding) {
    case ResizeRounding::floor:
      return static_cast<std::int64_t>(std::floor(x));
    case ResizeRounding::ceil:
      return static_cast<std::int64_t>(std::ceil(x));
    case ResizeRounding::round_prefer_floor:
      return static_cast<std::int64_t>(std::ceil(x - 0.5));
    case ResizeRounding::round_prefer_ceil:
      return static_cast<std::int64_t>(std::floor(x + 0.5));
  }
  return 0;
}

namespace {

/// `at` counts from the input's first element; the input has `count`.
std::int64_t padded_place(PadMode mode, std::int64_t at, std::int64_t count) {
  if (mode == PadMode::edge) return std::clamp<std::int64_t>(at, 0, count - 1);
  return at < 0 ? -at : std::min(at, 2 * (count - 1) - at);
}

}  // namespace

std::optional<Places> source_places(const Graph& graph, const Node& node) {
  const Shape &from = graph.values[node.inputs[0]].shape, &to = graph.values[node.outputs[0]].shape;
  std::function<std::int64_t(std::size_t axis, std::int64_t at)> place;
  if (node.op == Op::resize) {
    const auto& a = std::get<ResizeAttributes>(node.attributes);
    if (a.mode != ResizeMode::nearest || a.coordinates == ResizeCoordinates::tf_crop_and_resize)
      return std::nullopt;
    place = [&](std::size_t axis, std::int64_t at) {
      return std::clamp<std::int64_t>(
          rounded_coordinate(a.rounding, source_coordinate(a, axis, at, from[axis])), 0, from[axis] - 1);
    };
  } else if (node.op == Op::pad) {
    const auto& a = std::get<PadAttributes>(node.attributes);
    if (a.mode == PadMode::constant) return std::nullopt;
    place = [&](std::size_t axis, std::int64_t at) {
      return padded_place(a.mode, at - a.begin[axis], from[axis]);
    };
  } else {
    return std::nullopt;
  }
  Places places(to.size());
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    bool same = from[axis] == to[axis];
    for (std::int64_t at = 0; at < to[axis]; ++at) {
      places[axis].push_back(place(axis, at));
      same = same && places[axis].back() == at;
    }
    if (same) places[axis].clear();
  }
  return places;
}

}  // namespace nnp::ir
