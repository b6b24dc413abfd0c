// SPDX-License-Identifier: Apache-2.0
// A graph in progress: values lie in the layout that the last primitive chose and become plain tensors only
// when somebody needs them so (an observer, an operator oneDNN does not run, a graph output).
#pragma once

#include "host_runtime/reference/onednn/device.h"
#include "host_runtime/reference/reference.h"

namespace nnp::reference::onednn {

class Values {
 public:
  Values(Device& device, const ir::Graph& graph, Tensors inputs);

  /// In whatever layout it has; of a type that oneDNN has.
  dnnl::memory memory(ir::ValueId);
  /// Row-major, and so it stays, with the value's shape, or seen with other dims of as many elements.
  dnnl::memory plain(ir::ValueId);
  dnnl::memory plain(ir::ValueId, const dnnl::memory::dims&);
  void set(ir::ValueId id, const dnnl::memory& result) { held_[id] = {result, result, false}; }
  /// The same elements in order with the value's own shape; moved only where they do not lie so.
  void set_reshaped(ir::ValueId id, ir::ValueId from);
  void set_reshaped(ir::ValueId id, const dnnl::memory& elements) {
    set_reshaped(id, {elements, elements, false});
  }

  /// All values as tensors; only those asked for by `settle` are up to date.
  Tensors& tensors() { return tensors_; }
  /// As a tensor; whoever asks for `memory` has it in its own layout all the same.
  const ir::Tensor& settle(ir::ValueId);
  /// To an observer: the elements as they lie, a tensor where it asks for one.
  void show(ir::ValueId, const compiler::FloatRunner::Observer&);
  void drop(ir::ValueId);

 private:
  struct Held {
    dnnl::memory seen, owner;  // the elements are the owner's
    bool settled = false;      // there is a tensor of them
  };
  void set_reshaped(ir::ValueId id, Held elements);
  const ir::Tensor& tensor(ir::ValueId) const;
  std::span<const float> elements(ir::ValueId);
  dnnl::memory::data_type type_of(ir::ValueId) const;

  Device& device_;
  const ir::Graph& graph_;
  Tensors tensors_;
  std::vector<std::optional<Held>> held_;  // a result not yet settled
};

}  // namespace nnp::reference::onednn
