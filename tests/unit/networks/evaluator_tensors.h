// SPDX-License-Identifier: Apache-2.0
// The tensor operations of the float evaluator, by index arithmetic, as ONNX defines them.
#pragma once

#include <functional>
#include <vector>

#include "tests/unit/networks/float_evaluator.h"

namespace nnp::models::test {

std::int64_t product(const std::vector<std::int64_t>& shape);
std::vector<std::int64_t> integers(const Tensor&);

Tensor elementwise(const Tensor& left, const Tensor& right, const std::function<float(float, float)>&);
Tensor where(const Tensor& condition, const Tensor& left, const Tensor& right);
Tensor transpose(const Tensor&, const std::vector<std::int64_t>& permutation);
Tensor reshape(Tensor, std::vector<std::int64_t> shape);  // 0 copies a size, -1 takes the rest
Tensor product_of_matrices(const Tensor& left,
                           const Tensor& right);  // the last two dimensions; others broadcast
Tensor part(const Tensor&, std::int64_t axis, std::int64_t begin, std::int64_t end);
Tensor concat(const std::vector<const Tensor*>& parts, std::int64_t axis);
Tensor gather(const Tensor&, const Tensor& indices, std::int64_t axis);
Tensor softmax(Tensor);                 // along the last dimension
Tensor mean_along_last(const Tensor&);  // which becomes 1

/// LSTM and GRU (linear_before_reset): W, R and B of one direction or two; Y is [steps, directions, batch,
/// hidden].
Tensor lstm(const Tensor& x, const Tensor& w, const Tensor& r, const Tensor& b);
Tensor gru(const Tensor& x, const Tensor& w, const Tensor& r, const Tensor& b);

}  // namespace nnp::models::test
