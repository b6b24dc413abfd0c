// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/gpu_bench/batched_network.h"

#include <algorithm>
#include <stdexcept>

namespace nnp::gpu_bench {
namespace {

constexpr unsigned kCalibrationRuns = 2;

compiler::CompileRequest request_for(const NetworkSource& source, std::int64_t batch, bool integers) {
  compiler::CompileRequest request;
  request.model = source.file, request.network = source.name, request.import = source.import;
  request.import.batch = batch;
  request.importer = source.importer;
  request.precision = integers ? isa::Precision::int8 : isa::Precision::fp32;
  request.seed = source.seed, request.calibration_runs = kCalibrationRuns;
  return request;
}

/// Answers for a batched graph with what the same graph at batch 1 shows: its values are the same ones.
class SmallerRunner : public compiler::FloatRunner {
 public:
  SmallerRunner(const ir::Graph& graph, std::uint64_t seed, compiler::FloatRunner& runner)
      : graph_(graph), seed_(seed), runner_(runner) {}
  std::vector<ir::Tensor> run(const ir::Graph& batched, const std::vector<ir::Tensor>&,
                              const Observer& observer) override {
    if (batched.values.size() != graph_.values.size() || batched.nodes.size() != graph_.nodes.size())
      throw std::runtime_error("the network is another one at this batch");
    const auto inputs = compiler::random_inputs(graph_, seed_ + 1000 + runs_++ % kCalibrationRuns);
    for (std::size_t i = 0; i < inputs.size(); ++i) observer.show(graph_.inputs[i], inputs[i]);
    return runner_.run(graph_, inputs, observer);
  }

 private:
  const ir::Graph& graph_;
  std::uint64_t seed_;
  compiler::FloatRunner& runner_;
  unsigned runs_ = 0;
};

/// Zeros, which every range holds: SmallerRunner has inputs of its own.
std::vector<std::vector<ir::Tensor>> placeholders(const ir::Graph& graph) {
  std::vector<ir::Tensor> zeros;
  for (const ir::ValueId id : graph.inputs) zeros.emplace_back(graph.values[id].type, graph.values[id].shape);
  return std::vector<std::vector<ir::Tensor>>(kCalibrationRuns, zeros);
}

}  // namespace

OneInference::OneInference(const NetworkSource& source, bool integers, compiler::FloatRunner& runner)
    : runner_(runner), network_(compiler::quantize_network(request_for(source, 1, integers), runner)) {}

reference::Tensors OneInference::answers(bool integers, const reference::Tensors& inputs) const {
  if (!integers) return runner_.run(network_.optimised, inputs, {});
  return reference::Naive().run(network_.quantised, inputs);
}

BatchedNetwork::BatchedNetwork(const NetworkSource& source, std::int64_t batch, bool integers,
                               const OneInference& one) {
  SmallerRunner runner(one.real(), source.seed, one.runner_);
  compiler::CompileRequest request = request_for(source, batch, integers);
  request.calibrate_on = placeholders;
  network_ = compiler::quantize_network(request, runner);
  inputs_ = compiler::random_inputs(network_.optimised, source.seed);
}

reference::Tensors BatchedNetwork::first_inputs(const OneInference& one) const {
  reference::Tensors first;
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    first.push_back(first_part(inputs_[i], one.real().values[one.real().inputs[i]].shape));
  return first;
}

reference::Tensors BatchedNetwork::first_outputs(const OneInference& one,
                                                 const reference::Tensors& outputs) const {
  reference::Tensors first;
  for (std::size_t i = 0; i < outputs.size(); ++i)
    first.push_back(first_part(outputs[i], one.real().values[one.real().outputs.at(i)].shape));
  return first;
}

ir::Tensor first_part(const ir::Tensor& whole, const ir::Shape& shape) {
  if (whole.shape() == shape) return whole;
  std::size_t axis = 0, differing = 0;
  for (std::size_t i = 0; i < shape.size() && whole.shape().size() == shape.size(); ++i)
    if (shape[i] != whole.shape()[i]) axis = i, ++differing;
  if (differing != 1 || shape[axis] > whole.shape()[axis])
    throw std::runtime_error("a batch must lie along one axis");
  ir::Tensor part(whole.type(), shape);
  const auto bytes_behind = [&](const ir::Shape& of) {
    std::size_t bytes = ir::size_of(whole.type());
    for (std::size_t i = axis; i < of.size(); ++i) bytes *= static_cast<std::size_t>(of[i]);
    return bytes;
  };
  const std::size_t to = bytes_behind(shape), from = bytes_behind(whole.shape());
  for (std::size_t at = 0, row = 0; at < part.bytes().size(); at += to, ++row)
    std::copy_n(whole.bytes().begin() + static_cast<std::ptrdiff_t>(row * from), to,
                part.bytes().begin() + static_cast<std::ptrdiff_t>(at));
  return part;
}

}  // namespace nnp::gpu_bench
