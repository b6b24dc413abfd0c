// SPDX-License-Identifier: Apache-2.0
// Resize: nearest picks elements (moves.cpp); linear and cubic weigh 2 or 4 along each axis, axis by axis, in
// binary64.
#include <algorithm>
#include <cmath>

#include "compiler/ir/places.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/typed.h"

namespace nnp::reference::naive {
namespace {

using ir::ResizeAttributes;
using ir::ResizeCoordinates;

/// Input elements along an axis and their weights; no taps: the place is outside of the region.
struct Taps {
  std::vector<std::int64_t> places;
  std::vector<double> weights;
};

/// Keys' cubic kernel with coefficient a.
double cubic(double distance, double a) {
  const double x = std::abs(distance);
  if (x <= 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a;
  return 0;
}

Taps taps_of(const ResizeAttributes& a, std::size_t axis, std::int64_t at, std::int64_t from) {
  const double place = ir::source_coordinate(a, axis, at, from);
  if (a.coordinates == ResizeCoordinates::tf_crop_and_resize &&
      (place < 0 || place > static_cast<double>(from - 1)))
    return {};
  const bool is_cubic = a.mode == ir::ResizeMode::cubic;
  const auto floor = static_cast<std::int64_t>(std::floor(place));
  Taps taps;
  double sum = 0;
  for (std::int64_t i = is_cubic ? -1 : 0; i <= (is_cubic ? 2 : 1); ++i) {
    const double distance = place - static_cast<double>(floor + i);
    double weight =
        is_cubic ? cubic(distance, static_cast<double>(a.cubic_a)) : std::max(0.0, 1 - std::abs(distance));
    const bool inside = floor + i >= 0 && floor + i < from;
    if (a.exclude_outside && !inside) weight = 0;
    taps.places.push_back(std::clamp<std::int64_t>(floor + i, 0, from - 1));
    taps.weights.push_back(weight);
    sum += weight;
  }
  for (double& weight : taps.weights) {
    if (a.exclude_outside && sum != 0) weight /= sum;
  }
  return taps;
}

}  // namespace

void run_resize(Call& call) {
  const auto& attributes = call.attributes<ResizeAttributes>();
  if (attributes.mode == ir::ResizeMode::nearest) return run_resize_nearest(call);
  const ir::Shape& target = call.output_value().shape;
  ir::Shape shape = call.input(0).shape();
  ir::with_element_type(call.input(0).type(), [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    std::vector<double> values;
    for (const T value : x) values.push_back(static_cast<double>(value));
    std::vector<char> outside(static_cast<std::size_t>(ir::element_count(target)), 0);
    for (std::size_t d = 0; d < shape.size(); ++d) {
      const bool crops = attributes.coordinates == ResizeCoordinates::tf_crop_and_resize;
      if (shape[d] == target[d] && attributes.scales[d] == 1 && !crops) continue;
      const auto outer = static_cast<std::size_t>(
          ir::element_count({shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(d)}));
      const auto inner = static_cast<std::size_t>(
          ir::element_count({shape.begin() + static_cast<std::ptrdiff_t>(d) + 1, shape.end()}));
      const auto from = static_cast<std::size_t>(shape[d]), to = static_cast<std::size_t>(target[d]);
      const auto behind = static_cast<std::size_t>(
          ir::element_count({target.begin() + static_cast<std::ptrdiff_t>(d) + 1, target.end()}));
      std::vector<double> resized(outer * to * inner);
      for (std::size_t i = 0; i < to; ++i) {
        const Taps taps = taps_of(attributes, d, static_cast<std::int64_t>(i), shape[d]);
        for (std::size_t e = 0; taps.places.empty() && e < outside.size(); ++e) {
          if (e / behind % to == i) outside[e] = 1;
        }
        for (std::size_t o = 0; o < outer; ++o)
          for (std::size_t t = 0; t < taps.places.size(); ++t)
            for (std::size_t k = 0; k < inner; ++k)
              resized[(o * to + i) * inner + k] +=
                  taps.weights[t] * values[(o * from + static_cast<std::size_t>(taps.places[t])) * inner + k];
      }
      values.swap(resized);
      shape[d] = target[d];
    }
    const auto y = call.output_data<T>();
    for (std::size_t i = 0; i < y.size(); ++i)
      y[i] = static_cast<T>(static_cast<Arithmetic<T>>(
          outside[i] != 0 ? static_cast<double>(attributes.outside_value) : values[i]));
  });
}

}  // namespace nnp::reference::naive
