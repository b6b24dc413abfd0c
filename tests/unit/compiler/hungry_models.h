// SPDX-License-Identifier: Apache-2.0
// Small ONNX files that ask for much: sound by every check, but long or large to import.
#pragma once

#include <string>

namespace nnp::test {

/// Folds to `count` different constants of 4 Mi elements, 32 MiB each.
std::string many_large_constants(int count);

/// Folds to a chain of `count` transposed constants of 4 MiB, each some hundredths of a second of work.
std::string long_constant_chain(int count);

/// A ConvTranspose whose weights, a computed value, have one axis: ONNX's shape inference (1.12) reads behind
/// it and crashes.
std::string crashing_inference();

/// Graphs in attributes of nodes of graphs, `depth` of them.
std::string nested_graphs(int depth);

}  // namespace nnp::test
