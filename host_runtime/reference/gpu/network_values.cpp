// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/gpu/network_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "compiler/ir/half.h"

namespace nnp::gpu {
namespace {

bool same_order(const Place& place, const Strides& strides) {
  for (std::size_t i = 0; i < strides.size(); ++i)
    if (place.shape[i] != 1 && place.strides[i] != strides[i]) return false;
  return true;
}

/// Calls f(offset in the value as it lies, index in row-major order) for every element.
template <typename F>
void over_elements(const Place& place, F f) {
  const std::size_t rank = place.shape.size();
  std::vector<std::int64_t> index(rank, 0);
  const std::int64_t count = place.elements();
  std::int64_t offset = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    f(static_cast<std::size_t>(offset), static_cast<std::size_t>(i));
    for (std::size_t axis = rank; axis-- > 0;) {
      offset += place.strides[axis];
      if (++index[axis] < place.shape[axis]) break;
      offset -= place.shape[axis] * place.strides[axis];
      index[axis] = 0;
    }
  }
}

template <typename T, typename Convert>
std::vector<std::uint8_t> converted(std::span<const float> numbers, Convert convert) {
  std::vector<std::uint8_t> bytes(numbers.size() * sizeof(T));
  std::ranges::transform(numbers, reinterpret_cast<T*>(bytes.data()), convert);
  return bytes;
}

std::vector<std::uint8_t> as_elements(std::span<const float> numbers, Element element) {
  if (element == Element::f16) {
    // A mask's -1e9 must not become infinite: a row of nothing else has no softmax then.
    return converted<ir::Float16>(numbers, [](float x) {
      constexpr float kMost = 65504;
      return ir::Float16(std::isfinite(x) ? std::clamp(x, -kMost, kMost) : x);
    });
  }
  if (element == Element::bf16)
    return converted<ir::BFloat16>(numbers, [](float x) { return ir::BFloat16(x); });
  return converted<float>(numbers, [](float x) { return x; });
}

float as_float(const std::uint8_t* bytes, Element element, std::size_t i) {
  if (element == Element::f16) return static_cast<float>(reinterpret_cast<const ir::Float16*>(bytes)[i]);
  if (element == Element::bf16) return static_cast<float>(reinterpret_cast<const ir::BFloat16*>(bytes)[i]);
  return reinterpret_cast<const float*>(bytes)[i];
}

}  // namespace

Strides row_major(const ir::Shape& shape) {
  Strides strides(shape.size());
  std::int64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0; stride *= shape[i]) strides[i] = stride;
  return strides;
}

Strides channels_last(const ir::Shape& shape) {
  return {shape[1] * shape[2] * shape[3], 1, shape[3] * shape[1], shape[1]};
}

bool is_row_major(const Place& place) { return same_order(place, row_major(place.shape)); }
bool is_channels_last(const Place& place) {
  return place.shape.size() == 4 && same_order(place, channels_last(place.shape));
}

bool stands_in(const Place& place, std::int64_t channels) {
  if (place.shape.size() != 4) return false;
  ir::Shape whole = place.shape;
  whole[1] = channels;
  return place.strides == channels_last(whole);
}

Element NetworkValues::real() const {
  switch (precision_) {
    case NetworkPrecision::bf16:
      return Element::bf16;
    case NetworkPrecision::fp16:
      return Element::f16;
    default:
      return Element::f32;
  }
}

Element NetworkValues::element_of(const ir::Value& value) const {
  switch (value.type) {
    case ir::DType::f32:
      return real();
    case ir::DType::i64:
      return Element::i64;
    case ir::DType::i32:
      return Element::i32;
    case ir::DType::u8:
      return Element::u8;
    case ir::DType::s8:
      return Element::s8;
    case ir::DType::s16:
      return Element::s16;
    default:
      throw UnsupportedOperator(
          fmt::format("value '{}' is {}, which no kernel takes", value.name, ir::to_string(value.type)));
  }
}

Address NetworkValues::memory(std::size_t bytes) {
  return memory_.emplace_back(gpu_, std::max<std::size_t>(bytes, 1)).address();
}

Place NetworkValues::scratch(const ir::Shape& shape, Element element, bool last) {
  Place place;
  place.element = element, place.shape = shape;
  place.strides = last && shape.size() == 4 ? channels_last(shape) : row_major(shape);
  place.at = memory(place.bytes());
  return place;
}

Place NetworkValues::make(const ir::Value& value, bool last) {
  Place place = scratch(value.shape, element_of(value), last);
  if (value.quant) {
    if (value.quant->scale.size() != 1)
      throw UnsupportedOperator(fmt::format("value '{}' has a scale for each channel", value.name));
    place.scale = value.quant->scale[0], place.zero = value.quant->zero_point;
  }
  return place;
}

Place NetworkValues::make_images(const ir::Value& value, std::int64_t channels) {
  Place place = make(value, true);
  if (channels == value.shape[1]) return place;
  ir::Shape whole = value.shape;
  whole[1] = channels;
  const Place apart = scratch(whole, place.element, true);
  fill(apart, static_cast<std::uint8_t>(place.zero));
  place.at = apart.at, place.strides = apart.strides;
  return place;
}

Address NetworkValues::upload(std::span<const float> numbers, Element element) {
  const std::vector<std::uint8_t> bytes = as_elements(numbers, element);
  return upload_bytes(bytes.data(), bytes.size());
}

Address NetworkValues::upload_bytes(const void* from, std::size_t bytes) {
  const Address at = memory(bytes);
  if (bytes != 0) gpu_.upload(at, from, bytes);
  weight_bytes_ += bytes;
  return at;
}

void NetworkValues::fill(const Place& place, std::uint8_t byte) { gpu_.fill(place.at, byte, place.bytes()); }

void NetworkValues::set_input(ir::ValueId id, const ir::Tensor& tensor) {
  const ir::Value& declared = declared_[id];
  if (tensor.type() != declared.type || tensor.shape() != declared.shape)
    throw std::runtime_error(fmt::format("input '{}' is not of its type and shape", declared.name));
  const Place& place = places_[id].value();
  const std::size_t size = size_of(place.element);
  std::vector<std::uint8_t> bytes;
  if (declared.type == ir::DType::f32)
    bytes = as_elements(tensor.data<float>(), place.element);
  else
    bytes.assign(tensor.bytes().begin(), tensor.bytes().end());
  if (!is_row_major(place)) {
    std::vector<std::uint8_t> lying(static_cast<std::size_t>(place.extent()) * size);
    over_elements(place, [&](std::size_t offset, std::size_t i) {
      std::memcpy(lying.data() + offset * size, bytes.data() + i * size, size);
    });
    bytes = std::move(lying);
  }
  gpu_.upload(place.at, bytes.data(), bytes.size());
}

ir::Tensor NetworkValues::download(ir::ValueId id) const {
  const ir::Value& declared = declared_[id];
  const Place& place = places_[id].value();
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(place.extent()) * size_of(place.element));
  gpu_.download(bytes.data(), place.at, bytes.size());
  ir::Tensor tensor(declared.type, declared.shape);
  const std::size_t size = size_of(place.element);
  over_elements(place, [&](std::size_t offset, std::size_t i) {
    if (declared.type == ir::DType::f32)
      tensor.data<float>()[i] = as_float(bytes.data(), place.element, offset);
    else
      std::memcpy(tensor.bytes().data() + i * size, bytes.data() + offset * size, size);
  });
  return tensor;
}

}  // namespace nnp::gpu
