// SPDX-License-Identifier: Apache-2.0
// What the frontend leaves to the host, the naive reference runs.
#include <gtest/gtest.h>

#include "compiler/frontend/operator_table.h"
#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp {
namespace {

TEST(HostOperators, EachHasAFunctionInTheReference) {
  for (const std::string& op : compiler::host_operators())
    EXPECT_NE(reference::naive::find_onnx_function(op), nullptr) << op;
}

}  // namespace
}  // namespace nnp
