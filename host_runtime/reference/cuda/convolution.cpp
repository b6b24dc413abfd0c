// SPDX-License-Identifier: Apache-2.0
// cuDNN names the algorithms that may serve, best first; the few best are timed, each as one fused call and
// as a convolution with a tail of our own.
#include "host_runtime/reference/cuda/convolution.h"

#include <cmath>
#include <vector>

#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/product.h"
#include "host_runtime/reference/cuda/recording.h"

namespace nnp::cuda {
namespace {

using gpu::Convolution;
using gpu::Element;

constexpr int kTried = 4;  // algorithms timed: what cuDNN's heuristics rank lower has not been seen to win

const char* name_of(cudnnConvolutionFwdAlgo_t algorithm) {
  switch (algorithm) {
    case CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM:
      return "implicit GEMM";
    case CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM:
      return "implicit precomputed GEMM";
    case CUDNN_CONVOLUTION_FWD_ALGO_GEMM:
      return "GEMM";
    case CUDNN_CONVOLUTION_FWD_ALGO_DIRECT:
      return "direct";
    case CUDNN_CONVOLUTION_FWD_ALGO_FFT:
    case CUDNN_CONVOLUTION_FWD_ALGO_FFT_TILING:
      return "FFT";
    default:
      return "Winograd";
  }
}

void* pointer(gpu::Address at) { return reinterpret_cast<void*>(at); }

/// The descriptors of one convolution; outlives every launch of it.
struct Descriptors {
  TensorDescriptor x, y, bias;
  FilterDescriptor w;
  ConvolutionDescriptor convolution;
  ActivationDescriptor relu, identity;

