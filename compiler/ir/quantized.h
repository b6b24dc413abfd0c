// SPDX-License-Identifier: Apache-2.0
// The integer parameters of a quantised node, derived once from scales: docs/guide/numerics.md is the
// definition.
#pragma once

#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "isa/numerics/numerics.h"

namespace nnp::ir {

bool is_quantized(DType);  // u8, s8, s16

/// Name of the i32 constant (with QuantParams, read by nobody) that holds the codes of a float constant of
/// this name, where float32 may not hold them all.
std::string codes_name(const std::string& value);

/// Whether a node's meaning is that of real numbers even where its operands are codes: each becomes real
/// (numerics::make_real), the float operator follows, its results are quantised. The families of vector
/// functions, reductions, Softmax and the normalisations always; Add, Mul and the activations where they
/// have no integer formula.
bool by_reals(const Graph&, const Node&);

/// [lowest, highest] code of a quantised type.
numerics::OutputRange type_range(DType);

/// Zero point and clamp of the node's first output: its type's range narrowed by Node::clamp.
numerics::OutputRange output_range(const Graph&, const Node&);

/// Conv, Gemm, MatMul with constant weights: folded bias and scale of each output channel.
std::vector<numerics::ChannelParam> channel_params(const Graph&, const Node&);

/// Add: each operand's scale over the output's. Mul: the first entry's scale holds the whole factor.
struct BinaryParams {
  numerics::Scaled a, b;
};
BinaryParams binary_params(const Graph&, const Node&);

/// 256 codes of an 8-bit activation node (Relu, Clip, Sigmoid, Tanh), indexed by the source byte; each entry
/// is one output byte.
std::vector<std::uint8_t> table8(const Graph&, const Node&);

/// 513 entries of sigmoid or tanh from codes at `in_scale` to s16 codes at `out_scale`.
enum class Function16 : std::uint8_t { sigmoid, tanh };
std::vector<std::int16_t> table16(Function16, double in_scale, double out_scale);

/// Scales of the integer RNN, GRU and LSTM that are fixed by definition.
inline constexpr double kGateInScale = 1.0 / 4096, kGateOutScale = 1.0 / 32768;

}  // namespace nnp::ir
