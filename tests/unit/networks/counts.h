// SPDX-License-Identifier: Apache-2.0
// Learnt parameters and multiply-accumulates of a network's outline, from shapes as ONNX infers them.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "onnx/onnx_pb.h"

namespace nnp::models::test {

std::int64_t elements(const onnx::TensorProto&);
std::set<std::string> symbols_of(const onnx::ValueInfoProto&);

/// Weights that the outline has as inputs, and float tensors it holds, without running statistics and
/// scalars.
std::int64_t count_parameters(const onnx::ModelProto& outline);

/// Of Conv, Gemm, MatMul, LSTM and GRU, for a batch of 1.
std::int64_t count_macs(onnx::ModelProto outline, std::int64_t steps);

}  // namespace nnp::models::test