  explicit Descriptors(const Convolution& c) {
    const gpu::Window& s = c.window;
    const cudnnDataType_t type = cudnn_type(c.element, "Convolution");
    NNP_CUDA(cudnnSetTensor4dDescriptor(x.get(), CUDNN_TENSOR_NHWC, type, s.N, s.C, s.H, s.W));
    NNP_CUDA(cudnnSetTensor4dDescriptor(y.get(), CUDNN_TENSOR_NHWC, type, s.N, c.K, s.P, s.Q));
    NNP_CUDA(cudnnSetTensor4dDescriptor(bias.get(), CUDNN_TENSOR_NHWC, type, 1, c.K, 1, 1));
    NNP_CUDA(cudnnSetFilter4dDescriptor(w.get(), type, CUDNN_TENSOR_NHWC, c.K, s.C / c.groups, s.R, s.S));
    NNP_CUDA(cudnnSetConvolution2dDescriptor(convolution.get(), s.pad[0], s.pad[1], s.stride[0], s.stride[1],
                                             s.dilation[0], s.dilation[1], CUDNN_CROSS_CORRELATION,
                                             CUDNN_DATA_FLOAT));
    NNP_CUDA(cudnnSetConvolutionGroupCount(convolution.get(), c.groups));
    const bool exact = c.element == Element::f32 && !c.tf32;
    NNP_CUDA(cudnnSetConvolutionMathType(convolution.get(), exact ? CUDNN_FMA_MATH : CUDNN_TENSOR_OP_MATH));
    NNP_CUDA(cudnnSetActivationDescriptor(relu.get(), CUDNN_ACTIVATION_RELU, CUDNN_NOT_PROPAGATE_NAN, 0));
    NNP_CUDA(
        cudnnSetActivationDescriptor(identity.get(), CUDNN_ACTIVATION_IDENTITY, CUDNN_NOT_PROPAGATE_NAN, 0));
  }
};

struct Candidate {
  Launch launch;
  std::string description;
};

/// One call: y = relu(conv + residual + bias), or without relu.
Candidate fused(const Context& context, const Convolution& c, std::shared_ptr<const Descriptors> d,
                cudnnConvolutionFwdAlgo_t algorithm, std::size_t bytes) {
  const bool relu = c.lo == 0;
  const auto launch = [&context, c, d, algorithm, bytes, relu](cudaStream_t) {
    const float one = 1, rest = c.residual ? 1 : 0;
    NNP_CUDA(cudnnConvolutionBiasActivationForward(
        context.cudnn.get(), &one, d->x.get(), pointer(c.x), d->w.get(), pointer(c.w), d->convolution.get(),
        algorithm, context.workspace_for(bytes, "cuDNN"), bytes, &rest, d->y.get(),
        pointer(c.residual ? c.residual : c.y), d->bias.get(), pointer(c.bias),
        relu ? d->relu.get() : d->identity.get(), d->y.get(), pointer(c.y)));
  };
  return {launch, std::string("cuDNN ") + name_of(algorithm) + ", fused"};
}

/// The convolution, then what follows in a kernel of our own.
Candidate apart(const Context& context, const Convolution& c, std::shared_ptr<const Descriptors> d,
                cudnnConvolutionFwdAlgo_t algorithm, std::size_t bytes) {
  Epilogue tail;
  tail.y = c.y, tail.bias = c.bias, tail.residual = c.residual, tail.element = c.element;
  tail.count = static_cast<std::int64_t>(c.window.N) * c.window.P * c.window.Q * c.K;
  tail.channels = c.K, tail.lo = c.lo, tail.hi = c.hi;
  const bool needed = c.bias || c.residual || std::isfinite(c.lo) || std::isfinite(c.hi);
  const auto launch = [&context, c, d, algorithm, bytes, tail, needed](cudaStream_t stream) {
    const float one = 1, none = 0;
    NNP_CUDA(cudnnConvolutionForward(
        context.cudnn.get(), &one, d->x.get(), pointer(c.x), d->w.get(), pointer(c.w), d->convolution.get(),
        algorithm, context.workspace_for(bytes, "cuDNN"), bytes, &none, d->y.get(), pointer(c.y)));
    if (needed) nnp::cuda::launch(tail, stream);
  };
  return {launch, std::string("cuDNN ") + name_of(algorithm)};
}

std::vector<Candidate> candidates(const Context& context, const Convolution& c,
                                  const std::shared_ptr<const Descriptors>& d) {
  cudnnConvolutionFwdAlgoPerf_t ranked[CUDNN_CONVOLUTION_FWD_ALGO_COUNT];
  int count = 0;
  NNP_CUDA(cudnnGetConvolutionForwardAlgorithm_v7(context.cudnn.get(), d->x.get(), d->w.get(),
                                                  d->convolution.get(), d->y.get(),
                                                  CUDNN_CONVOLUTION_FWD_ALGO_COUNT, &count, ranked));
  // A clamp other than ReLU, or none without the one algorithm that has an identity, is a tail of ours.
  const bool relu = c.lo == 0 && std::isinf(c.hi), none = std::isinf(c.lo) && std::isinf(c.hi);
  const cudnnMathType_t exact = CUDNN_FMA_MATH;
  std::vector<Candidate> found;
  for (int i = 0, tried = 0; i < count && tried < kTried; ++i) {
    if (ranked[i].status != CUDNN_STATUS_SUCCESS || ranked[i].memory > context.workspace.bytes()) continue;
    if (c.element == Element::f32 && !c.tf32 && ranked[i].mathType != exact &&
        ranked[i].mathType != CUDNN_DEFAULT_MATH)
      continue;
    ++tried;
    const cudnnConvolutionFwdAlgo_t algorithm = ranked[i].algo;
    if (c.bias && (relu || (none && algorithm == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM)))
      found.push_back(fused(context, c, d, algorithm, ranked[i].memory));
    found.push_back(apart(context, c, d, algorithm, ranked[i].memory));
  }
  return found;
}

/// Of one tap and each pixel once, or of one window over the whole image: rows of pixels or images times
/// filters.
bool is_product(const Convolution& c) {
  const gpu::Window& w = c.window;
  if (c.groups != 1 || w.pad[0] != 0 || w.pad[1] != 0) return false;
  if (w.R == 1 && w.S == 1) return w.stride[0] == 1 && w.stride[1] == 1;
  return w.P == 1 && w.Q == 1 && w.R == w.H && w.S == w.W && w.dilation[0] == 1 && w.dilation[1] == 1;
}

Kernel product_kernel(const Context& context, const Convolution& c) {
  gpu::Product p;
  p.M = c.window.N * c.window.P * c.window.Q, p.N = c.K;
  p.K = c.window.R * c.window.S * c.window.C;
  p.transposed = true, p.element = c.element, p.tf32 = c.tf32;
  p.a = c.x, p.w = c.w, p.bias = c.bias, p.d = c.y, p.lo = c.lo, p.hi = c.hi;
  return prepare(context, p, c.residual);
}

}  // namespace

Kernel prepare(const Context& context, const Convolution& c) {
  const auto descriptors = std::make_shared<const Descriptors>(c);
  Kernel best;
  double least = INFINITY;
  for (Candidate& candidate : candidates(context, c, descriptors)) {
    const double spent = seconds_of(context, candidate.launch);
    if (spent >= least) continue;
    least = spent;
    best = {std::move(candidate.launch), std::move(candidate.description)};
  }
  if (is_product(c)) try {
      Kernel product = product_kernel(context, c);
      if (seconds_of(context, product.launch) < least) best = std::move(product);
    } catch (const gpu::GpuError&) {  // cuDNN has it
    }
  if (fits_depthwise(c)) {
    const Launch launch = [c](cudaStream_t stream) { launch_depthwise(c, stream); };
    if (seconds_of(context, launch) < least) best = {launch, "own depthwise"};
  }
  if (!best.launch)
    fail("cuDNN", std::string("no algorithm for a convolution of ") + gpu::to_string(c.element));
  return best;
}

}  // namespace nnp::cuda
