// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/gpu/network_program.h"

#include <stdexcept>

#include "host_runtime/reference/gpu/lower_blocks.h"

namespace nnp::gpu {

const char* to_string(NetworkPrecision precision) {
  switch (precision) {
    case NetworkPrecision::int8:
      return "int8";
    case NetworkPrecision::bf16:
      return "bf16";
    case NetworkPrecision::fp16:
      return "fp16";
    case NetworkPrecision::tf32:
      return "tf32";
    case NetworkPrecision::fp32:
      break;
  }
  return "fp32";
}

namespace {

/// fp32 has no tensor cores to fill.
std::int64_t image_channels(const ir::Graph& graph, ir::ValueId id, NetworkPrecision precision) {
  return precision == NetworkPrecision::fp32 ? graph.values[id].shape[1] : channels_for_blocks(graph, id);
}

}  // namespace

NetworkProgram::NetworkProgram(Gpu& gpu, const ir::Graph& graph, NetworkPrecision precision, Fusions fusions)
    : values_(std::make_unique<NetworkValues>(gpu, graph, precision)),
      program_(gpu.program()),
      inputs_(graph.inputs),
      outputs_(graph.outputs) {
  // Images come with channels last, and in as many as the first layer likes: a user of a GPU keeps them so.
  for (const ir::ValueId id : inputs_) {
    const ir::Value& input = graph.values[id];
    values_->set(id, input.shape.size() == 4
                         ? values_->make_images(input, image_channels(graph, id, precision))
                         : values_->make(input, false));
  }
  Lowering(graph, *values_, *program_, steps_, fusions).run();
  std::vector<std::uint64_t> passes(graph.values.size(), 0);
  for (const ir::Node& node : graph.nodes) {
    for (const ir::ValueId id : node.inputs)
      if (id != ir::kNoValue) ++passes[id];
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) ++passes[id];
  }
  for (std::size_t id = 0; id < graph.values.size(); ++id)
    if (!graph.values[id].constant && values_->find(static_cast<ir::ValueId>(id)))
      activation_bytes_ += passes[id] * values_->find(static_cast<ir::ValueId>(id))->bytes();
}

NetworkProgram::~NetworkProgram() = default;

void NetworkProgram::set_inputs(const std::vector<ir::Tensor>& tensors) {
  if (tensors.size() != inputs_.size()) throw std::runtime_error("a network's inputs must all be given");
  for (std::size_t i = 0; i < tensors.size(); ++i) values_->set_input(inputs_[i], tensors[i]);
}

std::vector<ir::Tensor> NetworkProgram::outputs() const {
  std::vector<ir::Tensor> tensors;
  for (const ir::ValueId id : outputs_) tensors.push_back(values_->download(id));
  return tensors;
}

std::optional<ir::Tensor> NetworkProgram::value(ir::ValueId id) const {
  if (!values_->find(id)) return std::nullopt;
  return values_->download(id);
}

std::uint64_t NetworkProgram::weight_bytes() const { return values_->weight_bytes(); }
std::uint64_t NetworkProgram::activation_bytes() const { return activation_bytes_; }

std::uint64_t NetworkProgram::input_bytes() const {
  std::uint64_t bytes = 0;
  for (const ir::ValueId id : inputs_) bytes += values_->find(id)->bytes();
  return bytes;
}
std::uint64_t NetworkProgram::output_bytes() const {
  std::uint64_t bytes = 0;
  for (const ir::ValueId id : outputs_) bytes += values_->find(id)->bytes();
  return bytes;
}

}  // namespace nnp::gpu
