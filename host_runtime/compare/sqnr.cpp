// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/compare/sqnr.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "compiler/ir/quantized.h"

namespace nnp::compare {
namespace {

template <typename T>
std::vector<double> as_doubles(const ir::Tensor& tensor) {
  const auto data = tensor.data<T>();
  return {data.begin(), data.end()};
}

std::vector<double> doubles(const ir::Tensor& tensor) {
  switch (tensor.type()) {
    case ir::DType::f32:
      return as_doubles<float>(tensor);
    case ir::DType::i64: {
      std::vector<double> result;
      for (const std::int64_t element : tensor.data<std::int64_t>())
        result.push_back(static_cast<double>(element));
      return result;
    }
    case ir::DType::i32:
      return as_doubles<std::int32_t>(tensor);
    case ir::DType::u8:
      return as_doubles<std::uint8_t>(tensor);
    case ir::DType::s8:
      return as_doubles<std::int8_t>(tensor);
    case ir::DType::s16:
      return as_doubles<std::int16_t>(tensor);
    case ir::DType::bf16: {
      std::vector<double> result;
      for (const numerics::Bf16 element : tensor.data<numerics::Bf16>())
        result.push_back(static_cast<double>(numerics::to_float(element)));
      return result;
    }
  }
  return {};
}

}  // namespace

ir::Tensor real_numbers(const ir::Tensor& tensor, const ir::Value& value) {
  if (!ir::is_quantized(tensor.type()) || !value.quant || value.quant->scale.size() != 1) return tensor;
  ir::Tensor result(ir::DType::f32, tensor.shape());
  const std::vector<double> codes = doubles(tensor);
  std::ranges::transform(codes, result.data<float>().begin(), [&](double code) {
    return static_cast<float>(static_cast<double>(value.quant->scale[0]) * (code - value.quant->zero_point));
  });
  return result;
}

double sqnr_db(const std::vector<ir::Tensor>& reference, const std::vector<ir::Tensor>& x) {
  if (reference.size() != x.size()) throw std::runtime_error("SQNR of a different number of tensors");
  double signal = 0, noise = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    if (reference[i].shape() != x[i].shape()) throw std::runtime_error("SQNR of tensors of different shapes");
    const std::vector<double> a = doubles(reference[i]), b = doubles(x[i]);
    for (std::size_t j = 0; j < a.size(); ++j) signal += a[j] * a[j], noise += (a[j] - b[j]) * (a[j] - b[j]);
  }
  return noise == 0 ? std::numeric_limits<double>::infinity() : 10 * std::log10(signal / noise);
}

double sqnr_db(const ir::Tensor& reference, const ir::Tensor& x) {
  return sqnr_db(std::vector<ir::Tensor>{reference}, std::vector<ir::Tensor>{x});
}

}  // namespace nnp::compare
