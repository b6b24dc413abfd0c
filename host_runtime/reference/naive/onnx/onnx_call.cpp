// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/naive/onnx/onnx_call.h"

#include <fmt/format.h>

namespace nnp::reference::naive {

OnnxCall::OnnxCall(Call& call)
    : call_(call),
      attributes_of_node_(&call.attributes<ir::OnnxAttributes>()),
      attributes_(ir::decode_attributes(attributes_of_node_->attributes)) {}

std::vector<std::int64_t> OnnxCall::integers(std::size_t i) const {
  std::vector<std::int64_t> result;
  with_input_type(*this, i, [&](auto element) {
    using T = decltype(element);
    if constexpr (std::is_integral_v<T>) {
      const auto values = data<T>(i);
      result.reserve(values.size());
      for (const T value : values) result.push_back(static_cast<std::int64_t>(value));
    } else {
      fail(fmt::format("input {} is {}, not integer", i, ir::to_string(type(i))));
    }
  });
  return result;
}

std::int64_t OnnxCall::scalar(std::size_t i, std::int64_t otherwise) const {
  if (!has(i)) return otherwise;
  const auto values = integers(i);
  if (values.size() != 1) fail(fmt::format("input {} has {} elements, not one", i, values.size()));
  return values[0];
}

std::vector<float> OnnxCall::floats(std::size_t i) const {
  std::vector<float> result;
  with_input_type(*this, i, [&](auto element) {
    for (const auto value : data<decltype(element)>(i)) result.push_back(static_cast<float>(value));
  });
  return result;
}

template <typename T>
T OnnxCall::attribute(const std::string& key, T otherwise) const {
  const auto found = attributes_.find(key);
  if (found == attributes_.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  fail(fmt::format("attribute '{}' has another type", key));
}

std::int64_t OnnxCall::integer(const std::string& key, std::int64_t otherwise) const {
  return attribute(key, otherwise);
}
float OnnxCall::number(const std::string& key, float otherwise) const { return attribute(key, otherwise); }
std::string OnnxCall::text(const std::string& key, const std::string& otherwise) const {
  return attribute(key, otherwise);
}
std::vector<std::int64_t> OnnxCall::list(const std::string& key, std::vector<std::int64_t> otherwise) const {
  return attribute(key, std::move(otherwise));
}
std::vector<float> OnnxCall::numbers(const std::string& key, std::vector<float> otherwise) const {
  return attribute(key, std::move(otherwise));
}

std::size_t OnnxCall::axis(std::int64_t given, std::size_t rank) const {
  const auto size = static_cast<std::int64_t>(rank);
  if (given < -size || given >= size) fail(fmt::format("axis {} of rank {}", given, rank));
  return static_cast<std::size_t>(given < 0 ? given + size : given);
}

ir::Tensor& OnnxCall::make(std::size_t i, ir::DType type, const ir::Shape& shape) {
  const ir::Value& declared = call_.output_value(i);
  if (declared.type != type || declared.shape != shape)
    fail(fmt::format("gives {} {}, declared {} {}", ir::to_string(type), to_text(shape),
                     ir::to_string(declared.type), to_text(declared.shape)));
  return call_.output(i);
}

AxisSplit split_at(const ir::Shape& shape, std::size_t axis) {
  const auto at = shape.begin() + static_cast<std::ptrdiff_t>(axis);
  return {static_cast<std::size_t>(ir::element_count({shape.begin(), at})), static_cast<std::size_t>(*at),
          static_cast<std::size_t>(ir::element_count({at + 1, shape.end()}))};
}

}  // namespace nnp::reference::naive
