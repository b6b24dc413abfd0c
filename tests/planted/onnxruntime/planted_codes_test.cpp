// SPDX-License-Identifier: Apache-2.0
// Rung: the test of a test. This program is linked with one faulty source file of the naive integers
// (plant.cmake); ONNX Runtime, which shares nothing with them, must find the fault in the layer that has it,
// by the words that the plant names. Skipped with the reason where it is not installed.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "compiler/compile.h"
#include "host_runtime/cli/onnxruntime_check.h"
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"
#include "host_runtime/reference/reference.h"
#include "tests/support/random_network.h"

namespace nnp::test {

/// In the planted source file: the name of the fault, and words of the verdict that finds it.
const char* planted_fault();
const char* planted_observation();

namespace {

TEST(PlantedFault, IsFoundByOnnxRuntimeInItsLayer) {
  if (const auto reason = reference::OnnxRuntime::missing()) GTEST_SKIP() << *reason;
  NetworkBuilder b(1);
  const ir::ValueId x = b.input({3, 2, 8}, ir::DType::s16);
  b.output(b.gemm(b.lstm(x, 6), 5));
  const ir::Graph graph = b.take();
  const std::vector<ir::Tensor> inputs = compiler::random_inputs(graph, 1);
  const compare::Comparison verdict =
      cli::check_codes(graph, {inputs}, {reference::Naive().run(graph, inputs)}).summary;
  fmt::print("{} is found: {}\n", planted_fault(), verdict.reason);
  EXPECT_EQ(verdict.status, compare::Status::failed) << planted_fault() << " passes unseen";
  EXPECT_NE(verdict.reason.find("(LSTM): "), std::string::npos) << verdict.reason;
  EXPECT_NE(verdict.reason.find(planted_observation()), std::string::npos) << verdict.reason;
}

}  // namespace
}  // namespace nnp::test
