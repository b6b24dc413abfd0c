// SPDX-License-Identifier: Apache-2.0
// The builders of the zoo, one source file a family. `seed` draws the weights; the shapes are fixed.
#pragma once

#include <cstdint>

#include "onnx/onnx_pb.h"

namespace nnp::models {

onnx::ModelProto build_lenet5(std::uint64_t seed);  // cnn.cpp
onnx::ModelProto build_resnet18(std::uint64_t seed);
onnx::ModelProto build_resnet50(std::uint64_t seed);

onnx::ModelProto build_lstm0(std::uint64_t seed);  // recurrent.cpp
onnx::ModelProto build_lstm1(std::uint64_t seed);
onnx::ModelProto build_lstm_lm(std::uint64_t seed);

onnx::ModelProto build_mlp0(std::uint64_t seed);  // mlp.cpp
onnx::ModelProto build_mlp1(std::uint64_t seed);

}  // namespace nnp::models
