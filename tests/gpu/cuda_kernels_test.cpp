// SPDX-License-Identifier: Apache-2.0
// Products, functions element by element, rows of a table, the cell of an LSTM, and time.
#include "tests/gpu/cuda_kernels.h"

namespace nnp::gpu {
namespace {

TEST_F(CudaKernels, MultiplyBatchesOfCodesExactly) {
  const int M = 37, K = 64, N = 48, batches = 6;
  Bytes scales(N * 4);
  for (int n = 0; n < N; ++n) {
    const float scale = 1e-3F * static_cast<float>(n + 1);
    std::memcpy(scales.data() + 4 * n, &scale, 4);
  }
  compare(
      {random_bytes(engine, Element::s8, size(batches, M, K)),
       random_bytes(engine, Element::s8, size(batches, N, K)), random_bytes(engine, Element::i32, N), scales},
      Element::s8, size(batches, M, N),
      [&](const Bench& b) {
        IntegerConvolution c;
        c.window.N = M, c.window.C = K, c.K = N, c.batches = batches;
        c.x_stride = M * K, c.w_stride = N * K, c.y_stride = M * N;
        c.x = b[0], c.w = b[1], c.bias = b[2], c.scale = b[3], c.y = b.result();
        return c;
      },
      0, "batches of codes");
}

TEST_F(CudaKernels, SumCodesExactly) {
  for (const bool transposed : {true, false}) {
    const int M = 36, K = 144, N = 52;
    compare(
        {random_bytes(engine, Element::s8, size(M, K)), random_bytes(engine, Element::s8, size(N, K))},
        Element::i32, size(M, N),
        [&](const Bench& b) {
          Product p;
          p.M = M, p.K = K, p.N = N, p.transposed = transposed, p.element = Element::s8;
          p.a = b[0], p.w = b[1], p.d = b.result();
          return p;
        },
        0, transposed ? "sums of codes" : "sums of codes, w as [K, N]");
  }
}

TEST_F(CudaKernels, MultiplyWholeNumbersExactly) {
  for (const Element type : {Element::f32, Element::f16, Element::bf16})
    for (const bool transposed : {true, false})
      for (const bool relu : {false, true}) {
        const int M = 35, K = 96, N = 72, batches = 3;
        compare(
            {random_bytes(engine, type, size(batches, M, K)), random_bytes(engine, type, size(batches, N, K)),
             random_bytes(engine, type, N)},
            type, size(batches, M, N),
            [&](const Bench& b) {
              Product p;
              p.batches = batches, p.M = M, p.K = K, p.N = N, p.transposed = transposed, p.element = type;
              p.a_stride = M * K, p.w_stride = N * K, p.d_stride = M * N;
              p.a = b[0], p.w = b[1], p.bias = b[2], p.d = b.result();
              if (relu) p.lo = 0;
              return p;
            },
            type == Element::f32   ? 0
            : type == Element::f16 ? 0x1p-10
                                   : 0x1p-7,
            fmt::format("product of {}{}{}", to_string(type), transposed ? ", transposed" : "",
                        relu ? ", ReLU" : ""));
      }
}

TEST_F(CudaKernels, EvaluateEveryFunction) {
  const int rows = 7, columns = 36;
  for (int f = 0; f <= static_cast<int>(kLastFunction); ++f) {
    const auto function = static_cast<Function>(f);
    // log, sqrt, rsqrt, pow want positive numbers.
    Bytes x = random_bytes(engine, Element::f32, rows * columns, false),
          y = random_bytes(engine, Element::f32, columns, false);
    for (auto* bytes : {&x, &y})
      for (std::size_t i = 0; i < bytes->size() / 4; ++i) {
        float& value = reinterpret_cast<float*>(bytes->data())[i];
        if (function == Function::log || function == Function::sqrt || function == Function::rsqrt ||
            function == Function::pow)
          value = std::abs(value) + 0.1F;
      }
    for (const bool transposed : {true, false})  // as it lies, four elements go at once
      compare(
          {x, y}, Element::f32, rows * columns,
          [&](const Bench& b) {
            Elementwise e;
            e.function = function, e.alpha = 0.2F, e.beta = 0.5F;
            e.axes = 2;
            const int row = transposed ? 1 : 0, column = 1 - row;
            e.sizes[row] = rows, e.sizes[column] = columns;
            e.x[0] = {b[0]}, e.x[1] = {b[1]}, e.y = {b.result()};
            e.x_strides[0][row] = columns, e.x_strides[0][column] = 1;
            e.x_strides[1][column] = 1;
            e.y_strides[row] = transposed ? 1 : columns, e.y_strides[column] = transposed ? rows : 1;
            return e;
          },
          1e-5,  // CUDA's functions: a few units in the last place
          fmt::format("function {}{}", f, transposed ? ", transposed" : ""));
  }
}

TEST_F(CudaKernels, AddCodesAndRealsFourAtATime) {
  const int count = 4 * 1000;
  for (const Element from : {Element::s8, Element::u8, Element::bf16, Element::f16, Element::f32})
    for (const Element to : {Element::s8, Element::u8, Element::bf16, Element::f16, Element::f32}) {
      const bool from_codes = size_of(from) == 1, to_codes = size_of(to) == 1;
      compare(
          {random_bytes(engine, from, count), random_bytes(engine, from, count)}, to, count,
          [&](const Bench& b) {
            Elementwise e;
            e.function = Function::add, e.sizes[0] = count;
            e.x_strides[0][0] = e.x_strides[1][0] = e.y_strides[0] = 1;
            e.x[0] = {b[0], from, from_codes ? 0.25F : 1, from_codes ? 3 : 0};
            e.x[1] = {b[1], from, from_codes ? 0.5F : 1, from_codes ? -2 : 0};
            e.y = {b.result(), to, to_codes ? 0.125F : 1, to_codes ? 10 : 0};
            return e;
          },
          0, fmt::format("{} to {}", to_string(from), to_string(to)));
    }
}

TEST_F(CudaKernels, GatherRows) {
  const std::int64_t indices[] = {4, 0, -1, 2, 2};
  Bytes index_bytes(sizeof indices);
  std::memcpy(index_bytes.data(), indices, sizeof indices);
  compare(
      {random_bytes(engine, Element::bf16, 5 * 70), index_bytes}, Element::bf16, 5 * 70,
      [&](const Bench& b) {
        Gather g;
        g.rows = 5, g.n = 70, g.table_rows = 5, g.table = {b[0], Element::bf16}, g.indices = b[1];
        g.y = {b.result(), Element::bf16};
        return g;
      },
      0, "rows of a table");
}

TEST_F(CudaKernels, AreTimedAsOneGraphAndOneByOne) {
  const DeviceMemory x(*cuda_, 4096), y(*cuda_, 4096);
  const auto program = cuda_->program();
  Elementwise e;
  e.sizes[0] = 1024, e.x_strides[0][0] = 1, e.y_strides[0] = 1;
  e.x[0].at = x.address(), e.y.at = y.address();
  program->add(e);
  for (const double seconds : program->time(2, 5)) EXPECT_GT(seconds, 0);
  EXPECT_EQ(program->time_each(5).size(), 1u);
}

}  // namespace
}  // namespace nnp::gpu
