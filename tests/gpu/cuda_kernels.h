// SPDX-License-Identifier: Apache-2.0
// Each kernel of the GPU against plain loops on the same random operands: codes are equal, reals within the
// rounding of the type. Skipped where there is no CUDA device.
#pragma once

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

using Bytes = std::vector<std::uint8_t>;

/// Whole numbers of -4 .. 4: their sums are exact in every type's float32 sums, and few in bf16.
inline Bytes random_bytes(std::mt19937& engine, Element element, std::size_t count, bool whole = true) {
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

inline std::vector<double> numbers(const Bytes& bytes, Element element) {
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

  /// `make(bench)` is the request over a bench's operands. `tolerance`: steps of a code; of reals relative to
  /// values above 1.
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
      if (off <= tolerance * (size_of(result) == 1 ? 1 : std::max(1.0, std::abs(want[i])))) continue;
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
inline Window window_of(const Shape& s) {
  Window w;
  const auto out = [&](int in) { return (in + 2 * s.pad - s.dilation * (s.R - 1) - 1) / s.stride + 1; };
  w.N = s.N, w.H = s.H, w.W = s.W, w.C = s.C, w.P = out(s.H), w.Q = out(s.W), w.R = w.S = s.R;
  w.stride[0] = w.stride[1] = s.stride, w.pad[0] = w.pad[1] = s.pad;
  w.dilation[0] = w.dilation[1] = s.dilation;
  return w;
}
inline std::string text_of(const Shape& s) {
  return fmt::format("[{}, {}, {}, {}] to {}, {} x {}, stride {}, pad {}, groups {}, dilation {}", s.N, s.H,
                     s.W, s.C, s.K, s.R, s.R, s.stride, s.pad, s.groups, s.dilation);
}
inline std::size_t size(int a, int b, int c = 1, int d = 1) {
  return static_cast<std::size_t>(a) * static_cast<std::size_t>(b) * static_cast<std::size_t>(c) *
         static_cast<std::size_t>(d);
}

}  // namespace nnp::gpu
