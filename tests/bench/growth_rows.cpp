// SPDX-License-Identifier: Apache-2.0
// The same work, more of it. scripts/bench holds the last row of a group against the first one.
#include <fmt/format.h>

#include "tests/bench/graphs.h"
#include "tests/bench/rows.h"
#include "tests/bench/workload.h"

namespace nnp::bench {
namespace {

Row depth(const std::string& chip, std::int64_t layers) {
  constexpr std::int64_t kChannels = 256;
  const Workload work{"chain", [=] { return chain_of_convolutions(layers, kChannels); }, chip};
  return {fmt::format("depth{}/{}", layers, chip),
          "depth/" + chip,
          fmt::format("{} equal convolutions, int8, {}", layers, chip),
          {},
          [=] { return measure_workload(work, {.values = false, .reference = false}); }};
}

Row steps(std::int64_t count) {
  const Workload work{"lstm_lm", {}, "tpu_v1", isa::Precision::int8, 0, count};
  return {fmt::format("steps{}/tpu_v1", count),
          "steps/tpu_v1",
          fmt::format("LSTM language model, {} words, int8, tpu_v1", count),
          {},
          [=] { return measure_workload(work, {.values = false, .reference = false}); }};
}

Row batch(std::int64_t size) {
  const Workload work{"resnet50", {}, "tpu_v1", isa::Precision::int8, size};
  return {fmt::format("batch{}/tpu_v1", size),
          "batch/tpu_v1",
          fmt::format("ResNet-50, int8, batch {}, tpu_v1", size),
          {},
          [=] { return measure_workload(work, {.reference = false, .runs = size == 1 ? kRuns : 1}); }};
}

}  // namespace

std::vector<Row> growth_rows() {
  return {depth("tpu_v1", 4),
          depth("tpu_v1", 64),
          depth("gemmini16", 4),
          depth("gemmini16", 64),
          steps(35),
          steps(280),
          batch(1),
          batch(64)};
}

}  // namespace nnp::bench
