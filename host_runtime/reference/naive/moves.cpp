// SPDX-License-Identifier: Apache-2.0
// Concat, Slice, Pad, Expand, Where: any type, byte by byte. Nearest Resize with them: it picks elements too.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "compiler/ir/places.h"
#include "host_runtime/reference/naive/broadcast.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/typed.h"

namespace nnp::reference::naive {
namespace {

constexpr std::int64_t kOutside = -1;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// Calls f(output element, input element) for every element of `shape`; places[axis][i] is the input's index
/// along an axis. kOutside there calls f(output element, kOutside).
template <typename F>
void for_each_place(const ir::Shape& from, const ir::Shape& shape,
                    const std::vector<std::vector<std::int64_t>>& places, F f) {
  const std::size_t count = size(ir::element_count(shape));
  std::vector<std::size_t> at(shape.size(), 0);
  for (std::size_t i = 0; i < count; ++i) {
    std::int64_t source = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      const std::int64_t place = places[d][at[d]];
      if (place == kOutside) {
        source = kOutside;
        break;
      }
      source = source * from[d] + place;
    }
    f(i, source);
    for (std::size_t d = shape.size(); d-- > 0;) {
      if (++at[d] < size(shape[d])) break;
      at[d] = 0;
    }
  }
}

/// Copies elements by their places; those outside become `fill`.
void move_elements(Call& call, const std::vector<std::vector<std::int64_t>>& places,
                   std::span<const std::uint8_t> fill = {}) {
  const ir::Tensor& x = call.input(0);
  const std::size_t width = ir::size_of(x.type());
  if (call.output_value().type != x.type()) call.fail("changes the element type");
  ir::Tensor& y = call.output();
  for_each_place(x.shape(), y.shape(), places, [&](std::size_t to, std::int64_t from) {
    const std::uint8_t* source = from == kOutside ? fill.data() : x.bytes().data() + size(from) * width;
    std::copy_n(source, width, y.bytes().data() + to * width);
  });
}

std::int64_t padded_place(ir::PadMode mode, std::int64_t at, std::int64_t count) {
  if (at >= 0 && at < count) return at;
  switch (mode) {
    case ir::PadMode::constant:
      return kOutside;
    case ir::PadMode::edge:
      return std::clamp<std::int64_t>(at, 0, count - 1);
    case ir::PadMode::reflect:
      return at < 0 ? -at : 2 * (count - 1) - at;
  }
  return kOutside;
}

}  // namespace

void run_concat(Call& call) {
  const ir::Shape& shape = call.output_value().shape;
  const std::int64_t given = call.attributes<ir::AxisAttributes>().axis;
  const std::int64_t axis = given < 0 ? given + static_cast<std::int64_t>(shape.size()) : given;
  const std::size_t outer = size(ir::element_count({shape.begin(), shape.begin() + axis}));
  ir::Tensor& y = call.output();
  std::uint8_t* to = y.bytes().data();
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < call.node().inputs.size(); ++i) bytes += call.input(i).bytes().size();
  if (bytes != y.bytes().size() || call.input(0).type() != y.type())
    call.fail("the parts do not make the whole");
  for (std::size_t o = 0; o < outer; ++o)
    for (std::size_t i = 0; i < call.node().inputs.size(); ++i) {
      const auto part = call.input(i).bytes();
      const std::size_t run = part.size() / outer;
      to = std::copy_n(part.begin() + static_cast<std::ptrdiff_t>(o * run), run, to);
    }
}

void run_slice(Call& call) {
  const auto& attributes = call.attributes<ir::SliceAttributes>();
  const ir::Shape& shape = call.output_value().shape;
  std::vector<std::vector<std::int64_t>> places(shape.size());
  for (std::size_t d = 0; d < shape.size(); ++d)
    for (std::int64_t i = 0; i < shape[d]; ++i)
      places[d].push_back(attributes.starts[d] + i * attributes.steps[d]);
  move_elements(call, places);
}

void run_pad(Call& call) {
  const auto& attributes = call.attributes<ir::PadAttributes>();
  const ir::Shape &from = call.input(0).shape(), &shape = call.output_value().shape;
  std::vector<std::vector<std::int64_t>> places(shape.size());
  for (std::size_t d = 0; d < shape.size(); ++d)
    for (std::int64_t i = 0; i < shape[d]; ++i)
      places[d].push_back(padded_place(attributes.mode, i - attributes.begin[d], from[d]));
  ir::with_element_type(call.input(0).type(), [&](auto element) {
    using T = decltype(element);
    auto fill = static_cast<T>(static_cast<Arithmetic<T>>(attributes.value));
    if (const auto& quant = call.output_value().quant)
      with_code_type(call.input(0).type(), [&](auto code) {
        numerics::quantize(&attributes.value, quant->scale[0], quant->zero_point, &code, 1);
        fill = static_cast<T>(code);
      });
    move_elements(call, places, {reinterpret_cast<const std::uint8_t*>(&fill), sizeof fill});
  });
}

void run_expand(Call& call) {
  const ir::Shape &from = call.input(0).shape(), &shape = call.output_value().shape;
  const auto indices = broadcast_indices(from, shape);
  const std::size_t width = ir::size_of(call.input(0).type());
  const auto x = call.input(0).bytes();
  if (call.output_value().type != call.input(0).type()) call.fail("changes the element type");
  std::uint8_t* to = call.output().bytes().data();
  for (const std::size_t index : indices)
    to = std::copy_n(x.begin() + static_cast<std::ptrdiff_t>(index * width), width, to);
}

void run_where(Call& call) {
  const ir::Shape& shape = call.output_value().shape;
  const auto condition = expanded(call.data<bool>(0), call.input(0).shape(), shape);
  const auto a = broadcast_indices(call.input(1).shape(), shape),
             b = broadcast_indices(call.input(2).shape(), shape);
  const std::size_t width = ir::size_of(call.output_value().type);
  if (call.input(1).type() != call.output_value().type || call.input(2).type() != call.output_value().type)
    call.fail("changes the element type");
  std::uint8_t* to = call.output().bytes().data();
  for (std::size_t i = 0; i < condition.size(); ++i) {
    const ir::Tensor& from = call.input(condition[i] ? 1 : 2);
    to = std::copy_n(from.bytes().data() + (condition[i] ? a[i] : b[i]) * width, width, to);
  }
}

void run_resize_nearest(Call& call) {
  const auto& attributes = call.attributes<ir::ResizeAttributes>();
  const ir::Shape &from = call.input(0).shape(), &shape = call.output_value().shape;
  std::vector<std::vector<std::int64_t>> places(shape.size());
  for (std::size_t d = 0; d < shape.size(); ++d)
    for (std::int64_t i = 0; i < shape[d]; ++i) {
      const double at = ir::source_coordinate(attributes, d, i, from[d]);
      const bool outside = attributes.coordinates == ir::ResizeCoordinates::tf_crop_and_resize &&
                           (at < 0 || at > static_cast<double>(from[d] - 1));
      places[d].push_back(outside ? kOutside
                                  : std::clamp<std::int64_t>(ir::rounded_coordinate(attributes.rounding, at),
                                                             0, from[d] - 1));
    }
  ir::with_element_type(call.input(0).type(), [&](auto element) {
    using T = decltype(element);
    const auto fill = static_cast<T>(static_cast<Arithmetic<T>>(attributes.outside_value));
    move_elements(call, places, {reinterpret_cast<const std::uint8_t*>(&fill), sizeof fill});
  });
}

}  // namespace nnp::reference::naive
