// SPDX-License-Identifier: Apache-2.0
// Rung: end to end. Two trained networks on data they have not seen: how many answers int8 on the chip costs
// against PyTorch's float. models/networks/train_tiny.py made networks, data and PyTorch's logits.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "compiler/compile.h"
#include "host_runtime/cli/npy.h"
#include "host_runtime/executor/executor.h"
#include "host_runtime/reference/reference.h"
#include "models/chips/chip_file.h"
#include "sim/chip/systemc_host.h"

namespace nnp {
namespace {

const std::filesystem::path kTrained = std::filesystem::path(NNPSIM_SOURCE_DIR) / "models/networks/trained";
constexpr std::int64_t kSamples = 500;

std::size_t best_of(const float* logits, std::size_t classes) {
  return static_cast<std::size_t>(std::max_element(logits, logits + classes) - logits);
}

ir::Tensor as_float(const ir::Tensor& integers) {
  ir::Tensor tensor(ir::DType::f32, integers.shape());
  std::transform(integers.data<std::int64_t>().begin(), integers.data<std::int64_t>().end(),
                 tensor.data<float>().begin(), [](std::int64_t x) { return static_cast<float>(x); });
  return tensor;
}

/// Answers of the network on the chip; the last step's for the LSTM.
std::vector<std::size_t> answers_on(const std::string& network, const std::string& chip_name,
                                    bool recurrent) {
  const auto array = [&](const char* what) { return cli::read_npy(kTrained / (network + what)); };
  const models::ChipSpec chip = models::load_chip(chip_name);
  const auto prepare = [&](const ir::Tensor& tensor) { return recurrent ? tensor : as_float(tensor); };
  compiler::CompileRequest request;
  request.model = kTrained / (network + ".onnx");
  request.network = network, request.chip = chip.name, request.arch = chip.arch;
  // The calibration batch is as large as the sample batch it is compiled for.
  const std::int64_t batch = 50;
  request.import.batch = batch;
  request.import.dims = {{"batch", batch}, {"steps", 20}};
  const auto slice = [&](const ir::Tensor& all, std::int64_t first) {
    ir::Shape shape = all.shape();
    const std::size_t axis = recurrent ? 1 : 0, outer = recurrent ? static_cast<std::size_t>(shape[0]) : 1;
    const auto total = static_cast<std::size_t>(shape[axis]);
    shape[axis] = batch;
    ir::Tensor part(all.type(), shape);
    const std::size_t row = all.bytes().size() / outer / total, block = row * static_cast<std::size_t>(batch);
    for (std::size_t o = 0; o < outer; ++o)
      std::memcpy(part.bytes().data() + o * block,
                  all.bytes().data() + (o * total + static_cast<std::size_t>(first)) * row, block);
    return part;
  };
  request.calibration = {{slice(prepare(array("_calibration.npy")), 0)},
                         {slice(prepare(array("_calibration.npy")), 14)}};
  reference::OneDnn runner;
  const auto compiled = compiler::compile(request, runner);
  const auto device = sim::make_device(chip);
  executor::Executor executor(*device, compiled.program, compiled.quantised);
  const ir::Tensor inputs = prepare(array("_inputs.npy"));
  std::vector<std::size_t> answers;
  for (std::int64_t first = 0; first < kSamples; first += batch) {
    const auto outputs = executor.run({slice(inputs, first)}).outputs;
    const auto classes = static_cast<std::size_t>(outputs[0].shape().back());
    const auto logits = outputs[0].data<float>().last(static_cast<std::size_t>(batch) * classes);
    for (std::size_t i = 0; i < static_cast<std::size_t>(batch); ++i)
      answers.push_back(best_of(logits.data() + i * classes, classes));
  }
  return answers;
}

struct Case {
  const char* network;
  const char* chip;
  bool recurrent;
};
class Accuracy : public testing::TestWithParam<Case> {};

TEST_P(Accuracy, OfInt8OnTheChipIsWithinOnePercentagePointOfFloat) {
  const auto& [network, chip, recurrent] = GetParam();
  const auto labels = cli::read_npy(kTrained / (std::string(network) + "_labels.npy"));
  const auto logits = cli::read_npy(kTrained / (std::string(network) + "_logits.npy"));
  const auto answers = answers_on(network, chip, recurrent);
  ASSERT_EQ(answers.size(), static_cast<std::size_t>(kSamples));
  const auto classes = static_cast<std::size_t>(logits.shape().back());
  int on_chip = 0, in_float = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const auto label = static_cast<std::size_t>(labels.data<std::int64_t>()[i]);
    on_chip += answers[i] == label;
    in_float += best_of(logits.data<float>().data() + i * classes, classes) == label;
  }
  RecordProperty("float", in_float);
  RecordProperty("chip", on_chip);
  std::printf("%s on %s: float %d, chip %d of %d\n", network, chip, in_float, on_chip,
              static_cast<int>(kSamples));
  EXPECT_GE(in_float, 425) << "float accuracy of at least 85 %, or the data do not fit the network";
  EXPECT_LE(std::abs(on_chip - in_float), kSamples / 100);
}

INSTANTIATE_TEST_SUITE_P(Trained, Accuracy,
                         testing::Values(Case{"tiny_cnn", "tpu_v1", false}, Case{"tiny_cnn", "edge8", false},
                                         Case{"tiny_lstm", "tpu_v1", true}, Case{"tiny_lstm", "edge8", true}),
                         [](const auto& info) {
                           return std::string(info.param.network) + "_on_" + info.param.chip;
                         });

}  // namespace
}  // namespace nnp
