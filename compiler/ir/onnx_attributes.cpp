// SPDX-License-Identifier: Apache-2.0
// Attributes as bytes: a count, then name, kind and value of each.
#include "compiler/ir/onnx_attributes.h"

#include "compiler/ir/graph_bytes.h"
#include "compiler/ir/verify_rules.h"

namespace nnp::ir {
namespace {

struct Writer {
  isa::ByteWriter& out;
  void operator()(std::int64_t value) const { out.put(value); }
  void operator()(float value) const { out.put(value); }
  void operator()(const std::string& text) const { out.put(text); }
  template <typename T>
  void operator()(const std::vector<T>& list) const {
    out.put_vector(list);
  }
  void operator()(const Tensor& tensor) const {
    out.put(tensor.type()), out.put_vector(tensor.shape()), out.put_array(tensor.bytes());
  }
};

Tensor read_tensor(isa::ByteReader& in) {
  const DType type = bytes::get_enum(in, kLastDType);
  Shape shape = in.get_vector<std::int64_t>();
  const auto data = in.get_vector<std::uint8_t>();
  const auto count = checked_element_count(shape);
  if (!count || *count * size_of(type) != data.size()) bytes::refuse("a tensor attribute has another size");
  Tensor tensor(type, std::move(shape));
  if (!data.empty()) std::memcpy(tensor.bytes().data(), data.data(), data.size());
  return tensor;
}

OnnxAttribute read_value(isa::ByteReader& in) {
  switch (in.get<std::uint8_t>()) {
    case 0:
      return in.get<std::int64_t>();
    case 1:
      return in.get<float>();
    case 2:
      return in.get_string();
    case 3:
      return in.get_vector<std::int64_t>();
    case 4:
      return in.get_vector<float>();
    case 5:
      return read_tensor(in);
    default:
      bytes::refuse("unknown kind of attribute");
  }
}

}  // namespace

std::vector<std::uint8_t> encode_attributes(const OnnxAttributeMap& attributes) {
  isa::ByteWriter out;
  out.put(static_cast<std::uint64_t>(attributes.size()));
  for (const auto& [name, value] : attributes) {
    out.put(name), out.put(static_cast<std::uint8_t>(value.index()));
    std::visit(Writer{out}, value);
  }
  return out.take();
}

OnnxAttributeMap decode_attributes(std::span<const std::uint8_t> data) {
  try {
    isa::ByteReader in(data);
    OnnxAttributeMap attributes;
    const auto count = in.get_count(sizeof(std::uint64_t) + 1);
    for (std::uint64_t i = 0; i < count; ++i) {
      std::string name = in.get_string();
      attributes.insert_or_assign(std::move(name), read_value(in));
    }
    if (!in.at_end()) bytes::refuse("bytes follow the attributes");
    return attributes;
  } catch (const std::out_of_range& error) {
    bytes::refuse(error.what());
  }
}

}  // namespace nnp::ir
