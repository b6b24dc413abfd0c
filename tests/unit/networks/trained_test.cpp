// SPDX-License-Identifier: Apache-2.0
// The trained networks and their test data belong together: run by an evaluator that knows nothing of
// PyTorch, a network gives the logits that PyTorch gave, and the accuracy its README claims.
#include <gtest/gtest.h>

#include <algorithm>

#include "onnx/checker.h"
#include "tests/unit/networks/npy.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

const std::string kFolder = NNPSIM_SOURCE_DIR "/models/networks/trained/";

onnx::ModelProto trained(const std::string& name) {
  onnx::ModelProto model = load(kFolder + name + ".onnx");
  onnx::checker::check_model(model);
  EXPECT_EQ(model.opset_import(0).version(), 13);
  return model;
}

int right_answers(const std::string& name) {
  const Tensor logits = read_npy(kFolder + name + "_logits.npy");
  const Tensor labels = read_npy(kFolder + name + "_labels.npy");
  int right = 0;
  for (std::size_t i = 0; i < labels.values.size(); ++i) {
    const auto row = logits.values.begin() + static_cast<std::int64_t>(i) * logits.shape[1];
    right += std::max_element(row, row + logits.shape[1]) - row == static_cast<std::int64_t>(labels.values[i])
                 ? 1
                 : 0;
  }
  return right;
}

TEST(Trained, TinyCnnGivesThePublishedLogits) {
  constexpr std::int64_t kSamples = 60;
  Tensor images = read_npy(kFolder + "tiny_cnn_inputs.npy");
  ASSERT_EQ(images.shape, (std::vector<std::int64_t>{500, 1, 16, 16}));
  images.shape[0] = kSamples;
  images.values.resize(kSamples * 16 * 16);
  const Tensor expected = read_npy(kFolder + "tiny_cnn_logits.npy");
  const Tensor logits = evaluate(trained("tiny_cnn"), {{"images", images}}).at("logits");
  ASSERT_EQ(logits.shape, (std::vector<std::int64_t>{kSamples, 12}));
  for (std::size_t i = 0; i < logits.values.size(); ++i)
    ASSERT_NEAR(logits.values[i], expected.values[i], 1e-3) << i;
}

TEST(Trained, TinyLstmGivesThePublishedLogits) {
  const Tensor symbols = read_npy(kFolder + "tiny_lstm_inputs.npy");
  ASSERT_EQ(symbols.shape, (std::vector<std::int64_t>{20, 500}));
  const Tensor expected = read_npy(kFolder + "tiny_lstm_logits.npy");
  const Tensor logits = evaluate(trained("tiny_lstm"), {{"symbols", symbols}}).at("logits");
  ASSERT_EQ(logits.shape, (std::vector<std::int64_t>{20, 500, 8}));
  const std::size_t last = 19 * 500 * 8;
  for (std::size_t i = 0; i < expected.values.size(); ++i)
    ASSERT_NEAR(logits.values[last + i], expected.values[i], 1e-3) << i;
}

TEST(Trained, AccuracyIsAsTheReadmeSaysAndLeavesRoomToFall) {
  EXPECT_EQ(right_answers("tiny_cnn"), 480);
  EXPECT_EQ(right_answers("tiny_lstm"), 482);
}

TEST(Trained, FilesStaySmall) {
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(kFolder)) bytes += file.file_size();
  EXPECT_LT(bytes, 500'000u);
}

}  // namespace
}  // namespace nnp::models::test
