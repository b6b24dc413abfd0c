// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/gpu/loops_gpu.h"

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstring>
#include <new>
#include <unordered_map>

#include "host_runtime/reference/gpu/loops.h"

namespace nnp::gpu {
namespace {

template <typename Work>
double seconds_of(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class LoopsProgram : public Program {
 public:
  void add(const Convolution& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const Product& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const IntegerConvolution& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const Pool& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const Elementwise& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const Softmax& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const LayerNormalization& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const Gather& request) override { kernels_.push_back(loops::prepare(request)); }
  void add(const Lstm& request) override { kernels_.push_back(loops::prepare(request)); }
  std::size_t size() const override { return kernels_.size(); }
  std::string description(std::size_t) const override { return "loops"; }

  void run() override {
    for (const loops::Kernel& kernel : kernels_) kernel();
  }
  std::vector<double> time(int warm_up, int repeats) override {
    for (int i = 0; i < warm_up; ++i) run();
    std::vector<double> seconds;
    for (int i = 0; i < repeats; ++i) seconds.push_back(seconds_of([&] { run(); }));
    return seconds;
  }
  std::vector<double> time_each(int repeats) override {
    std::vector<double> seconds;
    for (const loops::Kernel& kernel : kernels_)
      seconds.push_back(seconds_of([&] {
                          for (int i = 0; i < repeats; ++i) kernel();
                        }) /
                        repeats);
    return seconds;
  }

 private:
  std::vector<loops::Kernel> kernels_;
};

class LoopsGpu : public Gpu {
 public:
  Device device() override {
    Device found;
    found.name = "plain loops";
    return found;
  }

  Address allocate(std::size_t bytes) override {
    // At least one byte: the address of nothing is not 0 either.
    std::unique_ptr<std::byte[]> memory(new (std::nothrow) std::byte[std::max<std::size_t>(bytes, 1)]);
    if (!memory) throw GpuError(fmt::format("no memory of {} bytes", bytes));
    const auto at = reinterpret_cast<Address>(memory.get());
    memory_.emplace(at, std::move(memory));
    return at;
  }
  void release(Address at) override {
    if (at != 0 && memory_.erase(at) == 0)
      throw GpuError(fmt::format("release of {:#x}, which was not allocated", at));
  }
  void upload(Address to, const void* from, std::size_t bytes) override {
    if (bytes > 0) std::memcpy(loops::pointer<void>(to), from, bytes);
  }
  void download(void* to, Address from, std::size_t bytes) override {
    if (bytes > 0) std::memcpy(to, loops::pointer<const void>(from), bytes);
  }
  void fill(Address at, std::uint8_t value, std::size_t bytes) override {
    if (bytes > 0) std::memset(loops::pointer<void>(at), value, bytes);
  }
  std::unique_ptr<Program> program() override { return std::make_unique<LoopsProgram>(); }

  // Host and device are one memory: all transfers are the same copy.
  double time_upload(std::size_t bytes, int repeats) override { return time_copy(bytes, repeats); }
  double time_download(std::size_t bytes, int repeats) override { return time_copy(bytes, repeats); }
  double time_copy(std::size_t bytes, int repeats) override {
    const std::vector<std::byte> from(bytes);
    std::vector<std::byte> to(bytes);
    std::vector<double> seconds;
    for (int i = 0; i < std::max(repeats, 1); ++i)
      seconds.push_back(seconds_of([&] { std::copy(from.begin(), from.end(), to.begin()); }));
    const auto middle = seconds.begin() + static_cast<std::ptrdiff_t>(seconds.size() / 2);
    std::nth_element(seconds.begin(), middle, seconds.end());
    return *middle;
  }

 private:
  std::unordered_map<Address, std::unique_ptr<std::byte[]>> memory_;
};

}  // namespace

std::unique_ptr<Gpu> loops_gpu() { return std::make_unique<LoopsGpu>(); }

}  // namespace nnp::gpu
