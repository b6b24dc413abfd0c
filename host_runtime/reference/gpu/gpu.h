// SPDX-License-Identifier: Apache-2.0
// What a GPU does for us, in the words of its kernels: memory, and programs of kernels that run in order.
// cuda/ implements it with cuDNN, cuBLASLt and kernels of its own; loops_gpu.h with plain loops, so that
// whoever makes programs (network_program.h) is tested on a machine without a GPU. No type of the IR appears
// here: the CUDA part is a library of its own, opened at run time (cuda/open.h).
//
// Images are channels last. Matrices are row-major. Sizes and strides count elements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace nnp::gpu {

/// Of this header. Whoever changes a declaration in it counts this up: a library of another build is refused.
inline constexpr int kInterface = 2;

/// A call of the GPU's libraries that failed (its name, its code, what it was asked for), or a request that
/// this GPU has no kernel for.
struct GpuError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Element : std::uint8_t { f32, f16, bf16, s8, u8, s16, i32, i64 };
std::size_t size_of(Element);
const char* to_string(Element);

/// Of device memory, as bytes; 0 is none.
using Address = std::uint64_t;

/// What a kernel of real numbers reads: real = scale * (element - zero). Reals have scale 1, zero 0.
struct Source {
  Address at = 0;
  Element element = Element::f32;
  float scale = 1;
  std::int32_t zero = 0;
};
/// What it writes: element = clamp(rint(real / scale) + zero, lo, hi) for codes, clamp(real, lo, hi), rounded
/// to the type, for reals. A NaN passes the clamp of reals.
struct Target {
  Address at = 0;
  Element element = Element::f32;
  float scale = 1;
  std::int32_t zero = 0;
  float lo = -std::numeric_limits<float>::infinity(), hi = std::numeric_limits<float>::infinity();
};

/// Windows over images [N, H, W, C] that give [N, P, Q, ...]. A pad is of both sides; where the far side has
/// another one, P and Q say so.
struct Window {
  int N = 1, H = 1, W = 1, C = 1, P = 1, Q = 1, R = 1, S = 1;
  int stride[2] = {1, 1}, pad[2] = {0, 0}, dilation[2] = {1, 1};
};

/// y = clamp(conv(x, w) + bias + residual): x, w, bias, residual, y of `element` (f32, f16, bf16), sums in
/// float32. w is [K, R, S, C / groups]; bias [K] and residual, as y, may be none. `tf32`: products of f32 are
/// rounded to 10 bits of mantissa, where the GPU has that.
struct Convolution {
  Window window;  // symmetric pads only
  int K = 1, groups = 1;
  Element element = Element::f32;
  bool tf32 = false;
  Address x = 0, w = 0, bias = 0, residual = 0, y = 0;
  float lo = -std::numeric_limits<float>::infinity(), hi = std::numeric_limits<float>::infinity();
};

/// d[b][m][n] = clamp(sum_k a[b][m][k] w[b][k][n] + bias[n]), w stored [N, K] where transposed. Strides are
/// from one batch to the next, 0 repeats. Reals: a, w, bias and d are of `element`, sums in float32. Codes:
/// `element` is s8, d is i32 and holds the exact sums; no bias, no clamp.
struct Product {
  int batches = 1, M = 1, N = 1, K = 1;
  bool transposed = false;
  Element element = Element::f32;
  bool tf32 = false;
  Address a = 0, w = 0, bias = 0, d = 0;
  std::int64_t a_stride = 0, w_stride = 0, d_stride = 0;
  float lo = -std::numeric_limits<float>::infinity(), hi = std::numeric_limits<float>::infinity();
};

/// The integer layer of docs/guide/numerics.md: acc = sum x w over codes, padding filled with zero_x;
/// c = clamp(rint(float(acc + bias[k]) * scale[k]) + zero, lo, hi). A Gemm is a window of one tap over M
/// images of one pixel; `batches` of those with strides, w [N, K], serve a product of two activations.
/// With `other`, an Add follows: y = clamp(rint(float(c - zero) * own_factor + float(o - other_zero) *
/// other_factor) + sum_zero, sum_lo, sum_hi).
struct IntegerConvolution {
  Window window;
  int K = 1, groups = 1;
  int batches = 1;
  std::int64_t x_stride = 0, w_stride = 0, y_stride = 0;
  Element x_element = Element::s8, y_element = Element::s8;  // s8 or u8
  Address x = 0, w = 0, y = 0;                               // w: s8 [K, R, S, C / groups]
  Address bias = 0, scale = 0;                               // i32 [K], f32 [K]
  std::int32_t zero_x = 0, zero = 0, lo = -128, hi = 127;
  Address other = 0;  // 0: no Add
  Element other_element = Element::s8;
  float own_factor = 1, other_factor = 1;
  std::int32_t other_zero = 0, sum_zero = 0, sum_lo = -128, sum_hi = 127;
};

/// The largest tap inside the image (a NaN is passed over), or the sum of (element - zero) over the taps
/// inside the image times scale over their number, or over R * S where padding counts.
struct Pool {
  Window window;
  bool average = false, count_padding = false;
  Source x;
  Target y;
};

