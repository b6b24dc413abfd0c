// SPDX-License-Identifier: Apache-2.0
// TensorProto to Tensor and back.
#include "compiler/frontend/tensor_proto.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

using ir::DType;
using onnx::TensorProto;

struct Row {
  int onnx_type;
  DType type;
};
constexpr Row kTypes[] = {
    {TensorProto::FLOAT, DType::f32},   {TensorProto::INT64, DType::i64},
    {TensorProto::INT32, DType::i32},   {TensorProto::UINT8, DType::u8},
    {TensorProto::INT8, DType::s8},     {TensorProto::INT16, DType::s16},
    {TensorProto::BOOL, DType::b8},     {TensorProto::UINT16, DType::u16},
    {TensorProto::UINT32, DType::u32},  {TensorProto::UINT64, DType::u64},
    {TensorProto::FLOAT16, DType::f16}, {TensorProto::BFLOAT16, DType::bf16},
    {TensorProto::DOUBLE, DType::f64},
};

/// Calls f with the typed field that holds a tensor of this type where raw_data does not.
template <typename F>
decltype(auto) with_typed_field(const TensorProto& proto, F f) {
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      return f(proto.float_data());
    case TensorProto::DOUBLE:
      return f(proto.double_data());
    case TensorProto::INT64:
      return f(proto.int64_data());
    case TensorProto::UINT32:
    case TensorProto::UINT64:
      return f(proto.uint64_data());
    default:
      return f(proto.int32_data());  // the narrower ones; 16-bit floats as their bits
  }
}

/// Elements of the declared shape, or nothing when it is negative or overflows.
std::optional<std::int64_t> declared_elements(const TensorProto& proto) {
  std::int64_t count = 1;
  for (const std::int64_t dim : proto.dims()) {
    if (dim < 0 || __builtin_mul_overflow(count, dim, &count)) return std::nullopt;
  }
  return count;
}

template <typename T, typename Number>
T element_of(Number number) {
  if constexpr (std::is_same_v<T, ir::Float16> || std::is_same_v<T, ir::BFloat16>) {
    T half;
    half.bits = static_cast<std::uint16_t>(number);
    return half;
  } else {
    return static_cast<T>(number);
  }
}

}  // namespace

DType element_type_of(int onnx_type, const std::string& what) {
  const Row* row = std::ranges::find_if(kTypes, [&](const Row& r) { return r.onnx_type == onnx_type; });
  if (row != std::end(kTypes)) return row->type;
  const std::string type = TensorProto::DataType_IsValid(onnx_type)
                               ? TensorProto::DataType_Name(static_cast<TensorProto::DataType>(onnx_type))
                               : std::to_string(onnx_type);
  throw CompileError(
      fmt::format("{} has element type {}; supported are real numbers, integers and BOOL", what, type));
}

int onnx_type_of(DType type) {
  return std::ranges::find_if(kTypes, [&](const Row& row) { return row.type == type; })->onnx_type;
}

void check_tensor_proto(const TensorProto& proto, const std::string& what) {
  if (proto.data_location() == TensorProto::EXTERNAL || proto.external_data_size() > 0) {
    throw CompileError(
        fmt::format("{} keeps its values in another file (ONNX external data), which is not supported; save "
                    "the model as one file",
                    what));
  }
  if (proto.has_segment())
    throw CompileError(fmt::format("{} is stored in segments, which is not supported", what));
  const std::size_t size = ir::size_of(element_type_of(proto.data_type(), what));
  const auto elements = declared_elements(proto);
  if (!elements) throw ModelFileError(fmt::format("{} declares an impossible shape", what));
  if (proto.has_raw_data()) {
    if (proto.raw_data().size() % size != 0 ||
        static_cast<std::int64_t>(proto.raw_data().size() / size) != *elements) {
      throw ModelFileError(fmt::format("{} declares {} elements of {} bytes and holds {} bytes", what,
                                       *elements, size, proto.raw_data().size()));
    }
  } else {
    const auto held = with_typed_field(proto, [](const auto& field) { return std::int64_t{field.size()}; });
    if (held != *elements)
      throw ModelFileError(fmt::format("{} declares {} elements and holds {}", what, *elements, held));
  }
}

ir::Tensor tensor_from_proto(const TensorProto& proto, const std::string& what) {
  check_tensor_proto(proto, what);
  ir::Tensor tensor(element_type_of(proto.data_type(), what), {proto.dims().begin(), proto.dims().end()});
  if (proto.has_raw_data()) {
    std::ranges::copy(proto.raw_data(), tensor.bytes().begin());
  } else {
    ir::with_element_type(tensor.type(), [&](auto element) {
      using T = decltype(element);
      with_typed_field(proto, [&](const auto& field) {
        std::transform(field.begin(), field.end(), tensor.data<T>().begin(),
                       [](auto number) { return element_of<T>(number); });
      });
    });
  }
  if (tensor.type() == DType::b8) {  // any other byte is no bool
    for (std::uint8_t& byte : tensor.bytes()) byte = byte != 0;
  }
  return tensor;
}

TensorProto tensor_to_proto(const ir::Tensor& tensor, const std::string& name) {
  TensorProto proto;
  proto.set_name(name);
  for (const std::int64_t dim : tensor.shape()) proto.add_dims(dim);
  proto.set_data_type(onnx_type_of(tensor.type()));
  proto.set_raw_data(tensor.bytes().data(), tensor.bytes().size());
  return proto;
}

}  // namespace nnp::compiler
