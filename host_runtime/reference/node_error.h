// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>

namespace nnp::reference {

/// A node that cannot be computed as it stands, or not with these values (an index outside its axis): names
/// node, operator, value and what is allowed.
struct NodeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace nnp::reference
