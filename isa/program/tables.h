// SPDX-License-Identifier: Apache-2.0
// Do the tables of a program meet? Whoever runs a program may index without looking once this list is empty.
#pragma once

#include <string>
#include <vector>

#include "isa/program/program.h"

namespace nnp::isa {

/// One sentence a fault, at most `limit`: layers and tags out of range, launches past the stream, images past
/// device memory, tensors past host memory or smaller than their shape, layer names that come twice.
std::vector<std::string> check_tables(const Program&, std::size_t limit = 20);

}  // namespace nnp::isa
