// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::gpu {

/// A Gpu of plain loops in host memory: what gpu.h says, in float32 and in the order of its formulas. An
/// Address is a pointer. It takes every request and is fast at none; `tf32` changes nothing.
std::unique_ptr<Gpu> loops_gpu();

}  // namespace nnp::gpu
