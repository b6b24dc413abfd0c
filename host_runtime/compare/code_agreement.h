// SPDX-License-Identifier: Apache-2.0
// How far the codes of another runner of the same integer graph are from the naive operators', layer by
// layer: each is fed with that runner's own input codes, so a difference shows at its own layer only.
#pragma once

#include "host_runtime/compare/code_distance.h"
#include "host_runtime/compare/comparison.h"
#include "host_runtime/compare/recurrent_steps.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::compare {

struct LayerAgreement {
  std::string layer, op;
  std::uint64_t compared = 0, exact = 0, beyond = 0;  // elements; beyond: more than allowed apart
  std::int64_t largest = 0;                           // difference, in steps of the layer's output codes
  std::int64_t allowed = kAllowedLsb;                 // the largest that an element is allowed
  std::string first_beyond;                           // the first such element in words
};

/// Values that a runner has to hand out to be judged: codes, and the floats that codes are made of.
std::vector<ir::ValueId> judged_values(const ir::Graph&);

/// Every node that makes codes. `theirs`, by value, holds the graph's inputs and judged_values. A runner that
/// works on binary32 between codes comes with `run_steps`: an RNN, GRU or LSTM is judged step by step
/// (recurrent_steps.h) within step_distances, all else within allowed_distances. One without it rounds as we
/// do: kAllowedLsb everywhere, sequences as they are.
std::vector<LayerAgreement> code_agreement(const ir::Graph&, const reference::Tensors& theirs,
                                           const std::string& their_name, const StepRunner& run_steps = {});

/// The same while the runner runs, of the values that its observer shows: those that are needed no more are
/// let go of.
class AgreementWatch {
 public:
  /// The graph must outlive it. `inputs` of the graph, in order.
  AgreementWatch(const ir::Graph&, const reference::Tensors& inputs, std::string their_name);
  void see(ir::ValueId, const ir::Tensor&);
  const std::vector<LayerAgreement>& layers() const { return layers_; }

 private:
  const ir::Graph& graph_;
  std::string their_name_;
  reference::ValueLifetimes lifetimes_;
  reference::Tensors values_;  // theirs, by value
  std::size_t node_ = 0;       // whose results are awaited
  std::size_t seen_ = 0;       // of them
  std::vector<LayerAgreement> layers_;
};

/// Adds the counts of a further run of the same graph.
void add_agreement(std::vector<LayerAgreement>& total, const std::vector<LayerAgreement>& more);

/// All layers together: failed where one element is beyond.
Comparison settle(const std::string& reference, const std::vector<LayerAgreement>&);

/// Between floats of two tensors of one size; 0 of others.
double largest_distance(const ir::Tensor&, const ir::Tensor&);
/// Of the graph's outputs, in order, each side on its own values: in steps of their last codes.
double outputs_apart(const ir::Graph&, const reference::Tensors& ours, const reference::Tensors& theirs);

}  // namespace nnp::compare
