// SPDX-License-Identifier: Apache-2.0
// Signal to quantisation noise over several tensors together.
#pragma once

#include "host_runtime/compare/comparison.h"

namespace nnp::compare {

/// Codes become real numbers by the value's QuantParams (one scale); other types by a cast.
ir::Tensor real_numbers(const ir::Tensor&, const ir::Value&);

/// As sqnr_db of comparison.h over all pairs as one long tensor. Throws std::runtime_error when counts or
/// shapes differ.
double sqnr_db(const std::vector<ir::Tensor>& reference, const std::vector<ir::Tensor>& x);

}  // namespace nnp::compare
