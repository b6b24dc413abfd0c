// SPDX-License-Identifier: Apache-2.0
// An LSTM of 16-bit numbers with rows that begin at multiples of 16 bytes: units that are added have weights
// and biases of 0, so their states begin and stay at 0 (c = 1/2 0 + 1/2 tanh 0).
#include <memory>

#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/lstm.h"

namespace nnp::cuda {
namespace {

using gpu::Lstm;

class PaddedLstm {
 public:
  PaddedLstm(const Context& context, const Lstm& l, PrepareLstm prepare) : l_(l), whole_(l) {
    whole_.I = whole_row(l.I), whole_.H = whole_row(l.H);
    const std::int64_t steps = std::int64_t{l.T} * l.B;
    whole_.x = zeros(steps * whole_.I), whole_.y = zeros(steps * whole_.H);
    whole_.w = zeros(4 * std::int64_t{whole_.H} * whole_.I),
    whole_.r = zeros(4 * std::int64_t{whole_.H} * whole_.H);
    whole_.bias = zeros(4 * whole_.H);
    for (gpu::Address* state : {&whole_.first_h, &whole_.first_c, &whole_.last_h, &whole_.last_c})
      if (*state) *state = zeros(std::int64_t{l.B} * whole_.H);
    for (int gate = 0; gate < 4; ++gate) {
      place(gate, whole_.w, whole_.I, l.w, l.I, context.stream);
      place(gate, whole_.r, whole_.H, l.r, l.H, context.stream);
    }
    launch(RowsCopy{whole_.bias, l.bias, 4, l.H, whole_.H, l.H}, context.stream);
    NNP_CUDA(cudaStreamSynchronize(context.stream));
    kernel_ = prepare(context, whole_);
  }

  void queue(cudaStream_t stream) const {
    const std::int64_t steps = std::int64_t{l_.T} * l_.B;
    launch(RowsCopy{whole_.x, l_.x, steps, l_.I, whole_.I, l_.I}, stream);
    if (l_.first_h) launch(RowsCopy{whole_.first_h, l_.first_h, l_.B, l_.H, whole_.H, l_.H}, stream);
    if (l_.first_c) launch(RowsCopy{whole_.first_c, l_.first_c, l_.B, l_.H, whole_.H, l_.H}, stream);
    kernel_.launch(stream);
    launch(RowsCopy{l_.y, whole_.y, steps, l_.H, l_.H, whole_.H}, stream);
    if (l_.last_h) launch(RowsCopy{l_.last_h, whole_.last_h, l_.B, l_.H, l_.H, whole_.H}, stream);
    if (l_.last_c) launch(RowsCopy{l_.last_c, whole_.last_c, l_.B, l_.H, l_.H, whole_.H}, stream);
  }
  std::string description() const { return kernel_.description + ", rows padded"; }

 private:
  gpu::Address zeros(std::int64_t numbers) {
    const std::size_t bytes = static_cast<std::size_t>(numbers) * sizeof(std::uint16_t);
    memory_.push_back(std::make_unique<Memory>(bytes));
    NNP_CUDA(cudaMemset(memory_.back()->get(), 0, bytes));
    return memory_.back()->address();
  }
  /// H rows of a gate's matrix.
  void place(int gate, gpu::Address to, int to_pitch, gpu::Address from, int n, cudaStream_t stream) const {
    const auto rows_before = [gate](int H, int pitch) {
      return static_cast<gpu::Address>(std::int64_t{gate} * H * pitch) * sizeof(std::uint16_t);
    };
    launch(RowsCopy{to + rows_before(whole_.H, to_pitch), from + rows_before(l_.H, n), l_.H, n, to_pitch, n},
           stream);
  }

  Lstm l_, whole_;
  std::vector<std::unique_ptr<Memory>> memory_;
  Kernel kernel_;
};

}  // namespace

Kernel prepare_padded(const Context& context, const Lstm& l, PrepareLstm prepare) {
  const auto padded = std::make_shared<const PaddedLstm>(context, l, prepare);
  return {[padded](cudaStream_t stream) { padded->queue(stream); }, padded->description()};
}

}  // namespace nnp::cuda
