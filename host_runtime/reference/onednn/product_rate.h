// SPDX-License-Identifier: Apache-2.0
// The processor's speed in a large float32 product, a ceiling for what networks do on it.
#pragma once

namespace nnp::reference::onednn {

struct Device;
inline constexpr int kProductSize = 1024;  // M = N = K

/// Operations a second, two a MAC: the best of seven runs, on as many threads as OpenMP has now.
double product_operations_per_s(Device&);

}  // namespace nnp::reference::onednn
