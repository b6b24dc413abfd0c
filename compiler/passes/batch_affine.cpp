// SPDX-License-Identifier: Apache-2.0
#include "compiler/passes/batch_affine.h"

#include <cmath>
#include <span>

#include "compiler/passes/rewrite.h"

namespace nnp::compiler {

std::optional<Affine> affine_of(const ir::Graph& graph, const ir::Node& node) {
  std::span<const float> parameters[4];
  for (std::size_t i = 0; i < 4; ++i) {
    const ir::Tensor* tensor = constant_input(graph, node, i + 1);
    if (tensor == nullptr) return std::nullopt;
    parameters[i] = tensor->data<float>();
  }
  const auto& [scale, bias, mean, variance] = parameters;
  Affine affine;
  for (std::size_t c = 0; c < scale.size(); ++c) {
    const double factor = scale[c] / std::sqrt(static_cast<double>(variance[c]));
    if (!std::isfinite(factor)) return std::nullopt;
    affine.factor.push_back(factor);
    affine.shift.push_back(bias[c] - mean[c] * factor);
  }
  return affine;
}

}  // namespace nnp::compiler
