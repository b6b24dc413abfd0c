// SPDX-License-Identifier: Apache-2.0
// The kernel sets there are, one per source file. Only dispatch.cpp chooses among them.
#pragma once

#include "isa/numerics/numerics.h"

namespace nnp::numerics {

extern const Kernels kScalarKernels;

}  // namespace nnp::numerics
