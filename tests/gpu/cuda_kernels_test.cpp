// SPDX-License-Identifier: Apache-2.0
// Each kernel of the GPU against plain loops on the same random operands: codes are equal, reals within the
// rounding of the type. Skipped where there is no CUDA device.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <random>

#include "compiler/ir/half.h"
#include "host_runtime/reference/cuda/open.h"
#include "host_runtime/reference/gpu/device_memory.h"
#include "host_runtime/reference/gpu/loops_gpu.h"

namespace nnp::gpu {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Whole numbers of -4 .. 4: their sums are exact in every type's float32 sums, and few in bf16.
Bytes random_bytes(std::mt19937& engine, Element element, std::size_t count, bool whole = true) {
  Bytes bytes(count * size_of(element));
  std::uniform_int_distribution<int> small(-4, 4);
  std::normal_distribution<float> normal;
  const auto real = [&] { return whole ? static_cast<float>(small(engine)) : normal(engine); };
  for (std::size_t i = 0; i < count; ++i) {
    std::uint8_t* const at = bytes.data() + i * size_of(element);
    const auto put = [&](auto value) { std::memcpy(at, &value, sizeof value); };
    switch (element) {
      case Element::f32:
        put(real());
        break;
      case Element::f16:
        put(ir::Float16(real()));
        break;
      case Element::bf16:
        put(ir::BFloat16(real()));
        break;
      case Element::i32:
        put(static_cast<std::int32_t>(engine() % 20001) - 10000);
        break;
      default:
        *at = static_cast<std::uint8_t>(engine());
    }
  }
  return bytes;
}

std::vector<double> numbers(const Bytes& bytes, Element element) {
  std::vector<double> values(bytes.size() / size_of(element));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::uint8_t* const at = bytes.data() + i * size_of(element);
    const auto get = [&](auto value) {
      std::memcpy(&value, at, sizeof value);
      return static_cast<double>(value);
    };
    switch (element) {
      case Element::f32:
        values[i] = get(0.0F);
        break;
      case Element::f16:
        values[i] = static_cast<double>(static_cast<float>(get(ir::Float16())));
        break;
      case Element::bf16:
        values[i] = static_cast<double>(static_cast<float>(get(ir::BFloat16())));
        break;
      case Element::i32:
        values[i] = get(std::int32_t{});
        break;
      case Element::s8:
        values[i] = get(std::int8_t{});
        break;
      default:
        values[i] = get(std::uint8_t{});
    }
  }
  return values;
}

/// The GPU's place for operands that both devices get.
class Bench {
 public:
  Bench(Gpu& gpu, std::vector<Bytes> operands, std::size_t result_bytes)
      : gpu_(gpu), result_bytes_(result_bytes) {
    for (const Bytes& bytes : operands) {
      memory_.push_back(std::make_unique<DeviceMemory>(gpu, std::max<std::size_t>(bytes.size(), 1)));
      gpu.upload(memory_.back()->address(), bytes.data(), bytes.size());
    }
    memory_.push_back(std::make_unique<DeviceMemory>(gpu, result_bytes));
    gpu.fill(memory_.back()->address(), 0xA5, result_bytes);  // what is not written shows
  }
  Address operator[](std::size_t i) const { return memory_[i]->address(); }
  Address result() const { return memory_.back()->address(); }
  template <typename Request>
  Bytes run(const Request& request) {
    const auto program = gpu_.program();
    program->add(request);
    gpu_.fill(result(), 0xA5, result_bytes_);
    program->run();
    description = program->description(0);
    Bytes bytes(result_bytes_);
    gpu_.download(bytes.data(), result(), bytes.size());
    return bytes;
  }
  std::string description;

 private:
  Gpu& gpu_;
  std::size_t result_bytes_;
  std::vector<std::unique_ptr<DeviceMemory>> memory_;
};

