// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/graphs.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"

namespace nnp::bench {
namespace {

constexpr double kBeyond = 100e6;  // bytes beyond weights and activations, everywhere

Row network(const std::string& name, const std::string& chip, double timing_r, double values_r,
            const std::string& work, isa::Precision precision = isa::Precision::int8) {
  return {name + "/" + chip, "networks", work + ", " + chip, {timing_r, values_r, {}, kBeyond}, [=] {
            return measure_workload({name, {}, chip, precision});
          }};
}

/// Core cycles a CPU second.
Row rate(const std::string& name, const std::string& work, double per_s, const Workload& workload,
         sim::Engine engine) {
  return {name, "rates", work, {{}, {}, per_s, kBeyond}, [=] {
            Asked asked;
            asked.values = false, asked.reference = false, asked.engine = engine;
            Json result = measure_workload(workload, asked);
            result["rate_of"] = "core cycles";
            result["rate_per_s"] = result["cycles"].get<double>() / result["timing_s"].get<double>();
            return result;
          }};
}

}  // namespace

std::vector<Row> network_rows() {
  const auto gemv = [] { return chain_of_products(1, 8192); };
  return {
      network("resnet50", "tpu_v1", 0.1, 1.5, "ResNet-50, int8, batch 1"),
      network("resnet50", "hbm128", 0.6, 2, "ResNet-50, int8, batch 1"),
      network("resnet50", "gemmini16", 2.5, 4, "ResNet-50, int8, batch 1"),
      network("vgg16", "tpu_v1", 0.1, 1.2, "VGG-16, int8, batch 1"),
      network("lstm_lm", "tpu_v1", 2, 4, "LSTM language model, 35 words, int8, batch 1"),
      network("gpt2_small_decode", "hbm128", 1, 6, "GPT-2 small, one token behind 64, bf16",
              isa::Precision::bf16),
      rate("gemv8192/hbm128", "one 8192x8192 matrix-vector product, bf16, hbm128", 4e6,
           {"gemv8192", gemv, "hbm128", isa::Precision::bf16}, sim::Engine::leap),
      rate("stepped/tpu_v1", "ResNet-50 on tpu_v1, engine stepped", 2e6, {"resnet50", {}, "tpu_v1"},
           sim::Engine::stepped),
  };
}

}  // namespace nnp::bench
