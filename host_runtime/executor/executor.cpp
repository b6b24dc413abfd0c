// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/executor/executor.h"

#include <fmt/format.h>

#include <cstring>

#include "compiler/tiling/layout.h"
#include "host_runtime/executor/stream_bytes.h"
#include "host_runtime/reference/reference.h"

namespace nnp::executor {

Executor::Executor(device::Device& device, const isa::Program& program, const ir::Graph& graph)
    : device_(device), program_(program), graph_(graph) {
  if (isa::hash(device.arch()) != program.arch_hash)
    throw std::runtime_error(fmt::format(
        "the program was compiled for chip {} (architecture {:016x}); this chip's architecture is {:016x}",
        program.chip, program.arch_hash, isa::hash(device.arch())));
  if (program.layers.size() != graph.nodes.size())
    throw std::runtime_error(fmt::format("the program has {} layers, its graph {} nodes",
                                         program.layers.size(), graph.nodes.size()));
  for (std::size_t id = 0; id < graph.values.size(); ++id)
    value_by_name_[graph.values[id].name] = static_cast<ir::ValueId>(id);
}

void Executor::load() {
  loaded_ = true;
  const std::vector<std::uint8_t> stream = stream_bytes(program_);
  device_.allocate_device_memory(program_.device_bytes);
  device_.load_constants(program_.constants);
  stream_in_host_ = round_up<Address>(program_.host_bytes, 64);
  host_ = device_.map_host_memory(stream_in_host_ + (device_.fetches_from_host() ? stream.size() : 0));
  if (device_.fetches_from_host())
    std::copy(stream.begin(), stream.end(), host_.begin() + static_cast<std::ptrdiff_t>(stream_in_host_));
  else
    device_.write_device_memory(program_.instruction_address, stream);
}

Inference Executor::run(const std::vector<ir::Tensor>& inputs, const ExecutorOptions& options) {
  if (inputs.size() != graph_.inputs.size())
    throw std::runtime_error(
        fmt::format("{} inputs for a network of {}", inputs.size(), graph_.inputs.size()));
  if (!loaded_) load();
  Inference result;
  if (options.accumulators && options.values) collect_accumulators(result.accumulators);
  reference::Tensors values(graph_.values.size());  // constants stay in the graph
  for (std::size_t i = 0; i < inputs.size(); ++i) values[graph_.inputs[i]] = inputs[i];
  device_.begin_inference();
  std::size_t launch = 0;
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (graph_.nodes[i].on_host) {
      if (options.values) reference::run_node(graph_, graph_.nodes[i], values);
    } else if (i == 0 || graph_.nodes[i - 1].on_host) {
      run_launch(launch++, values, options.values);
    }
  }
  device_.set_accumulator_tap(nullptr);
  result.statistics = device_.statistics();
  for (const ir::ValueId id : graph_.outputs) {
    const auto& constant = graph_.values[id].constant;
    result.outputs.push_back(constant && options.values ? *constant : std::move(values[id]));
  }
  return result;
}

void Executor::run_launch(std::size_t index, std::vector<ir::Tensor>& values, bool with_values) {
  const isa::Launch& launch = program_.launches.at(index);
  const auto value = [this](const isa::HostTensor& tensor) {
    const auto found = value_by_name_.find(tensor.value);
    if (found == value_by_name_.end())
      throw std::runtime_error("the program moves a value that its graph does not have: " + tensor.value);
    return found->second;
  };
  if (with_values)
    for (const isa::HostTensor& tensor : launch.inputs) {
      const ir::ValueId id = value(tensor);
      const auto& constant = graph_.values[id].constant;
      const auto bytes = compiler::to_device_layout(constant ? *constant : values[id], tensor.pixel_bytes);
      std::copy(bytes.begin(), bytes.end(), host_.begin() + static_cast<std::ptrdiff_t>(tensor.host_address));
    }
  const Address offset = Address{launch.first_instruction} * isa::kInstructionBytes;
  const Address stream =
      (device_.fetches_from_host() ? stream_in_host_ : program_.instruction_address) + offset;
  device_.ring_doorbell({stream, launch.instruction_count, launch.first_instruction, launch.initial_tokens,
                         program_.sub_batch != 0});
  device_.wait_for_interrupt();
  if (with_values)
    for (const isa::HostTensor& tensor : launch.outputs) {
      const ir::ValueId id = value(tensor);
      values[id] = compiler::from_device_layout(host_.subspan(tensor.host_address, tensor.bytes),
                                                tensor.shape, graph_.values[id].type, tensor.pixel_bytes);
    }
}

/// Rows [m][n] of each layer, put together from its tiles.
void Executor::collect_accumulators(std::map<std::string, ir::Tensor>& into) {
  std::vector<std::pair<std::int64_t, std::int64_t>> extent(program_.layers.size());
  for (const isa::TileInfo& tile : program_.tiles) {
    auto& [m, n] = extent.at(tile.layer);
    m = std::max<std::int64_t>(m, std::int64_t{tile.m0} + tile.m),
    n = std::max<std::int64_t>(n, std::int64_t{tile.n0} + tile.n);
  }
  std::vector<ir::Tensor*> tensors(extent.size(), nullptr);
  for (std::size_t layer = 0; layer < extent.size(); ++layer)
    if (extent[layer].first > 0)
      tensors[layer] = &(into[program_.layers[layer].name] =
                             ir::Tensor(ir::DType::i32, {extent[layer].first, extent[layer].second}));
  device_.set_accumulator_tap([this, tensors](const device::AccumulatorView& view) {
    const isa::TileInfo& tile = program_.tiles.at(view.tag);
    if (view.m > tile.m || view.n > tile.n)
      throw isa::FileError(fmt::format("tile {} has {} x {} sums, and the program drains {} x {}", view.tag,
                                       tile.m, tile.n, view.m, view.n));
    ir::Tensor& tensor = *tensors[tile.layer];
    const auto columns = static_cast<std::size_t>(tensor.shape()[1]);
    const ir::DType type = view.real ? ir::DType::f32 : ir::DType::i32;
    if (tensor.type() != type) tensor = ir::Tensor(type, tensor.shape());
    for (std::size_t i = 0; i < view.m; ++i)
      std::memcpy(tensor.bytes().data() + ((tile.m0 + i) * columns + tile.n0) * sizeof(std::int32_t),
                  view.rows + i * view.row_stride, view.n * sizeof(std::int32_t));
  });
}

}  // namespace nnp::executor
