// SPDX-License-Identifier: Apache-2.0
// Around the products of sequence networks: rows of a table, and the cell of an LSTM.
#include "host_runtime/reference/cuda/grid.cuh"
#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/numbers.cuh"

namespace nnp::cuda {
namespace {

__global__ void gather(gpu::Gather g) {
  for (std::int64_t i = first_element(); i < g.rows * g.n; i += element_stride()) {
    std::int64_t row = element<std::int64_t>(g.indices, i / g.n);
    if (row < 0) row += g.table_rows;
    if (row >= 0 && row < g.table_rows) store(g.y, i, load(g.table, row * g.n + i % g.n));
  }
}

__device__ float sigmoid(float x) { return 1 / (1 + expf(-x)); }

__global__ void lstm_cell(LstmCell l) {
  const gpu::Source input{l.input_sums, l.element}, state{l.state_sums, l.element};
  const gpu::Target h{l.h, l.element}, also_h{l.also_h, l.element};
  auto* cells = reinterpret_cast<float*>(l.c);
  for (std::int64_t i = first_element(); i < static_cast<std::int64_t>(l.B) * l.H; i += element_stride()) {
    const std::int64_t row = i / l.H * 4 * l.H + i % l.H;
    const auto gate = [&](int g) {
      const std::int64_t at = row + static_cast<std::int64_t>(g) * l.H;
      return load(input, at) + load(state, at);
    };
    const float in = sigmoid(gate(0)), out = sigmoid(gate(1)), forget = sigmoid(gate(2)),
                cell = tanhf(gate(3));
    const float c = forget * cells[i] + in * cell;
    cells[i] = c;
    const float value = out * tanhf(c);
    store(h, i, value);
    store(also_h, i, value);
  }
}

}  // namespace

void launch(const gpu::Gather& g, cudaStream_t stream) {
  if (g.rows * g.n == 0) return;
  gather<<<blocks_for(g.rows * g.n), kThreads, 0, stream>>>(g);
  NNP_CUDA(cudaGetLastError());
}

void launch(const LstmCell& l, cudaStream_t stream) {
  const std::int64_t count = static_cast<std::int64_t>(l.B) * l.H;
  if (count == 0) return;
  lstm_cell<<<blocks_for(count, 128), 128, 0, stream>>>(l);
  NNP_CUDA(cudaGetLastError());
}

}  // namespace nnp::cuda