/// One function of up to three operands, element by element.
enum class Function : std::uint8_t {
  copy,
  relu,
  clip,  // to [alpha, beta]
  sigmoid,
  tanh,
  neg,
  abs,
  exp,
  log,
  sqrt,
  rsqrt,
  reciprocal,
  erf,
  gelu,       // x / 2 (1 + erf(x / sqrt 2))
  gelu_tanh,  // x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
  silu,
  hard_sigmoid,  // max(0, min(1, alpha x + beta))
  hard_swish,    // x max(0, min(1, x / 6 + 1 / 2))
  leaky_relu,    // alpha x below 0
  elu,           // alpha (e^x - 1) below 0
  softplus,
  add,
  sub,
  mul,
  div,
  min,
  max,
  pow,
  prelu,  // x1 is the slope below 0
};
inline constexpr Function kLastFunction = Function::prelu;
int operands(Function);  // 1 or 2

inline constexpr int kMostAxes = 8;
/// y[y_offset + i . y_strides] = f(x[x_offset + i . x_strides]...) for every index i within `sizes`. An
/// operand that is broadcast has stride 0. copy of equal i64 elements moves them as they are.
struct Elementwise {
  Function function = Function::copy;
  float alpha = 0, beta = 0;
  int axes = 1;
  std::int64_t sizes[kMostAxes] = {1};
  Source x[2];
  std::int64_t x_offset[2] = {0, 0}, x_strides[2][kMostAxes] = {};
  Target y;
  std::int64_t y_offset = 0, y_strides[kMostAxes] = {};
};

/// Over the n adjacent elements of each row.
struct Softmax {
  std::int64_t rows = 1, n = 1;
  Source x;
  Target y;
};
/// (x - mean) rsqrt(variance + epsilon) scale + shift over the n adjacent elements of each row; scale and
/// shift f32 [n].
struct LayerNormalization {
  std::int64_t rows = 1, n = 1;
  Source x;
  Address scale = 0, shift = 0;  // either may be none
  float epsilon = 1e-5f;
  Target y;
};
/// Row i of y is row indices[i] of the table, each of n elements; an index below 0 counts from the end.
struct Gather {
  std::int64_t rows = 1, n = 1, table_rows = 1;
  Source table;
  Address indices = 0;  // i64 [rows]
  Target y;
};
/// T steps: p = w x + r h + bias; i, o, f = sigmoid, g = tanh of the four quarters of a row of p in ONNX's
/// order i, o, f, c; c = f c + i g; h = o tanh(c). x [T, B, I], w [4H, I], r [4H, H], bias [4H], y [T, B, H]
/// (every h) and the states [B, H] are of `element`, sums and functions in float32, c between steps in
/// float32 or in `element`. first_h and first_c may be none, zeros then; last_h and last_c may be none. w, r
/// and bias must have their values before add(). `reverse`: the last step comes first.
struct Lstm {
  int T = 1, B = 1, I = 1, H = 1;
  Element element = Element::f32;
  bool tf32 = false, reverse = false;
  Address x = 0, w = 0, r = 0, bias = 0, first_h = 0, first_c = 0;
  Address y = 0, last_h = 0, last_c = 0;
};

/// Kernels that run one after the other. add() chooses and prepares (algorithm, workspace); it throws
/// GpuError where the GPU has no kernel for what is asked.
class Program {
 public:
  virtual ~Program() = default;
  virtual void add(const Convolution&) = 0;
  virtual void add(const Product&) = 0;
  virtual void add(const IntegerConvolution&) = 0;
  virtual void add(const Pool&) = 0;
  virtual void add(const Elementwise&) = 0;
  virtual void add(const Softmax&) = 0;
  virtual void add(const LayerNormalization&) = 0;
  virtual void add(const Gather&) = 0;
  virtual void add(const Lstm&) = 0;
  virtual std::size_t size() const = 0;  // kernels added
  /// What the GPU chose for kernel i, for people: "cuDNN implicit precomputed GEMM".
  virtual std::string description(std::size_t i) const = 0;

  /// Runs all kernels once and waits.
  virtual void run() = 0;
  /// Seconds of each of `repeats` runs of the whole program behind `warm_up` ones, launched as one graph
  /// where the GPU has those.
  virtual std::vector<double> time(int warm_up, int repeats) = 0;
  /// Seconds of each kernel, run by itself over and over: its caches are warm. The least of `repeats` tries.
  virtual std::vector<double> time_each(int repeats) = 0;
};

/// A GPU as found. What it or its libraries do not tell is absent.
struct Device {
  std::string name, driver;         // "NVIDIA H100 80GB HBM3", "580.159.04"
  std::string cuda, cudnn, cublas;  // versions of the libraries
  std::string compute_capability;   // "9.0"
  int multiprocessors = 0;
  std::uint64_t memory_bytes = 0;
  std::optional<double> memory_bytes_per_s;                              // from its clock and width
  std::optional<double> sm_clock_hz, memory_clock_hz, most_sm_clock_hz;  // as found when asked
};

class Gpu {
 public:
  virtual ~Gpu() = default;
  virtual Device device() = 0;
  /// Throws GpuError where memory is short.
  virtual Address allocate(std::size_t bytes) = 0;
  virtual void release(Address) = 0;
  virtual void upload(Address to, const void* from, std::size_t bytes) = 0;
  virtual void download(void* to, Address from, std::size_t bytes) = 0;
  virtual void fill(Address, std::uint8_t value, std::size_t bytes) = 0;
  virtual std::unique_ptr<Program> program() = 0;
  /// Seconds of a copy between pinned host memory and the device (the median of `repeats`), and of one within
  /// the device.
  virtual double time_upload(std::size_t bytes, int repeats) = 0;
  virtual double time_download(std::size_t bytes, int repeats) = 0;
  virtual double time_copy(std::size_t bytes, int repeats) = 0;
};

}  // namespace nnp::gpu
