// SPDX-License-Identifier: Apache-2.0
// Moves of elements of any type that oneDNN has, codes and reals alike: views with other strides, and one
// reorder.
#include "host_runtime/reference/onednn/network_run.h"

namespace nnp::reference::onednn {
namespace {

/// The elements at `first`, `steps` apart on each axis of `strides`, in the order of `shape`.
void set_from_view(NodeCall& call, const dnnl::memory& source, const dnnl::memory::dims& strides,
                   dnnl::memory::dim first) {
  const ir::ValueId id = call.node.outputs[0];
  const ir::Value& value = call.graph.values[id];
  const auto type = static_cast<dnnl::memory::data_type>(source.get_desc().data.data_type);
  const auto* elements =
      static_cast<const std::byte*>(source.get_data_handle()) +
      static_cast<std::ptrdiff_t>(first * static_cast<std::int64_t>(ir::size_of(value.type)));
  const dnnl::memory result = call.device.make(row_major(value.shape, type));
  const dnnl::memory view = call.device.over({value.shape, type, strides}, elements);
  call.device.run(dnnl::reorder(view, result), {{DNNL_ARG_FROM, view}, {DNNL_ARG_TO, result}});
  call.values.set(id, result);
}

}  // namespace

bool run_reshape(NodeCall& call) {
  call.values.set_reshaped(call.node.outputs[0], call.node.inputs[0]);
  return true;
}

bool run_transpose(NodeCall& call) {
  const auto& permutation = call.operands().attributes<ir::TransposeAttributes>().permutation;
  const dnnl::memory source = call.values.plain(call.node.inputs[0]);
  const dnnl::memory::dims strides = row_major_strides(source.get_desc().dims());
  if (permutation.size() != strides.size()) return false;
  dnnl::memory::dims turned;
  for (const std::int64_t axis : permutation) turned.push_back(strides[static_cast<std::size_t>(axis)]);
  set_from_view(call, source, turned, 0);
  return true;
}

bool run_slice(NodeCall& call) {
  const auto& slice = call.operands().attributes<ir::SliceAttributes>();
  const dnnl::memory source = call.values.plain(call.node.inputs[0]);
  dnnl::memory::dims strides = row_major_strides(source.get_desc().dims());
  if (slice.starts.size() != strides.size() || slice.steps.size() != strides.size()) return false;
  dnnl::memory::dim first = 0;
  for (std::size_t i = 0; i < strides.size(); ++i) {
    if (slice.steps[i] < 1) return false;
    first += slice.starts[i] * strides[i], strides[i] *= slice.steps[i];
  }
  set_from_view(call, source, strides, first);
  return true;
}

bool run_concat(NodeCall& call) {
  const std::int64_t axis = call.operands().attributes<ir::AxisAttributes>().axis,
                     rank = static_cast<std::int64_t>(call.result_shape().size());
  std::vector<dnnl::memory::desc> layouts;
  std::unordered_map<int, dnnl::memory> arguments;
  for (std::size_t i = 0; i < call.node.inputs.size(); ++i) {
    const dnnl::memory part = call.values.memory(call.node.inputs[i]);
    layouts.push_back(part.get_desc());
    arguments[DNNL_ARG_MULTIPLE_SRC + static_cast<int>(i)] = part;
  }
  const dnnl::concat::primitive_desc chosen(static_cast<int>(axis < 0 ? axis + rank : axis), layouts,
                                            call.device.engine);
  const dnnl::memory result = call.device.make(chosen.dst_desc());
  arguments[DNNL_ARG_DST] = result;
  call.device.run(dnnl::concat(chosen), arguments);
  call.values.set(call.node.outputs[0], result);
  return true;
}

}  // namespace nnp::reference::onednn
