// SPDX-License-Identifier: Apache-2.0
// What sequence networks ask of a GPU: LSTMs, products whose rows are no whole 16 bytes, matrices turned.
#include "tests/gpu/cuda_kernels.h"

namespace nnp::gpu {
namespace {

struct LstmCase {
  int T, B, I, H;
  bool reverse, states;
};

/// Which of its results is looked at.
enum class LstmResult : std::uint8_t { y, last_h, last_c };

Lstm lstm_of(const LstmCase& c, Element type, LstmResult result, const Bench& b) {
  Lstm l;
  l.T = c.T, l.B = c.B, l.I = c.I, l.H = c.H, l.element = type, l.reverse = c.reverse;
  l.x = b[0], l.w = b[1], l.r = b[2], l.bias = b[3];
  if (c.states) l.first_h = b[4], l.first_c = b[5];
  l.y = b[6];
  (result == LstmResult::y ? l.y : result == LstmResult::last_h ? l.last_h : l.last_c) = b.result();
  return l;
}

/// Numbers around 0 of this size.
Bytes scaled(std::mt19937& engine, Element type, std::size_t count, float size) {
  Bytes bytes(count * size_of(type));
  std::normal_distribution<float> normal(0, size);
  for (std::size_t i = 0; i < count; ++i) {
    const auto put = [&](auto value) { std::memcpy(bytes.data() + i * sizeof value, &value, sizeof value); };
    const float x = normal(engine);
    type == Element::f32 ? put(x) : type == Element::f16 ? put(ir::Float16(x)) : put(ir::BFloat16(x));
  }
  return bytes;
}

TEST_F(CudaKernels, RunAnLstm) {
  for (const LstmCase& c : {LstmCase{1, 1, 8, 8, false, false}, LstmCase{7, 5, 24, 40, false, true},
                            LstmCase{4, 3, 10, 13, true, true}, LstmCase{6, 2, 30, 50, false, false},
                            LstmCase{9, 64, 128, 256, false, true}})
    for (const Element type : {Element::f32, Element::f16, Element::bf16})
      for (const LstmResult result : {LstmResult::y, LstmResult::last_h, LstmResult::last_c}) {
        const std::size_t states = size(c.B, c.H);
        // Gates of some tenths: no function is flat there.
        const float of_w = 0.5F / std::sqrt(static_cast<float>(c.I)),
                    of_r = 0.5F / std::sqrt(static_cast<float>(c.H));
        const std::vector<Bytes> operands = {scaled(engine, type, size(c.T, c.B, c.I), 1),
                                             scaled(engine, type, size(4 * c.H, c.I), of_w),
                                             scaled(engine, type, size(4 * c.H, c.H), of_r),
                                             scaled(engine, type, size(4, c.H), 0.5F),
                                             scaled(engine, type, states, 0.5F),
                                             scaled(engine, type, states, 0.5F),
                                             Bytes(size(c.T, c.B, c.H) * size_of(type))};
        // A step rounds its sums (a few units at most), its h and at worst its c to the type; a state forgets
        // half of what came before: some eight roundings of values about 1 in the end.
        const double rounding = type == Element::f32 ? 1e-6 : type == Element::f16 ? 1.0 / 2048 : 1.0 / 256;
        compare(
            operands, type, result == LstmResult::y ? static_cast<std::size_t>(c.T) * states : states,
            [&](const Bench& b) { return lstm_of(c, type, result, b); }, 8 * rounding,
            fmt::format("LSTM of {}, T {} B {} I {} H {}, reverse {}, states {}, result {}", to_string(type),
                        c.T, c.B, c.I, c.H, c.reverse, c.states, static_cast<int>(result)));
      }
}

TEST_F(CudaKernels, MultiplyRowsOfAnyLength) {
  const int M = 33, N = 72;
  for (const int K : {8, 9, 50, 650})
    for (const Element type : {Element::f16, Element::bf16, Element::f32})
      compare(
          {random_bytes(engine, type, size(M, K)), random_bytes(engine, type, size(N, K)),
           random_bytes(engine, type, static_cast<std::size_t>(N))},
          type, size(M, N),
          [&](const Bench& b) {
            Product p;
            p.M = M, p.N = N, p.K = K, p.transposed = true, p.element = type;
            p.a = b[0], p.w = b[1], p.bias = b[2], p.d = b.result();
            return p;
          },
          type == Element::f32   ? 0
          : type == Element::f16 ? 1.0 / 1024
                                 : 1.0 / 128,  // one rounding of a whole sum
          fmt::format("product of {}, K {}", to_string(type), K));
}

TEST_F(CudaKernels, TurnMatricesOfBytes) {
  struct Matrices {
    int batches, rows, columns;
  };
  for (const Matrices& m : {Matrices{1, 64, 64}, Matrices{3, 128, 64}, Matrices{2, 4, 100},
                            Matrices{5, 68, 132}, Matrices{2, 3, 7}, Matrices{1, 65, 64}})
    compare(
        {random_bytes(engine, Element::s8, size(m.batches, m.rows, m.columns))}, Element::s8,
        size(m.batches, m.rows, m.columns),
        [&](const Bench& b) {
          Elementwise e;
          e.axes = 3;
          e.sizes[0] = m.batches, e.sizes[1] = m.columns, e.sizes[2] = m.rows;
          e.x_strides[0][0] = m.rows * m.columns, e.x_strides[0][1] = 1, e.x_strides[0][2] = m.columns;
          e.y_strides[0] = m.rows * m.columns, e.y_strides[1] = m.rows, e.y_strides[2] = 1;
          e.x[0] = {b[0], Element::s8, 1, 5}, e.y = {b.result(), Element::s8, 1, 5};
          return e;
        },
        0, fmt::format("{} matrices [{}, {}]", m.batches, m.rows, m.columns));
}

}  // namespace
}  // namespace nnp::gpu
