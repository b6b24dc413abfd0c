// SPDX-License-Identifier: Apache-2.0
// The layers of the transformers, written as PyTorch 1.13 exports them at opset 13: LayerNormalization and
// GELU in their parts. Values are [batch, steps, width].
#pragma once

#include <cstdint>
#include <string>

#include "models/networks/graph_builder.h"

namespace nnp::models {

/// Deviations of what a layer makes, its input having deviation 1. Attention weighs tokens by exp(score):
/// with scores of deviation 2 it neither averages all tokens nor picks one.
constexpr double kQueryGain = 1.4;
constexpr double kBranchDeviation = 0.5;  // what a residual branch adds

std::string float_constant(GraphBuilder&, const std::string& name, float value);  // once
std::string integer_constant(GraphBuilder&, const std::string& name,
                             const std::vector<std::int64_t>&);  // once

/// x times [inputs, outputs] plus bias. `gain`: the result's deviation for an input of deviation 1.
std::string linear(GraphBuilder&, const std::string& name, const std::string& x, std::int64_t inputs,
                   std::int64_t outputs, double gain);
std::string layer_norm(GraphBuilder&, const std::string& name, const std::string& x, std::int64_t width,
                       float epsilon);
std::string gelu_by_erf(GraphBuilder&, const std::string& name, const std::string& x);
std::string gelu_by_tanh(GraphBuilder&, const std::string& name, const std::string& x);
/// Two linear layers with a GELU between; the result has kBranchDeviation.
std::string feed_forward(GraphBuilder&, const std::string& up, const std::string& down, const std::string& x,
                         std::int64_t width, std::int64_t hidden,
                         std::string (*gelu)(GraphBuilder&, const std::string&, const std::string&));

/// [batch, steps, heads x size] to [batch, heads, steps, size]; and back.
std::string split_heads(GraphBuilder&, const std::string& name, const std::string& x, std::int64_t heads,
                        std::int64_t size);
std::string merge_heads(GraphBuilder&, const std::string& name, const std::string& x, std::int64_t width);

/// The size of a dimension as a tensor of one element.
std::string size_of(GraphBuilder&, const std::string& name, const std::string& value, std::int64_t dimension);
/// As many first rows of a table.
std::string first_rows(GraphBuilder&, const std::string& name, const std::string& table,
                       const std::string& count);

}  // namespace nnp::models
