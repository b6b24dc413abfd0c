// SPDX-License-Identifier: Apache-2.0
// The int32 sums of integer layers by oneDNN's convolution and matmul: int8 kernels where the host's are
// exact, float32 kernels elsewhere.
#pragma once

#include "host_runtime/reference/naive/call.h"
#include "host_runtime/reference/onednn/device.h"

namespace nnp::reference::onednn {

ir::Tensor integer_conv_sums(Device&, const naive::Operands&);
ir::Tensor integer_product_sums(Device&, const naive::Operands&);  // Gemm, MatMul
ir::Tensor integer_recurrent_sums(Device&, const naive::Operands&);

}  // namespace nnp::reference::onednn
