// SPDX-License-Identifier: Apache-2.0
// The graph every pass works on: nodes in topological order, values by index.
//
// A graph is first float (all values f32 or i64) and after compiler/quantize integer on the chip's side: a
// value of type u8, s8 or s16 has QuantParams, and a node between integer values means the integer operation
// that docs/guide/numerics.md and host_runtime/reference/naive define. QuantizeLinear and DequantizeLinear
// nodes stand at the border and run on the host. For bf16 the chip's values are bf16 instead (biases stay
// f32), with Cast nodes at the border: an operator on bf16 values is that on their widened values, its
// results rounded.
//
// Shapes are ONNX's (images NCHW). The device stores channels last: `channels()` below is axis 1 of rank 4,
// else the last axis.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ir/tensor.h"

namespace nnp::ir {

using ValueId = std::uint32_t;
inline constexpr ValueId kNoValue = 0xFFFFFFFFu;  // an optional input left out

enum class Op : std::uint8_t {
  conv,
  gemm,
  matmul,
  lstm,  // multiply-accumulate
  relu,
  clip,
  sigmoid,
  tanh,
  softmax,  // activations
  max_pool,
  average_pool,
  global_average_pool,
  batch_normalization,
  add,
  mul,
  reshape,
  flatten,
  squeeze,
  unsqueeze,
  transpose,
  identity,
  gather,  // shape and moves
  quantize_linear,
  dequantize_linear,  // border between float and integer
  cast,               // between f32 and bf16
};
const char* to_string(Op);  // the ONNX operator's name

struct ConvAttributes {
  std::int64_t kernel[2] = {1, 1}, strides[2] = {1, 1}, dilations[2] = {1, 1};
  std::int64_t pads[4] = {0, 0, 0, 0};  // top, left, bottom, right
  std::int64_t group = 1;
};
struct PoolAttributes {
  std::int64_t kernel[2] = {1, 1}, strides[2] = {1, 1}, pads[4] = {0, 0, 0, 0};
  bool ceil_mode = false, count_include_pad = false;
};
/// y = alpha * op(a) op(b) + beta * c. The canonical form after passes: alpha = beta = 1, nothing transposed,
/// b constant [K, N]. A MatMul may carry it for transpose_b alone: the last two axes of b swap.
struct GemmAttributes {
  float alpha = 1, beta = 1;
  bool transpose_a = false, transpose_b = false;
};
/// Inputs: x [T, B, I], W [D, 4H, I], R [D, 4H, H], bias [D, 8H] or kNoValue, (sequence_lens) kNoValue,
/// initial_h [D, B, H] or kNoValue, initial_c or kNoValue. Gate order i, o, f, c. Outputs: Y [T, B, D * H]
/// (directions side by side), Y_h [D, B, H], Y_c; unused outputs are kNoValue. Direction: forward only for
/// now.
struct LstmAttributes {
  std::int64_t hidden_size = 0;
  // Set by quantisation. x and h share QuantParams (s16, zero point 0). Joined weights [W | R] are s8 with
  // one scale per row of 4H.
  float cell_scale = 0;  // of the s16 cell state
};
struct TransposeAttributes {
  std::vector<std::int64_t> permutation;
};
struct AxisAttributes {  // softmax, gather, flatten
  std::int64_t axis = 0;
};
using Attributes = std::variant<std::monostate, ConvAttributes, PoolAttributes, GemmAttributes,
                                LstmAttributes, TransposeAttributes, AxisAttributes>;

/// real = scale * (code - zero_point); one scale, or one per channel along `axis` (weights; then zero_point
/// is 0).
struct QuantParams {
  std::vector<float> scale;
  std::int32_t zero_point = 0;
  std::int32_t axis = -1;
};

struct Value {
  std::string name;
  DType type = DType::f32;
  Shape shape;
  std::optional<QuantParams> quant;
  std::optional<Tensor> constant;
};

/// A range that a fused Relu or Clip gives a node's result, in real numbers.
struct Clamp {
  float lo = -std::numeric_limits<float>::infinity(), hi = std::numeric_limits<float>::infinity();
  bool active() const {
    return lo != -std::numeric_limits<float>::infinity() || hi != std::numeric_limits<float>::infinity();
  }
};

struct Node {
  Op op = Op::identity;
  std::string name;  // unique
  std::vector<ValueId> inputs, outputs;
  Attributes attributes;
  Clamp clamp;                          // conv, gemm, matmul, add: applied last, in real numbers
  bool on_host = false;                 // decided by passes/partition
  std::vector<std::string> onnx_nodes;  // where it came from, fused ones included
};

/// Of a Gemm or MatMul.
bool transposes_right(const Node&);

struct Graph {
  std::string name;
  std::vector<Value> values;
  std::vector<Node> nodes;               // topological order
  std::vector<ValueId> inputs, outputs;  // inputs exclude constants

  ValueId add_value(Value value) {
    values.push_back(std::move(value));
    return static_cast<ValueId>(values.size() - 1);
  }
};

/// Pixels and channels of a shape as the device stores it.
struct ChannelView {
  std::int64_t pixels, channels;
};
ChannelView channel_view(const Shape&);

/// Multiplications a node asks for: conv N*P*Q*K*C/g*R*S, gemm M*K*N, lstm T*B*4H*(I+H); 0 for others.
std::uint64_t macs(const Graph&, const Node&);

/// Stable text, one node a line. Constants print as type, shape and a checksum.
std::string print(const Graph&);

/// Every broken rule of a graph (order, dangling ids, shapes against attributes, quantisation): empty when it
/// is well formed.
std::vector<std::string> verify(const Graph&);

std::vector<std::uint8_t> serialize(const Graph&);
/// Throws std::runtime_error for bytes that are not a graph.
Graph deserialize(std::span<const std::uint8_t>);

}  // namespace nnp::ir
