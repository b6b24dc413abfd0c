// SPDX-License-Identifier: Apache-2.0
// TensorProto to Tensor and back.
#include "compiler/frontend/tensor_proto.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

using ir::DType;
using onnx::TensorProto;

std::size_t raw_element_bytes(int onnx_type) {
  switch (onnx_type) {
    case TensorProto::BOOL:
      return 1;
    case TensorProto::FLOAT:
    case TensorProto::INT32:
      return 4;
    default:
      return 8;  // INT64, DOUBLE
  }
}

std::int64_t typed_elements(const TensorProto& proto) {
  switch (proto.data_type()) {
    case TensorProto::FLOAT:
      return proto.float_data_size();
    case TensorProto::DOUBLE:
      return proto.double_data_size();
    case TensorProto::INT64:
      return proto.int64_data_size();
    default:
      return proto.int32_data_size();  // INT32, BOOL
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

template <typename To, typename Source>
void copy_typed(std::span<To> to, const Source& from) {
  std::transform(from.begin(), from.end(), to.begin(), [](auto value) { return static_cast<To>(value); });
}

}  // namespace

DType element_type_of(int onnx_type, const std::string& what) {
  switch (onnx_type) {
    case TensorProto::FLOAT:
    case TensorProto::DOUBLE:
      return DType::f32;
    case TensorProto::INT64:
      return DType::i64;
    case TensorProto::INT32:
      return DType::i32;
    case TensorProto::BOOL:
      return DType::u8;
    default:
      break;
  }
  const std::string type = TensorProto::DataType_IsValid(onnx_type)
                               ? TensorProto::DataType_Name(static_cast<TensorProto::DataType>(onnx_type))
                               : std::to_string(onnx_type);
  throw CompileError(
      fmt::format("{} has element type {}; supported are FLOAT, DOUBLE, INT64, INT32 and BOOL", what, type));
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
  element_type_of(proto.data_type(), what);
  const auto elements = declared_elements(proto);
  if (!elements) throw ModelFileError(fmt::format("{} declares an impossible shape", what));
  if (proto.has_raw_data()) {
    const std::size_t size = raw_element_bytes(proto.data_type());
    if (proto.raw_data().size() % size != 0 ||
        static_cast<std::int64_t>(proto.raw_data().size() / size) != *elements) {
      throw ModelFileError(fmt::format("{} declares {} elements of {} bytes and holds {} bytes", what,
                                       *elements, size, proto.raw_data().size()));
    }
  } else if (typed_elements(proto) != *elements) {
    throw ModelFileError(
        fmt::format("{} declares {} elements and holds {}", what, *elements, typed_elements(proto)));
  }
}

ir::Tensor tensor_from_proto(const TensorProto& proto, const std::string& what) {
  check_tensor_proto(proto, what);
  ir::Tensor tensor(element_type_of(proto.data_type(), what), {proto.dims().begin(), proto.dims().end()});
  if (proto.data_type() == TensorProto::DOUBLE) {
    std::vector<double> values(proto.double_data().begin(), proto.double_data().end());
    if (proto.has_raw_data()) {
      values.resize(tensor.size());
      if (!values.empty()) std::memcpy(values.data(), proto.raw_data().data(), proto.raw_data().size());
    }
    for (double& value : values) {  // out of float's range is undefined in a cast
      if (std::abs(value) > std::numeric_limits<float>::max()) value = std::copysign(INFINITY, value);
    }
    copy_typed(tensor.data<float>(), values);
  } else if (proto.has_raw_data()) {
    std::ranges::copy(proto.raw_data(), tensor.bytes().begin());
  } else {
    switch (tensor.type()) {
      case DType::f32:
        copy_typed(tensor.data<float>(), proto.float_data());
        break;
      case DType::i64:
        copy_typed(tensor.data<std::int64_t>(), proto.int64_data());
        break;
      case DType::i32:
        copy_typed(tensor.data<std::int32_t>(), proto.int32_data());
        break;
      default:
        copy_typed(tensor.data<std::uint8_t>(), proto.int32_data());
        break;
    }
  }
  return tensor;
}

TensorProto tensor_to_proto(const ir::Tensor& tensor, const std::string& name) {
  TensorProto proto;
  proto.set_name(name);
  for (const std::int64_t dim : tensor.shape()) proto.add_dims(dim);
  switch (tensor.type()) {
    case DType::f32:
      proto.set_data_type(TensorProto::FLOAT);
      break;
    case DType::i64:
      proto.set_data_type(TensorProto::INT64);
      break;
    case DType::i32:
      proto.set_data_type(TensorProto::INT32);
      break;
    default:
      proto.set_data_type(TensorProto::BOOL);
      break;
  }
  proto.set_raw_data(tensor.bytes().data(), tensor.bytes().size());
  return proto;
}

}  // namespace nnp::compiler
