// SPDX-License-Identifier: Apache-2.0
// The CUDA part is a library of its own, looked for when it is asked for: nnpsim builds and starts without
// it.
#pragma once

#include <memory>
#include <string>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::gpu {

/// What the library exports: the GPU, or nullptr and a reason, cut to `reason_bytes` with its end; and the
/// kInterface it was built with.
using OpenFunction = Gpu*(char* reason, std::size_t reason_bytes);
using InterfaceFunction = int();
inline constexpr const char* kOpenName = "nnpsim_open_cuda";
inline constexpr const char* kInterfaceName = "nnpsim_cuda_interface";

/// This machine's GPU, by the library that $NNPSIM_CUDA_LIBRARY names, else by libnnpsim_cuda.so beside the
/// program or in the folder it was built in. nullptr with the reason where there is none: "no CUDA device".
std::unique_ptr<Gpu> open_cuda(std::string& reason);

}  // namespace nnp::gpu
