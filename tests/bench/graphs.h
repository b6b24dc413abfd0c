// SPDX-License-Identifier: Apache-2.0
// Networks of one kind of layer, as long as is asked for.
#pragma once

#include "compiler/ir/graph.h"

namespace nnp::bench {

/// `layers` products of a vector of `width` by square matrices.
ir::Graph chain_of_products(std::int64_t layers, std::int64_t width);
/// `layers` convolutions, 3x3 with padding, of `channels` channels of 14x14.
ir::Graph chain_of_convolutions(std::int64_t layers, std::int64_t channels);

}  // namespace nnp::bench
