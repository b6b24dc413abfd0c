// SPDX-License-Identifier: Apache-2.0
// How a whole network is mapped: first how many inferences of its batch go together, then each layer.
#pragma once

#include "compiler/mapping/search.h"

namespace nnp::compiler {

/// The mapping that `fixed` begins: what it says stays, everything else is searched. Where it neither says
/// how many inferences go together nor cuts a layer, that number is chosen by prediction: of the divisors of
/// the batch that one for which all Convs, Gemms and MatMuls, and the traffic to device memory of all other
/// layers, are predicted to take the fewest cycles. From the largest on down to the first part of which no
/// more layers work on device memory than of a single inference: smaller ones would only fetch weights more
/// often.
Mapping map_network(const ir::Graph& scheduled, const isa::ArchSpec&, const CodegenOptions& fixed,
                    const SearchOptions&);

}  // namespace nnp::compiler
