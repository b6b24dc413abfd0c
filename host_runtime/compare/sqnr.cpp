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
  return ir::with_element_type(tensor.type(),
                               [&](auto element) { return as_doubles<decltype(element)>(tensor); });
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
