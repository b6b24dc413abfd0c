// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/cuda/program.h"

#include <memory>

#include "host_runtime/reference/cuda/convolution.h"
#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/product.h"

namespace nnp::cuda {
namespace {

/// Seconds between what is queued before and after `queue`.
class Watch {
 public:
  explicit Watch(cudaStream_t stream) : stream_(stream) {
    NNP_CUDA(cudaEventCreate(&start_));
    NNP_CUDA(cudaEventCreate(&stop_));
  }
  ~Watch() {
    cudaEventDestroy(start_);
    cudaEventDestroy(stop_);
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  template <typename Queue>
  double seconds(Queue queue) {
    NNP_CUDA(cudaEventRecord(start_, stream_));
    queue();
    NNP_CUDA(cudaEventRecord(stop_, stream_));
    NNP_CUDA(cudaEventSynchronize(stop_));
    float milliseconds = 0;
    NNP_CUDA(cudaEventElapsedTime(&milliseconds, start_, stop_));
    return static_cast<double>(milliseconds) / 1e3;
  }

 private:
  cudaStream_t stream_;
  cudaEvent_t start_ = nullptr, stop_ = nullptr;
};

Kernel direct_kernel(const gpu::IntegerConvolution& c) {
  return {[c](cudaStream_t stream) { launch_direct(c, stream); }, "own int8, direct"};
}

/// The fastest tile on this GPU.
Kernel tensor_core_kernel(const Context& context, const gpu::IntegerConvolution& c) {
  const auto padding = std::make_shared<const Memory>(16);
  NNP_CUDA(cudaMemset(padding->get(), c.zero_x, padding->bytes()));
  Kernel best;
  float least = std::numeric_limits<float>::infinity();
  for (const IntegerTile tile : kIntegerTiles) {
    Launch launch = [c, tile, padding](cudaStream_t stream) {
      nnp::cuda::launch(c, tile, padding->address(), stream);
    };
    const float spent = milliseconds(context, launch);
    if (spent >= least) continue;
    least = spent;
    best = {std::move(launch), std::string("own int8, tensor cores, tile ") + to_string(tile)};
  }
  if (!best.launch) fail("IntegerConvolution", "no tile runs on this GPU");
  return best;
}

}  // namespace

Program::~Program() {
  if (graph_) cudaGraphExecDestroy(graph_);
}

void Program::add(const gpu::Convolution& c) { kernels_.push_back(prepare(context_, c)); }
void Program::add(const gpu::Product& p) { kernels_.push_back(prepare(context_, p)); }
void Program::add(const gpu::IntegerConvolution& c) {
  kernels_.push_back(fits_tensor_cores(c) ? tensor_core_kernel(context_, c) : direct_kernel(c));
}

template <typename Request>
void Program::add_own(const Request& request, const char* description) {
  kernels_.push_back({[request](cudaStream_t stream) { launch(request, stream); }, description});
}
void Program::add(const gpu::Pool& p) { add_own(p, "own pooling"); }
void Program::add(const gpu::Elementwise& e) { add_own(e, "own elementwise"); }
void Program::add(const gpu::Softmax& s) { add_own(s, "own softmax"); }
void Program::add(const gpu::LayerNormalization& l) { add_own(l, "own layer normalisation"); }
void Program::add(const gpu::Gather& g) { add_own(g, "own gather"); }
void Program::add(const gpu::LstmCell& l) { add_own(l, "own LSTM cell"); }

void Program::queue_all() const {
  for (const Kernel& kernel : kernels_) kernel.launch(context_.stream);
}

void Program::run() {
  queue_all();
  NNP_CUDA(cudaStreamSynchronize(context_.stream));
}

void Program::instantiate() {
  cudaGraph_t captured = nullptr;
  NNP_CUDA(cudaStreamBeginCapture(context_.stream, cudaStreamCaptureModeThreadLocal));
  try {
    queue_all();
  } catch (...) {
    cudaStreamEndCapture(context_.stream, &captured);
    throw;
  }
  NNP_CUDA(cudaStreamEndCapture(context_.stream, &captured));
  const cudaError_t status = cudaGraphInstantiate(&graph_, captured, 0);
  cudaGraphDestroy(captured);
  check(status, "cudaGraphInstantiate");
}

std::vector<double> Program::time(int warm_up, int repeats) {
  if (graph_) cudaGraphExecDestroy(graph_), graph_ = nullptr;
  run();  // libraries may load code at their first call, which no capture allows
  instantiate();
  const auto once = [&] { NNP_CUDA(cudaGraphLaunch(graph_, context_.stream)); };
  for (int i = 0; i < warm_up; ++i) once();
  Watch watch(context_.stream);
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) seconds.push_back(watch.seconds(once));
  return seconds;
}

std::vector<double> Program::time_each(int repeats) {
  Watch watch(context_.stream);
  std::vector<double> seconds;
  for (const Kernel& kernel : kernels_) {
    kernel.launch(context_.stream);
    const double all = watch.seconds([&] {
      for (int i = 0; i < repeats; ++i) kernel.launch(context_.stream);
    });
    seconds.push_back(all / repeats);
  }
  return seconds;
}

}  // namespace nnp::cuda
