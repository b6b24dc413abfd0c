// SPDX-License-Identifier: Apache-2.0
// From nodes to kernels: what every operator family needs, and the families (lower_*.cpp).
#pragma once

#include <string>

#include "host_runtime/reference/gpu/network_values.h"

namespace nnp::gpu {

/// One graph on its way into one program.
class Lowering {
 public:
  Lowering(const ir::Graph&, NetworkValues&, Program&, std::vector<Step>&, Fusions);
  /// All nodes, in order.
  void run();

  const ir::Graph& graph() const { return graph_; }
  NetworkValues& values() { return values_; }
  bool codes(ir::ValueId) const;  // the value is quantised
  const ir::Value& value(ir::ValueId id) const { return graph_.values[id]; }

  /// Where an operand lies; a constant is uploaded at its first use.
  const Place& place(ir::ValueId);
  /// The same with the elements in this order: moved there by a kernel if need be.
  Place row_major(ir::ValueId);
  Place channels_last(ir::ValueId);
  /// Memory for the first output of a node, which lies there from now on.
  const Place& make_output(const ir::Node&, bool channels_last);
  /// The first output is the same elements as `place`, in row-major order.
  void alias_output(const ir::Node&, const Place&);

  /// The result range of a node's first output: its codes', or the node's clamp.
  Target target(const ir::Node&, const Place&) const;

  template <typename Request>
  void add(const Request& request) {
    program_.add(request);
    steps_.push_back({node_, 0, 0});
  }
  /// An elementwise kernel over the output's index space, operands broadcast to it.
  void add_elementwise(Function, std::vector<std::pair<Place, Source>> operands, const Place& to,
                       const Target&, float alpha = 0, float beta = 0);
  void copy(const Place& from, const Place& to);

  /// The Add that takes this Conv along, if any; and of an Add the Conv that it takes.
  const ir::Node* fused_convolution(const ir::Node& add) const;

  [[noreturn]] void refuse(const ir::Node&, const std::string& why) const;

 private:
  void find_fusions();
  void need_outputs(const ir::Node&) const;
  void account(const ir::Node&, std::size_t first_step);
  const ir::Graph& graph_;
  NetworkValues& values_;
  Program& program_;
  std::vector<Step>& steps_;
  Fusions fusions_;
  std::size_t node_ = 0;                     // under way
  std::vector<std::size_t> convolution_of_;  // by node: an Add's Conv, itself where there is none
  std::vector<bool> fused_away_;
};

// ---- the families; each throws UnsupportedOperator for a form that it has no kernels for

void lower_convolution(Lowering&, const ir::Node&);
void lower_gemm(Lowering&, const ir::Node&);  // Gemm, and MatMul with constant weights
void lower_matmul(Lowering&, const ir::Node&);
void lower_integer_convolution(Lowering&, const ir::Node& convolution, const ir::Node* add);
void lower_integer_gemm(Lowering&, const ir::Node&);
void lower_integer_matmul(Lowering&, const ir::Node&);
/// Memory for the codes of images: pixels of channels that do not fill 16 bytes stand as if they did, which
/// the integer convolutions ask for.
Place make_image_codes(Lowering&, const ir::Node&, bool channels_last);
void lower_real_convolution(Lowering&, const ir::Node& convolution, const ir::Node* add);
void lower_add(Lowering&, const ir::Node&);
void lower_function(Lowering&, const ir::Node&);  // activations, families unary and binary, Mul, Cast
void lower_pool(Lowering&, const ir::Node&);
void lower_softmax(Lowering&, const ir::Node&);
void lower_layer_normalization(Lowering&, const ir::Node&);
void lower_gather(Lowering&, const ir::Node&);
void lower_reshape(Lowering&, const ir::Node&);
void lower_transpose(Lowering&, const ir::Node&);
void lower_slice(Lowering&, const ir::Node&);
void lower_concat(Lowering&, const ir::Node&);
void lower_pad(Lowering&, const ir::Node&);
void lower_expand(Lowering&, const ir::Node&);
void lower_lstm(Lowering&, const ir::Node&);

/// A constant operand's numbers. Refuses others.
std::span<const float> constant_floats(const Lowering&, const ir::Node&, std::size_t input);
/// A constant matrix [K, N] as [N, K], or as it is where it is that already.
template <typename T>
std::vector<T> columns_as_rows(std::span<const T> matrix, std::size_t K, std::size_t N) {
  std::vector<T> turned(matrix.size());
  for (std::size_t k = 0; k < K; ++k)
    for (std::size_t n = 0; n < N; ++n) turned[n * K + k] = matrix[k * N + n];
  return turned;
}
/// Filters [K, C, R, S] as [K, R, S, channels], channels from C on zero.
template <typename T>
std::vector<T> filters_channels_last(std::span<const T> w, const ir::Shape& shape, std::size_t channels) {
  const auto K = static_cast<std::size_t>(shape[0]), C = static_cast<std::size_t>(shape[1]),
             taps = static_cast<std::size_t>(shape[2] * shape[3]);
  std::vector<T> turned(K * taps * channels);
  for (std::size_t k = 0; k < K; ++k)
    for (std::size_t c = 0; c < C; ++c)
      for (std::size_t t = 0; t < taps; ++t)
        turned[(k * taps + t) * channels + c] = w[(k * C + c) * taps + t];
  return turned;
}
/// The window of a Conv's or pool's attributes over x and y; pads are top and left.
template <typename Attributes>
Window window_of(const Attributes& a, const ir::Shape& x, const ir::Shape& y) {
  Window w;
  w.N = static_cast<int>(x[0]), w.C = static_cast<int>(x[1]);
  w.H = static_cast<int>(x[2]), w.W = static_cast<int>(x[3]);
  w.P = static_cast<int>(y[2]), w.Q = static_cast<int>(y[3]);
  w.R = static_cast<int>(a.kernel[0]), w.S = static_cast<int>(a.kernel[1]);
  for (int i = 0; i < 2; ++i) {
    w.stride[i] = static_cast<int>(a.strides[i]);
    w.pad[i] = static_cast<int>(a.pads[i]);
  }
  return w;
}

}  // namespace nnp::gpu
