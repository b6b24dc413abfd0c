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

#include "compiler/ir/functions.h"
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
  unary,
  binary,
  reduce,  // families; their attributes say which function
  concat,
  slice,
  pad,
  expand,
  where,
  resize,  // moves
  conv_transpose,
  lrn,
  instance_normalization,
  layer_normalization,
  rnn,
  gru,
  cast,  // between f32 and bf16
  onnx,  // any other operator: only the host runs it
};
inline constexpr Op kLastOp = Op::onnx;
const char* to_string(Op);  // the ONNX operator's name, or the family's: operator_name() knows a node's

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
/// (directions side by side), Y_h [D, B, H], Y_c; unused outputs are kNoValue. D is 1: the frontend
/// splits a bidirectional one into two nodes and joins their outputs by concat.
struct LstmAttributes {
  std::int64_t hidden_size = 0;
  // Set by quantisation. x and h share QuantParams (s16, zero point 0). Joined weights [W | R] are s8 with
  // one scale per row of 4H.
  float cell_scale = 0;  // of the s16 cell state
  bool reverse = false;  // the last step first; Y keeps the order of x
};
struct TransposeAttributes {
  std::vector<std::int64_t> permutation;
};
struct AxisAttributes {  // softmax, gather, flatten, concat
  std::int64_t axis = 0;
};
/// y = function(x), element by element; isa/numerics/functions.h says which functions read alpha and beta.
struct UnaryAttributes {
  UnaryFunction function = UnaryFunction::neg;
  float alpha = 0, beta = 0;
};
/// y = function(a, b), element by element, operands broadcast. prelu: a is x, b the slope.
struct BinaryAttributes {
  BinaryFunction function = BinaryFunction::sub;
};
struct ReduceAttributes {
  ReduceFunction function = ReduceFunction::mean;
  std::vector<std::int64_t> axes;  // ascending, from the front; none: every element on its own
  bool keepdims = true;
};
/// y[i] = x[starts + i * steps], on every axis; sizes are the output's. A step may be negative.
struct SliceAttributes {
  std::vector<std::int64_t> starts, steps;
};
enum class PadMode : std::uint8_t { constant, reflect, edge };
/// Elements before and after each axis; a negative number takes elements away.
struct PadAttributes {
  PadMode mode = PadMode::constant;
  std::vector<std::int64_t> begin, end;
  float value = 0;
};
enum class ResizeMode : std::uint8_t { nearest, linear, cubic };
enum class ResizeCoordinates : std::uint8_t {
  half_pixel,
  pytorch_half_pixel,
  align_corners,
  asymmetric,
  tf_crop_and_resize
};
enum class ResizeRounding : std::uint8_t { round_prefer_floor, round_prefer_ceil, floor, ceil };
/// ONNX's Resize: the output's sizes are the value's, scales and roi (begin of each axis, then end) steer the
/// coordinates. Upsample is nearest, asymmetric, floor.
struct ResizeAttributes {
  ResizeMode mode = ResizeMode::nearest;
  ResizeCoordinates coordinates = ResizeCoordinates::half_pixel;
  ResizeRounding rounding = ResizeRounding::round_prefer_floor;
  std::vector<float> scales, roi;
  float cubic_a = -0.75f, outside_value = 0;
  bool exclude_outside = false;
};
/// Inputs: x [N, C, H, W], weights [C, M/g, R, S], bias [M] or none. Output size:
/// (H - 1) * stride + dilation * (R - 1) + 1 + output_padding - pads.
struct ConvTransposeAttributes {
  std::int64_t kernel[2] = {1, 1}, strides[2] = {1, 1}, dilations[2] = {1, 1};
  std::int64_t pads[4] = {0, 0, 0, 0};  // top, left, bottom, right
  std::int64_t output_padding[2] = {0, 0};
  std::int64_t group = 1;
};
/// y = x / (bias + alpha / size * sum of x^2 over `size` channels around)^beta
struct LrnAttributes {
  std::int64_t size = 1;
  float alpha = 1e-4f, beta = 0.75f, bias = 1;
};
/// layer_normalization: over axes [axis, rank), counted from the front; outputs Y, and on the host Mean,
/// InvStdDev. instance_normalization: over the axes behind the channels; `axis` is not read. Inputs: x,
/// scale, shift (a layer_normalization may have none).
struct NormalizationAttributes {
  std::int64_t axis = 1;
  float epsilon = 1e-5f;
};
/// rnn (Tanh) and gru (Sigmoid, Tanh). Inputs: x [T, B, I], W [1, GH, I], R [1, GH, H], bias [1, 2GH] or
/// kNoValue, kNoValue, initial_h [1, B, H] or kNoValue; G = 1, and 3 in the order z, r, h. Outputs: Y [T, B,
/// H], Y_h [1, B, H].
struct RecurrentAttributes {
  std::int64_t hidden_size = 0;
  bool reverse = false, linear_before_reset = false;
};
/// `attributes` are the node's, as encode_attributes (onnx_attributes.h) writes them.
struct OnnxAttributes {
  std::string op, domain;
  std::int64_t opset = 0;
  std::vector<std::uint8_t> attributes;
};
using Attributes =
    std::variant<std::monostate, ConvAttributes, PoolAttributes, GemmAttributes, LstmAttributes,
                 TransposeAttributes, AxisAttributes, UnaryAttributes, BinaryAttributes, ReduceAttributes,
                 SliceAttributes, PadAttributes, ResizeAttributes, ConvTransposeAttributes, LrnAttributes,
                 NormalizationAttributes, RecurrentAttributes, OnnxAttributes>;

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

/// "Conv", "LeakyRelu", "ReduceMean": what a node is called in ONNX, or would be.
std::string operator_name(const Node&);

/// Pixels and channels of a shape as the device stores it.
struct ChannelView {
  std::int64_t pixels, channels;
};
ChannelView channel_view(const Shape&);

/// Multiplications a node asks for: conv N*P*Q*K*C/g*R*S, conv_transpose N*H*W*C*M/g*R*S, gemm M*K*N, rnn,
/// gru and lstm T*B*GH*(I+H) of G = 1, 3, 4 gates; 0 for others.
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
