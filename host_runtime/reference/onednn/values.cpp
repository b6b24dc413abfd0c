// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/onednn/values.h"

#include <fmt/format.h>

namespace nnp::reference::onednn {

Values::Values(Device& device, const ir::Graph& graph, Tensors inputs)
    : device_(device), graph_(graph), tensors_(std::move(inputs)), held_(graph.values.size()) {}

const ir::Tensor& Values::tensor(ir::ValueId id) const {
  const ir::Value& value = graph_.values[id];
  const ir::Tensor& found = value.constant ? *value.constant : tensors_[id];
  if (found.type() != value.type || found.shape() != value.shape ||
      found.bytes().size() != found.size() * ir::size_of(value.type))
    throw std::runtime_error(
        fmt::format("value '{}' has no tensor of its declared type and shape", value.name));
  return found;
}

dnnl::memory::data_type Values::type_of(ir::ValueId id) const {
  const ir::Value& value = graph_.values[id];
  if (const auto type = data_type(value.type)) return *type;
  throw std::runtime_error(
      fmt::format("value '{}' is {}, which oneDNN does not have", value.name, ir::to_string(value.type)));
}

dnnl::memory Values::memory(ir::ValueId id) {
  if (held_[id]) return held_[id]->seen;
  return device_.over(row_major(graph_.values[id].shape, type_of(id)), tensor(id).bytes().data());
}

dnnl::memory Values::plain(ir::ValueId id) { return plain(id, graph_.values[id].shape); }

dnnl::memory Values::plain(ir::ValueId id, const dnnl::memory::dims& dims) {
  const auto layout = row_major(graph_.values[id].shape, type_of(id));
  if (held_[id] && held_[id]->seen.get_desc() != layout) set(id, device_.in_layout(held_[id]->seen, layout));
  return device_.over(row_major(dims, type_of(id)), memory(id).get_data_handle());
}

void Values::set_reshaped(ir::ValueId id, ir::ValueId from) {
  if (held_[from]) return set_reshaped(id, *held_[from]);
  tensors_[id] = tensor(from);  // which may go before this does
  tensors_[id].reshape(graph_.values[id].shape);
}

void Values::set_reshaped(ir::ValueId id, Held elements) {
  const dnnl::memory::desc layout = elements.seen.get_desc();
  dnnl::memory::desc reshaped = layout.reshape(graph_.values[id].shape, /*allow_empty=*/true);
  if (reshaped.is_zero()) {
    elements.owner = elements.seen = device_.in_layout(elements.seen, row_major(layout.dims(), type_of(id)));
    reshaped = row_major(graph_.values[id].shape, type_of(id));
  }
  elements.seen = device_.over(reshaped, elements.seen.get_data_handle());
  elements.settled = false;
  held_[id] = std::move(elements);
}

const ir::Tensor& Values::settle(ir::ValueId id) {
  if (held_[id] && !held_[id]->settled) {
    const ir::Value& value = graph_.values[id];
    ir::Tensor settled(value.type, value.shape);
    dnnl::memory target = device_.over(row_major(value.shape, type_of(id)), settled.bytes().data());
    const dnnl::memory& source = held_[id]->seen;
    device_.run(dnnl::reorder(source, target), {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}});
    tensors_[id] = std::move(settled);
    held_[id]->settled = true;
  }
  return tensor(id);
}

/// Of an f32 value, each once, in whatever order: as held, where no padding lies between them.
std::span<const float> Values::elements(ir::ValueId id) {
  const auto count = static_cast<std::size_t>(ir::element_count(graph_.values[id].shape));
  if (held_[id] && held_[id]->seen.get_desc().get_size() == count * sizeof(float))
    return {static_cast<const float*>(held_[id]->seen.get_data_handle()), count};
  return settle(id).data<float>();
}

void Values::show(ir::ValueId id, const compiler::FloatRunner::Observer& observer) {
  if (observer.see) observer.see(id, settle(id));
  if (observer.see_elements && graph_.values[id].type == ir::DType::f32)
    observer.see_elements(id, elements(id));
}

void Values::drop(ir::ValueId id) {
  held_[id].reset();
  tensors_[id] = {};
}

}  // namespace nnp::reference::onednn
