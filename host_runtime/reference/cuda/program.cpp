// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/cuda/program.h"

#include <memory>

#include "host_runtime/reference/cuda/convolution.h"
#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/lstm.h"
#include "host_runtime/reference/cuda/product.h"
#include "host_runtime/reference/cuda/recording.h"

namespace nnp::cuda {
namespace {

Kernel direct_kernel(const gpu::IntegerConvolution& c) {
  if (fits_depthwise(c))
    return {[c](cudaStream_t stream) { launch_depthwise(c, stream); }, "own int8, depthwise"};
  return {[c](cudaStream_t stream) { launch_direct(c, stream); }, "own int8, direct"};
}

/// The fastest tile on this GPU.
Kernel tensor_core_kernel(const Context& context, const gpu::IntegerConvolution& c) {
  Kernel best;
  double least = std::numeric_limits<double>::infinity();
  for (const IntegerTile tile : kIntegerTiles) {
    if (!runs_here(tile)) continue;
    Launch launch = [c, tile](cudaStream_t stream) { nnp::cuda::launch(c, tile, stream); };
    const double spent = seconds_of(context, launch);
    if (spent >= least) continue;
    least = spent;
    best = {std::move(launch), std::string("own int8, ") + to_string(tile)};
  }
  if (!best.launch) fail("IntegerConvolution", "no tile runs on this GPU");
  return best;
}

}  // namespace

void Program::add(const gpu::Convolution& c) { kernels_.push_back(prepare(context_, c)); }
void Program::add(const gpu::Lstm& l) { kernels_.push_back(prepare(context_, l)); }
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

void Program::queue_all() const {
  for (const Kernel& kernel : kernels_) kernel.launch(context_.stream);
}

void Program::run() {
  queue_all();
  NNP_CUDA(cudaStreamSynchronize(context_.stream));
}

std::vector<double> Program::time(int warm_up, int repeats) {
  run();
  const Recording recording(context_.stream, [&] { queue_all(); });
  for (int i = 0; i < warm_up; ++i) recording.launch();
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) seconds.push_back(recording.seconds());
  return seconds;
}

std::vector<double> Program::time_each(int repeats) {
  std::vector<double> seconds;
  for (const Kernel& kernel : kernels_) seconds.push_back(seconds_of(context_, kernel.launch, repeats));
  return seconds;
}

}  // namespace nnp::cuda
