// SPDX-License-Identifier: Apache-2.0
// Parameters that are fine alone and contradict each other: for each check, an example on either side of the
// border.
#include "models/chips/chip_checks.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "models/chips/parameters.h"
#include "tests/unit/models/chip_text.h"

namespace nnp::models {
namespace {

using test::kMinimalChip;
using test::refusal;

struct Case {
  std::vector<std::string> good;
  std::vector<std::string> bad;
  std::string words;  // of the complaint about `bad`
};

const std::vector<Case> kCases = {
    {{"core.buffer.banks=4"}, {"core.buffer.banks=5"}, "core.buffer.size is 64 KiB, not a multiple of 80 B"},
    {{"core.buffer.channel_align=16 B"},
     {"core.buffer.channel_align=32 B"},
     "which does not divide core.buffer.word = 16 B"},
    {{"core.buffer.channel_align=4 B"},
     {"core.buffer.channel_align=6 B"},
     "which does not divide core.buffer.word = 16 B"},
    {{"core.array.shift_rows_per_cycle=8"},
     {"core.array.shift_rows_per_cycle=9"},
     "is 9, more than core.array.rows = 8"},
    {{"core.array.kind=adder_tree", "core.precisions=[\"int8\", \"int8x16\"]"},
     {"core.array.kind=adder_tree", "core.precisions=[\"int8\", \"bf16\"]"},
     "adds in another order than real sums are defined in (ascending k); core.precisions has bf16"},
    {{"core.array.rows=1024", "core.array.cols=1024", "core.weight_fifo.tiles=256"},
     {"core.array.rows=1024", "core.array.cols=1024", "core.weight_fifo.tiles=257"},
     "the weight FIFO is 257 MiB; at most 256 MiB"},
    {{"core.array.cols=1024", "core.accumulators.rows=65536"}, {}, ""},
    {{"core.dma.request=4 KiB", "core.dma.window=4 KiB"},
     {"core.dma.request=4 KiB", "core.dma.window=4095 B"},
     "core.dma.request is 4 KiB; at most 4095 B"},
    {{"front_end.fetch_bytes=64 B"},
     {"front_end.fetch_bytes=65 B"},
     "front_end.fetch_bytes is 65 B, not a multiple of 32 B"},
    {{"front_end.fetch_bytes=4 KiB"},
     {"front_end.fetch_bytes=8 KiB"},
     "front_end.fetch_bytes is 8 KiB; at most 4 KiB"},
    {{"memory.channels=4"}, {"memory.channels=3"}, "memory.capacity is 1 GiB, not a multiple of 768 B"},
    {{"memory.preset=ideal", "memory.ideal_bandwidth=34 GB/s", "memory.ideal_latency=100 ns"},
     {"memory.preset=ideal", "memory.ideal_bandwidth=34 GB/s"},
     "needs memory.ideal_bandwidth and memory.ideal_latency"},
    {{"memory.timing.tRFC=300"},
     {"memory.preset=ideal", "memory.ideal_bandwidth=34 GB/s", "memory.ideal_latency=100 ns",
      "memory.timing.tRFC=300"},
     "has no timing symbols, but [memory.timing] sets tRFC"},
    {{"pcie.max_payload=512 B", "pcie.posted_data_credits=32"},
     {"pcie.max_payload=512 B", "pcie.posted_data_credits=31"},
     "pcie.posted_data_credits is 31; at least 32, or 0 for no limit (pcie.max_payload is 512 B"},
    {{"pcie.max_payload=512 B", "pcie.posted_data_credits=0"}, {}, ""},
    {{"pcie.max_payload=512 B", "pcie.max_read_request=128 B", "pcie.completion_data_credits=8"},
     {"pcie.max_payload=512 B", "pcie.max_read_request=128 B", "pcie.completion_data_credits=7"},
     "at least 8, or 0 for no limit (pcie.max_read_request is 128 B"},
    {{"pcie.max_payload=128 B", "pcie.max_read_request=4 KiB", "pcie.completion_data_credits=8"},
     {"pcie.max_payload=128 B", "pcie.max_read_request=4 KiB", "pcie.completion_data_credits=1"},
     "at least 8, or 0 for no limit (pcie.max_payload is 128 B"},
};

TEST(CrossChecks, AgreeOnOneSideOfTheBorderAndComplainOnTheOther) {
  for (const Case& example : kCases) {
    EXPECT_EQ(refusal(kMinimalChip, example.good), "");
    if (example.bad.empty()) continue;
    const std::string message = refusal(kMinimalChip, example.bad);
    EXPECT_NE(message.find(example.words), std::string::npos)
        << "wanted: " << example.words << "\ngot: " << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

TEST(CrossChecks, AreReportedTogether) {
  const std::string message =
      refusal(kMinimalChip, {"core.buffer.banks=5", "core.buffer.channel_align=32 B", "memory.channels=3"});
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 2) << message;
}

TEST(CrossChecks, ReportEveryPcieContradictionAtOnce) {
  const std::string message =
      refusal(kMinimalChip,
              {"pcie.generation=7", "pcie.lanes=3", "pcie.max_read_request=192 B", "pcie.address_bits=48",
               "pcie.credits=3", "pcie.posted_data_credits=1", "pcie.completion_data_credits=1"});
  EXPECT_EQ(std::count(message.begin(), message.end(), '\n'), 5)
      << message;  // the last hangs on a refused size
  for (const char* what :
       {"pcie.generation = 7", "pcie.lanes = 3", "pcie.max_read_request", "address_bits = 48",
        "unknown key \"pcie.credits\"", "pcie.posted_data_credits is 1"})
    EXPECT_NE(message.find(what), std::string::npos) << what << "\n" << message;
}

TEST(CrossChecks, AreSilentAboutParametersAlreadyRefused) {
  const std::string message = refusal(kMinimalChip, {"core.buffer.word=0 B"});
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

TEST(CrossChecks, NameParametersThatExist) {
  for (const CrossCheck& check : cross_checks()) {
    for (const std::string_view path : check.paths) {
      EXPECT_TRUE(std::any_of(parameters().begin(), parameters().end(), [&](const Parameter& row) {
        return row.path == path;
      })) << path;
    }
  }
}

}  // namespace
}  // namespace nnp::models
