// SPDX-License-Identifier: Apache-2.0
// Runs a network of the zoo in float, plainly and slowly: the operators the builders use and no others.
// Shares no code with the frontend or the references.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "onnx/onnx_pb.h"

namespace nnp::models::test {

struct Tensor {
  std::vector<std::int64_t> shape;
  std::vector<float> values;  // integers too
};

/// Normal, mean 0, standard deviation 1.
Tensor random_tensor(const std::vector<std::int64_t>& shape);

/// Every value of the graph by name.
std::map<std::string, Tensor> evaluate(const onnx::ModelProto&, std::map<std::string, Tensor> inputs);

/// Every layer's standard deviation is in [0.2, 5], and the samples' (or tokens') outputs differ. The batch
/// is the first dimension, or the second after steps. `operators`: whose values have a scale to keep; empty:
/// all.
void expect_activations_in_scale(const onnx::ModelProto&, const std::map<std::string, Tensor>& inputs,
                                 const std::set<std::string>& operators = {});

}  // namespace nnp::models::test
