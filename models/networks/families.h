// SPDX-License-Identifier: Apache-2.0
// The builders of the zoo, one source file a family. The source draws the weights; the shapes are fixed.
#pragma once

#include "models/networks/graph_builder.h"

namespace nnp::models {

onnx::ModelProto build_lenet5(const WeightSource&);  // plain_cnn.cpp
onnx::ModelProto build_alexnet(const WeightSource&);
onnx::ModelProto build_vgg16(const WeightSource&);

onnx::ModelProto build_resnet18(const WeightSource&);  // resnet.cpp
onnx::ModelProto build_resnet50(const WeightSource&);

onnx::ModelProto build_mobilenet_v2(const WeightSource&);  // compact_cnn.cpp
onnx::ModelProto build_mobilenet_tiny(const WeightSource&);
onnx::ModelProto build_squeezenet(const WeightSource&);

onnx::ModelProto build_cnn0(const WeightSource&);  // tpu_cnn.cpp
onnx::ModelProto build_cnn1(const WeightSource&);

onnx::ModelProto build_lstm0(const WeightSource&);  // recurrent.cpp
onnx::ModelProto build_lstm1(const WeightSource&);
onnx::ModelProto build_lstm_lm(const WeightSource&);
onnx::ModelProto build_bilstm_speech(const WeightSource&);
onnx::ModelProto build_gru_tiny(const WeightSource&);

onnx::ModelProto build_mlp0(const WeightSource&);  // mlp.cpp
onnx::ModelProto build_mlp1(const WeightSource&);

onnx::ModelProto build_bert_base(const WeightSource&);  // bert.cpp
onnx::ModelProto build_bert_tiny(const WeightSource&);

onnx::ModelProto build_gpt2_small(const WeightSource&);  // gpt2.cpp
onnx::ModelProto build_gpt2_small_decode(const WeightSource&);
onnx::ModelProto build_gpt2_small_gqa_decode(const WeightSource&);
onnx::ModelProto build_gpt2_tiny(const WeightSource&);
onnx::ModelProto build_gpt2_tiny_decode(const WeightSource&);

}  // namespace nnp::models
