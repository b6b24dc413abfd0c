// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/cuda/cuda_gpu.h"

#include <algorithm>

#include "host_runtime/reference/cuda/management.h"
#include "host_runtime/reference/cuda/program.h"

namespace nnp::cuda {
namespace {

void* pointer(gpu::Address at) { return reinterpret_cast<void*>(at); }

int attribute(cudaDeviceAttr which) {
  int value = 0;
  NNP_CUDA(cudaDeviceGetAttribute(&value, which, 0));
  return value;
}

/// "13.0" of 13000, as CUDA counts.
std::string cuda_version(int number) {
  return std::to_string(number / 1000) + "." + std::to_string(number % 1000 / 10);
}
/// "9.19.0" of 91900, as cuDNN and cuBLAS count since 9 and 12.
std::string library_version(std::size_t number) {
  return std::to_string(number / 10000) + "." + std::to_string(number / 100 % 100) + "." +
         std::to_string(number % 100);
}

/// Host memory that the device reaches by itself.
class Pinned {
 public:
  explicit Pinned(std::size_t bytes) { NNP_CUDA(cudaMallocHost(&at_, bytes)); }
  ~Pinned() { cudaFreeHost(at_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  void* get() const { return at_; }

 private:
  void* at_ = nullptr;
};

}  // namespace

gpu::Device CudaGpu::device() {
  cudaDeviceProp properties{};
  NNP_CUDA(cudaGetDeviceProperties(&properties, 0));
  char bus[32] = {};
  NNP_CUDA(cudaDeviceGetPCIBusId(bus, sizeof bus, 0));
  const Management managed = management(bus);
  gpu::Device found;
  found.name = properties.name;
  found.driver = managed.driver;
  int runtime = 0;
  NNP_CUDA(cudaRuntimeGetVersion(&runtime));
  found.cuda = cuda_version(runtime);
  found.cudnn = library_version(cudnnGetVersion());
  found.cublas = library_version(cublasLtGetVersion());
  found.compute_capability = std::to_string(properties.major) + "." + std::to_string(properties.minor);
  found.multiprocessors = properties.multiProcessorCount;
  found.memory_bytes = properties.totalGlobalMem;
  // Both edges of the memory clock carry data.
  const double edges = 2e3 * attribute(cudaDevAttrMemoryClockRate);
  if (edges > 0) found.memory_bytes_per_s = edges * attribute(cudaDevAttrGlobalMemoryBusWidth) / 8;
  found.sm_clock_hz = managed.sm_clock_hz;
  found.memory_clock_hz = managed.memory_clock_hz;
  found.most_sm_clock_hz = managed.most_sm_clock_hz;
  return found;
}

gpu::Address CudaGpu::allocate(std::size_t bytes) {
  void* at = nullptr;
  check(cudaMalloc(&at, std::max<std::size_t>(bytes, 1)),
        ("cudaMalloc of " + std::to_string(bytes) + " bytes").c_str());
  return reinterpret_cast<gpu::Address>(at);
}
void CudaGpu::release(gpu::Address at) { NNP_CUDA(cudaFree(pointer(at))); }
void CudaGpu::upload(gpu::Address to, const void* from, std::size_t bytes) {
  NNP_CUDA(cudaMemcpy(pointer(to), from, bytes, cudaMemcpyHostToDevice));
}
void CudaGpu::download(void* to, gpu::Address from, std::size_t bytes) {
  NNP_CUDA(cudaMemcpy(to, pointer(from), bytes, cudaMemcpyDeviceToHost));
}
// The stream of the programs does not wait for the default one, so these wait themselves.
void CudaGpu::fill(gpu::Address at, std::uint8_t value, std::size_t bytes) {
  NNP_CUDA(cudaMemset(pointer(at), value, bytes));
  NNP_CUDA(cudaDeviceSynchronize());
}

std::unique_ptr<gpu::Program> CudaGpu::program() { return std::make_unique<Program>(context_); }

double CudaGpu::time_transfer(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                              int repeats) {
  cudaEvent_t start, stop;
  NNP_CUDA(cudaEventCreate(&start));
  NNP_CUDA(cudaEventCreate(&stop));
  std::vector<double> seconds;
  for (int i = 0; i <= repeats; ++i) {
    NNP_CUDA(cudaEventRecord(start, context_.stream));
    NNP_CUDA(cudaMemcpyAsync(to, from, bytes, kind, context_.stream));
    NNP_CUDA(cudaEventRecord(stop, context_.stream));
    NNP_CUDA(cudaEventSynchronize(stop));
    float milliseconds = 0;
    NNP_CUDA(cudaEventElapsedTime(&milliseconds, start, stop));
    if (i > 0) seconds.push_back(static_cast<double>(milliseconds) / 1e3);  // the first warms up
  }
  NNP_CUDA(cudaEventDestroy(start));
  NNP_CUDA(cudaEventDestroy(stop));
  std::ranges::nth_element(seconds, seconds.begin() + repeats / 2);
  return seconds[static_cast<std::size_t>(repeats / 2)];
}
double CudaGpu::time_upload(std::size_t bytes, int repeats) {
  const Pinned host(bytes);
  const Memory device(bytes);
  return time_transfer(device.get(), host.get(), bytes, cudaMemcpyHostToDevice, repeats);
}
double CudaGpu::time_download(std::size_t bytes, int repeats) {
  const Pinned host(bytes);
  const Memory device(bytes);
  return time_transfer(host.get(), device.get(), bytes, cudaMemcpyDeviceToHost, repeats);
}
double CudaGpu::time_copy(std::size_t bytes, int repeats) {
  const Memory from(bytes), to(bytes);
  return time_transfer(to.get(), from.get(), bytes, cudaMemcpyDeviceToDevice, repeats);
}

}  // namespace nnp::cuda
