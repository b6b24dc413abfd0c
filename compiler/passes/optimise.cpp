// SPDX-License-Identifier: Apache-2.0
// The order of the passes.
#include "compiler/passes/passes.h"

namespace nnp::compiler {

void optimise(ir::Graph& graph) {
  fold_constants(graph);
  drop_repeated_quantisation(graph);
  gather_to_slice(graph);
  recognise_activations(graph);
  recognise_layer_normalization(graph);
  split_normalization_statistics(graph);
  expand_reductions(graph);
  fuse_softmax_mask(graph);
  fold_batch_normalization(graph);
  batch_normalization_to_conv(graph);
  conv_transpose_to_conv(graph);
  canonicalise_matmul(graph);
  flatten_into_conv(graph);
  fuse_activations(graph);
  global_pool_to_average(graph);
  plain_layout(graph);
  canonicalise_products(graph);
  fold_constants(graph);  // again: the passes between leave Reshapes and Transposes that cancel
  remove_dead_nodes(graph);
}

}  // namespace nnp::compiler