class CudaKernels : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string reason;
    cuda_ = open_cuda(reason).release();
    reason_ = reason;
  }
  static void TearDownTestSuite() {
    delete cuda_;
    cuda_ = nullptr;
  }
  void SetUp() override {
    if (!cuda_) GTEST_SKIP() << reason_;
  }

  /// `make(bench)` is the request over a bench's operands.
  template <typename Make>
  void compare(const std::vector<Bytes>& operands, Element result, std::size_t count, Make make,
               double tolerance, const std::string& what) {
    const auto loops = loops_gpu();
    Bench expected(*loops, operands, count * size_of(result)), got(*cuda_, operands, count * size_of(result));
    const auto want = numbers(expected.run(make(expected)), result);
    std::vector<double> have;
    try {
      have = numbers(got.run(make(got)), result);
    } catch (const GpuError& error) {
      ADD_FAILURE() << what << ": " << error.what();
      return;
    }
    std::size_t wrong = 0, first = 0;
    double largest = 0;
    for (std::size_t i = 0; i < want.size(); ++i) {
      const double off = std::abs(want[i] - have[i]);
      largest = std::max(largest, off);
      if (off <= tolerance * std::max(1.0, std::abs(want[i]))) continue;
      if (wrong++ == 0) first = i;
    }
    EXPECT_EQ(wrong, 0u) << fmt::format(
        "{} ({}): {} of {} differ, largest by {}, first at {}: loops {}, CUDA {}", what, got.description,
        wrong, want.size(), largest, first, want[first], have[first]);
  }

  std::mt19937 engine{1};
  static inline Gpu* cuda_ = nullptr;
  static inline std::string reason_;
};

struct Shape {
  int N, H, W, C, K, R, stride, pad, groups, dilation = 1;
};
constexpr Shape kShapes[] = {
    {2, 9, 9, 16, 24, 3, 1, 1, 1},    {1, 14, 14, 64, 130, 1, 1, 0, 1}, {3, 13, 11, 32, 64, 3, 2, 1, 1},
    {1, 30, 30, 3, 64, 7, 2, 3, 1},   {2, 10, 10, 48, 48, 3, 1, 1, 48}, {1, 12, 12, 80, 256, 3, 1, 2, 1, 2},
    {1, 7, 7, 512, 512, 3, 1, 1, 1},  {1, 8, 8, 32, 32, 3, 1, 1, 4},    {64, 1, 1, 256, 1000, 1, 1, 0, 1},
    {2, 15, 15, 160, 16, 5, 1, 2, 1}, {4, 7, 7, 32, 40, 7, 1, 0, 1}};

Window window_of(const Shape& s) {
  Window w;
  const auto out = [&](int in) { return (in + 2 * s.pad - s.dilation * (s.R - 1) - 1) / s.stride + 1; };
  w.N = s.N, w.H = s.H, w.W = s.W, w.C = s.C, w.P = out(s.H), w.Q = out(s.W), w.R = w.S = s.R;
  w.stride[0] = w.stride[1] = s.stride, w.pad[0] = w.pad[1] = s.pad;
  w.dilation[0] = w.dilation[1] = s.dilation;
  return w;
}
std::string text_of(const Shape& s) {
  return fmt::format("[{}, {}, {}, {}] to {}, {} x {}, stride {}, pad {}, groups {}, dilation {}", s.N, s.H,
                     s.W, s.C, s.K, s.R, s.R, s.stride, s.pad, s.groups, s.dilation);
}
std::size_t size(int a, int b, int c = 1, int d = 1) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c) *
         static_cast<std::size_t>(d);
}

TEST_F(CudaKernels, ConvolveCodesExactly) {
  for (const Shape& s : kShapes)
    for (const Element type : {Element::s8, Element::u8})
      for (const bool with_add : {false, true}) {
        const Window w = window_of(s);
        const std::size_t count = size(w.N, w.P, w.Q, s.K);
        std::vector<float> scale(static_cast<std::size_t>(s.K));
        for (float& x : scale) x = std::uniform_real_distribution<float>(1e-4F, 4e-3F)(engine);
        Bytes scales(scale.size() * 4);
        std::memcpy(scales.data(), scale.data(), scales.size());
        const std::vector<Bytes> operands = {
            random_bytes(engine, type, size(w.N, w.H, w.W, w.C)),
            random_bytes(engine, Element::s8, size(s.K, s.R, s.R, s.C / s.groups)),
            random_bytes(engine, Element::i32, static_cast<std::size_t>(s.K)), scales,
            random_bytes(engine, Element::s8, count)};
        compare(
            operands, Element::s8, count,
            [&](const Bench& b) {
              IntegerConvolution c;
              c.window = w, c.K = s.K, c.groups = s.groups;
              c.x_element = type, c.x = b[0], c.w = b[1], c.bias = b[2], c.scale = b[3], c.y = b.result();
              c.zero_x = type == Element::u8 ? 131 : -7, c.zero = 5, c.lo = -100, c.hi = 111;
              if (with_add) {
                c.other = b[4], c.own_factor = 0.73F, c.other_factor = 0.41F;
                c.other_zero = -9, c.sum_zero = 3, c.sum_lo = -120, c.sum_hi = 127;
              }
              return c;
            },
            0, text_of(s) + fmt::format(", {}{}", to_string(type), with_add ? ", Add" : ""));
      }
}

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

