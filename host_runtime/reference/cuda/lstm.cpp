// SPDX-License-Identifier: Apache-2.0
// A product of all steps' inputs, then a product and a cell a step; or cuDNN, where that is faster.
#include "host_runtime/reference/cuda/lstm.h"

#include <cmath>
#include <memory>

#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/product.h"
#include "host_runtime/reference/cuda/recording.h"

namespace nnp::cuda {
namespace {

using gpu::Lstm;

void copy_reals(gpu::Address to, gpu::Element to_element, gpu::Address from, gpu::Element from_element,
                std::int64_t count, cudaStream_t stream) {
  gpu::Elementwise copy;
  copy.sizes[0] = count, copy.x_strides[0][0] = 1, copy.y_strides[0] = 1;
  copy.x[0] = {from, from_element}, copy.y = {to, to_element};
  launch(copy, stream);
}

/// The state stands in one place, so that one product serves every step.
class StepByStep {
 public:
  StepByStep(const Context& context, const Lstm& l)
      : l_(l),
        steps_(sums(l.T)),
        step_(sums(1)),
        h_(states() * size_of(l.element)),
        c_(states() * sizeof(float)) {
    gpu::Product p;
    p.M = l.T * l.B, p.N = 4 * l.H, p.K = l.I;
    p.transposed = true, p.element = l.element, p.tf32 = l.tf32;
    p.a = l.x, p.w = l.w, p.bias = l.bias, p.d = steps_.address();
    inputs_ = prepare(context, p);
    p.M = l.B, p.K = l.H;
    p.a = h_.address(), p.w = l.r, p.bias = 0, p.d = step_.address();
    recurrence_ = prepare(context, p);
  }

  void queue(cudaStream_t stream) const {
    const auto count = static_cast<std::int64_t>(states());
    if (l_.first_h)
      copy_reals(h_.address(), l_.element, l_.first_h, l_.element, count, stream);
    else
      NNP_CUDA(cudaMemsetAsync(h_.get(), 0, h_.bytes(), stream));
    if (l_.first_c)
      copy_reals(c_.address(), gpu::Element::f32, l_.first_c, l_.element, count, stream);
    else
      NNP_CUDA(cudaMemsetAsync(c_.get(), 0, c_.bytes(), stream));
    inputs_.launch(stream);
    for (int i = 0; i < l_.T; ++i) {
      recurrence_.launch(stream);
      launch(cell(l_.reverse ? l_.T - 1 - i : i), stream);
    }
    if (l_.last_h) copy_reals(l_.last_h, l_.element, h_.address(), l_.element, count, stream);
    if (l_.last_c) copy_reals(l_.last_c, l_.element, c_.address(), gpu::Element::f32, count, stream);
  }

 private:
  std::size_t states() const { return static_cast<std::size_t>(l_.B) * static_cast<std::size_t>(l_.H); }
  std::size_t sums(int steps) const {
    return static_cast<std::size_t>(steps) * 4 * states() * size_of(l_.element);
  }
  LstmCell cell(int step) const {
    LstmCell cell;
    cell.B = l_.B, cell.H = l_.H, cell.element = l_.element;
    const gpu::Address row = states() * size_of(l_.element) * static_cast<gpu::Address>(step);
    cell.input_sums = steps_.address() + 4 * row, cell.state_sums = step_.address();
    cell.c = c_.address(), cell.h = l_.y + row, cell.also_h = h_.address();
    return cell;
  }

  Lstm l_;
  Memory steps_, step_, h_, c_;
  Kernel inputs_, recurrence_;
};

/// Of those that take the sizes as they are.
Kernel fastest(const Context& context, const Lstm& l) {
  const auto own = std::make_shared<const StepByStep>(context, l);
  Kernel best{[own](cudaStream_t stream) { own->queue(stream); }, "cuBLASLt and own cells"};
  if (l.reverse) return best;
  double least = seconds_of(context, best.launch);
  for (const cudnnRNNAlgo_t algorithm : {CUDNN_RNN_ALGO_STANDARD, CUDNN_RNN_ALGO_PERSIST_STATIC}) try {
      Kernel kernel = prepare_cudnn(context, l, algorithm);
      const double spent = seconds_of(context, kernel.launch);
      if (spent < least) least = spent, best = std::move(kernel);
    } catch (const gpu::GpuError&) {  // our own has it
      cudaGetLastError();
    }
  return best;
}

}  // namespace

Kernel prepare(const Context& context, const Lstm& l) {
  Kernel plain = fastest(context, l);
  if (gpu::size_of(l.element) != 2 || (l.I % kWholeRow == 0 && l.H % kWholeRow == 0)) return plain;
  Kernel padded = prepare_padded(context, l, fastest);
  return seconds_of(context, padded.launch) < seconds_of(context, plain.launch) ? padded : plain;
}

}  // namespace nnp::cuda
