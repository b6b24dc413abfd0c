// SPDX-License-Identifier: Apache-2.0
// ONNX's own node tests (Debian: libonnx-testdata) on the host: none gives a wrong result, and every case of
// the operators that networks for inference are made of is taken.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "host_runtime/conformance/conformance.h"

namespace nnp {
namespace {

using conformance::Outcome;

constexpr const char* kFolder = "/usr/share/libonnx-testdata/data/node";

/// Training variants (Dropout, BatchNormalization) apart, which are refused.
constexpr const char* kComplete[] = {"Abs",
                                     "Add",
                                     "AveragePool",
                                     "Ceil",
                                     "Clip",
                                     "Concat",
                                     "Conv",
                                     "ConvTranspose",
                                     "Div",
                                     "Elu",
                                     "Erf",
                                     "Exp",
                                     "Expand",
                                     "Flatten",
                                     "Floor",
                                     "GRU",
                                     "Gather",
                                     "Gemm",
                                     "GlobalAveragePool",
                                     "HardSigmoid",
                                     "HardSwish",
                                     "InstanceNormalization",
                                     "LRN",
                                     "LSTM",
                                     "LayerNormalization",
                                     "LeakyRelu",
                                     "Log",
                                     "LogSoftmax",
                                     "MatMul",
                                     "Max",
                                     "MaxPool",
                                     "Mean",
                                     "Min",
                                     "Mul",
                                     "Neg",
                                     "PRelu",
                                     "Pad",
                                     "Pow",
                                     "RNN",
                                     "Reciprocal",
                                     "ReduceL1",
                                     "ReduceL2",
                                     "ReduceLogSum",
                                     "ReduceLogSumExp",
                                     "ReduceMax",
                                     "ReduceMean",
                                     "ReduceMin",
                                     "ReduceProd",
                                     "ReduceSum",
                                     "ReduceSumSquare",
                                     "Relu",
                                     "Reshape",
                                     "Resize",
                                     "Round",
                                     "Selu",
                                     "Shape",
                                     "Sigmoid",
                                     "Sign",
                                     "Slice",
                                     "Softmax",
                                     "Softplus",
                                     "Softsign",
                                     "Split",
                                     "Sqrt",
                                     "Squeeze",
                                     "Sub",
                                     "Sum",
                                     "Tanh",
                                     "ThresholdedRelu",
                                     "Tile",
                                     "Transpose",
                                     "Unsqueeze",
                                     "Upsample",
                                     "Where"};

TEST(OnnxCases, NoneFailsAndTheOperatorsOfInferenceAreComplete) {
  if (!std::filesystem::exists(kFolder)) GTEST_SKIP() << kFolder << " is missing: install libonnx-testdata";
  const auto backend = conformance::make_host_backend();
  std::size_t right = 0;
  for (const auto& folder : conformance::find_cases(kFolder, "")) {
    const auto result = conformance::run_case_apart(folder, *backend, 20);
    const auto reproduce = fmt::format("nnpsim conformance {}", folder.string());
    EXPECT_NE(result.outcome, Outcome::failed) << result.name << ": " << result.reason << "\n" << reproduce;
    right += result.outcome == Outcome::on_host;
    const bool complete = result.operators.size() == 1 &&
                          std::ranges::find(kComplete, result.operators[0], [](const char* name) {
                            return std::string(name);
                          }) != std::end(kComplete);
    if (complete)
      EXPECT_EQ(result.outcome, Outcome::on_host) << result.name << ": " << result.reason << "\n"
                                                  << reproduce;
  }
  EXPECT_GE(right, 600u);
}

}  // namespace
}  // namespace nnp