TEST_F(CudaKernels, ConvolveWholeNumbersExactly) {
  for (const Shape& s : kShapes)
    for (const Element type : {Element::f32, Element::f16, Element::bf16})
      for (const int tail : {0, 1, 2}) {  // none, ReLU and residual, another clamp
        const Window w = window_of(s);
        const std::size_t count = size(w.N, w.P, w.Q, s.K);
        // Sums of whole numbers are exact; the result is rounded once to the type, the residual after that
        // where cuDNN does it in two steps.
        const double tolerance = type == Element::f32 ? 0 : type == Element::f16 ? 0x1p-9 : 0x1p-6;
        compare(
            {random_bytes(engine, type, size(w.N, w.H, w.W, w.C)),
             random_bytes(engine, type, size(s.K, s.R, s.R, s.C / s.groups)),
             random_bytes(engine, type, static_cast<std::size_t>(s.K)), random_bytes(engine, type, count)},
            type, count,
            [&](const Bench& b) {
              Convolution c;
              c.window = w, c.K = s.K, c.groups = s.groups, c.element = type;
              c.x = b[0], c.w = b[1], c.bias = b[2], c.y = b.result();
              if (tail == 1) c.residual = b[3], c.lo = 0;
              if (tail == 2) c.lo = 0, c.hi = 6;
              return c;
            },
            tolerance, text_of(s) + fmt::format(", {}, tail {}", to_string(type), tail));
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

TEST_F(CudaKernels, PoolCodesAndReals) {
  const Shape s{2, 13, 13, 20, 20, 3, 2, 1, 1};
  const Window w = window_of(s);
  for (const Element type : {Element::s8, Element::u8, Element::f32, Element::bf16})
    for (const bool average : {false, true})
      for (const bool padding : {false, true}) {
        const bool reals = type == Element::f32 || type == Element::bf16;
        compare(
            {random_bytes(engine, type, size(w.N, w.H, w.W, w.C))}, type, size(w.N, w.P, w.Q, w.C),
            [&](const Bench& b) {
              Pool p;
              p.window = w, p.average = average, p.count_padding = padding;
              p.x = {b[0], type, reals || !average ? 1 : 0.37F, reals ? 0 : 3};
              p.y = {b.result(), type, 1, reals ? 0 : 3};
              if (!reals) p.y.lo = type == Element::s8 ? -128 : 0, p.y.hi = type == Element::s8 ? 127 : 255;
              return p;
            },
            0, fmt::format("pool of {}, average {}, padding {}", to_string(type), average, padding));
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

TEST_F(CudaKernels, SoftmaxAndNormaliseRows) {
  const int rows = 50, n = 300;
  for (const Element type : {Element::f32, Element::s8}) {
    const Bytes x = random_bytes(engine, type, rows * n, false);
    const float scale = type == Element::s8 ? 0.05F : 1;
    // A code where the quotient lies at the border between two may be a step off.
    const double tolerance = type == Element::s8 ? 1 : 1e-5;
    compare(
        {x}, type, rows * n,
        [&](const Bench& b) {
          Softmax s;
          s.rows = rows, s.n = n, s.x = {b[0], type, scale, 2};
          s.y = {b.result(), type, type == Element::s8 ? 1 / 256.0F : 1, type == Element::s8 ? -128 : 0};
          if (type == Element::f32) s.x.zero = 0;
          if (type == Element::s8) s.y.lo = -128, s.y.hi = 127;
          return s;
        },
        tolerance, fmt::format("softmax of {}", to_string(type)));
    compare(
        {x, random_bytes(engine, Element::f32, n, false), random_bytes(engine, Element::f32, n, false)},
        Element::f32, rows * n,
        [&](const Bench& b) {
          LayerNormalization l;
          l.rows = rows, l.n = n, l.x = {b[0], type, scale, type == Element::s8 ? 2 : 0};
          l.scale = b[1], l.shift = b[2], l.y = {b.result()};
          return l;
        },
        1e-4, fmt::format("normalisation of {}", to_string(type)));
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

TEST_F(CudaKernels, StepAnLstm) {
  const int B = 5, H = 130;
  for (const Element type : {Element::f32, Element::f16})
    compare(
        {random_bytes(engine, type, B * 4 * H, false), random_bytes(engine, type, B * 4 * H, false),
         random_bytes(engine, Element::f32, B * H, false)},
        type, B * H,
        [&](const Bench& b) {
          LstmCell l;
          l.B = B, l.H = H, l.element = type;
          l.input_sums = b[0], l.state_sums = b[1], l.c = b[2], l.h = b.result();
          return l;
        },
        type == Element::f32 ? 1e-5 : 2e-3, fmt::format("LSTM cell of {}", to_string(type)));
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
