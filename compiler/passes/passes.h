// SPDX-License-Identifier: Apache-2.0
// The passes, in the order `optimise` runs them. Each keeps verify(graph) empty.
#pragma once

#include <functional>

#include "compiler/ir/graph.h"
#include "isa/arch/arch_spec.h"

namespace nnp::compiler {

void fold_constants(ir::Graph&);   // nodes of constants only; also Identity, and chains of Reshape-like nodes
void gather_to_slice(ir::Graph&);  // Gather with constant indices in equal steps
void drop_repeated_quantisation(ir::Graph&);      // a QuantizeLinear, DequantizeLinear that changes nothing
void recognise_activations(ir::Graph&);           // SiLU, HardSwish, GELU written as several nodes
void recognise_layer_normalization(ir::Graph&);   // LayerNormalization written as several nodes
void split_normalization_statistics(ir::Graph&);  // mean and deviation of a LayerNormalization: own nodes
void expand_reductions(ir::Graph&);               // ReduceL2, ReduceLogSum, ReduceLogSumExp by others
void fuse_softmax_mask(ir::Graph&);               // Add(x, constant) + Softmax -> Softmax(x, mask)
void fold_batch_normalization(ir::Graph&);        // into the Conv, ConvTranspose or Gemm before it
void canonicalise_matmul(ir::Graph&);  // MatMul / Gemm with constant right side: Gemm, alpha = beta = 1, b
                                       // [K, N], bias [N]; MatMul + Add(bias) too
void flatten_into_conv(ir::Graph&);  // Flatten/Reshape([N, C*H*W]) + Gemm -> Conv with an H x W kernel, then
                                     // Flatten: channels-last needs it
void fuse_activations(
    ir::Graph&);  // Relu, Clip into the clamp of the Conv, Gemm or Add before them, when it has one use
void batch_normalization_to_conv(ir::Graph&);  // what is left of them: a depthwise Conv
void conv_transpose_to_conv(ir::Graph&);       // ConvTranspose -> Conv of all phases, and moves
void global_pool_to_average(ir::Graph&);       // GlobalAveragePool -> AveragePool over the whole image
void canonicalise_products(ir::Graph&);  // MatMul of activations: [batch, M, K] [batch, K, N], or the right
                                         // side transposed, by its flag
void plain_layout(
    ir::Graph&);  // values of rank 4 that are no images: rank 5, which the device stores in order
void remove_dead_nodes(ir::Graph&);

/// All of the above, in order.
void optimise(ir::Graph&);

/// For a precision of real numbers, in place of quantisation: MatMuls take what the array has (a batch in one
/// axis, a Transpose before the right side as a flag); for bf16 what the chip has an operation for works on
/// bf16, with Cast nodes where floats remain.
ir::Graph lower_to_real(const ir::Graph& optimised, isa::Precision);

/// The part of it for bf16, of those float nodes that `wanted` says.
void lower_to_bf16(ir::Graph&, const std::function<bool(const ir::Node&)>& wanted);

/// DequantizeLinear (or a Cast to float) with a QuantizeLinear or Cast behind it: one Cast.
void join_casts(ir::Graph&);

/// After quantisation: sets Node::on_host. A node runs on the chip when its operator, types and shapes are
/// ones codegen has.
/// What only renames a value of the host, or a result that nobody on the chip reads and that would be a copy
/// there, is the host's.
void partition(ir::Graph&, isa::Precision = isa::Precision::int8);

/// The same for layers of several precisions: the types of a node's values say which is its own; those of
/// floats run on the chip where `on_floats` says so.
void partition_mixed(ir::Graph&, const std::function<bool(const ir::Node&)>& on_floats);

}  // namespace nnp::compiler
