// SPDX-License-Identifier: Apache-2.0
// Integer sums by oneDNN's int8 convolution and matmul.
#pragma once

#include "host_runtime/reference/naive/call.h"
#include "host_runtime/reference/onednn/device.h"

namespace nnp::reference::onednn {

ir::Tensor int8_conv_sums(Device&, const naive::Operands&);
ir::Tensor int8_product_sums(Device&, const naive::Operands&);  // Gemm, MatMul
ir::Tensor int8_lstm_sums(Device&, const naive::Operands&);

}  // namespace nnp::reference::onednn
