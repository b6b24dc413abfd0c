// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/gpu_judge/gpu_network.h"

#include <fmt/format.h>

#include "host_runtime/reference/gpu/network_program.h"

namespace nnp::reference {
namespace {

void refuse_cells(const ir::Graph& graph) {
  for (const ir::Node& node : graph.nodes)
    if (node.op == ir::Op::lstm)
      throw gpu::UnsupportedOperator(
          fmt::format("node '{}' ({}): the GPU runtime does not show the cell state of each step", node.name,
                      ir::operator_name(node)));
}

std::unique_ptr<gpu::NetworkProgram> make_program(gpu::Gpu& gpu, const ir::Graph& graph) {
  return std::make_unique<gpu::NetworkProgram>(gpu, graph, gpu::NetworkPrecision::fp32, gpu::Fusions::none);
}

Tensors run_program(gpu::NetworkProgram& program, const ir::Graph& graph, const Tensors& inputs,
                    const GpuNetwork::Observer& observer) {
  program.set_inputs(inputs);
  program.program().run();
  if (observer.see || observer.see_elements)
    for (const ir::Node& node : graph.nodes)
      for (const ir::ValueId id : node.outputs)
        if (id != ir::kNoValue) observer.show(id, program.value(id).value());
  Tensors outputs;
  for (const ir::ValueId id : graph.outputs)
    outputs.push_back(graph.values[id].constant ? *graph.values[id].constant : program.value(id).value());
  return outputs;
}

}  // namespace

GpuNetwork::GpuNetwork(gpu::Gpu& gpu, bool keep_program) : gpu_(gpu), keep_program_(keep_program) {}
GpuNetwork::~GpuNetwork() = default;

Tensors GpuNetwork::run(const ir::Graph& graph, const Tensors& inputs, const Observer& observer) {
  if (observer.see_cell) refuse_cells(graph);
  if (!keep_program_) return run_program(*make_program(gpu_, graph), graph, inputs, observer);
  if (graph_ != &graph) {
    graph_ = nullptr, program_.reset();  // its memory is free for the next one
    program_ = make_program(gpu_, graph);
    graph_ = &graph;
  }
  return run_program(*program_, graph, inputs, observer);
}

}  // namespace nnp::reference
