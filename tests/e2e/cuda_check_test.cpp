// SPDX-License-Identifier: Apache-2.0
// --check cuda and the doctor's line with a library in the CUDA part's place: one that answers with loops,
// one that has no device, is of another build, computes wrongly or breaks; and with none.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/environment_variable.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;
using ::testing::AnyOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// A library in the CUDA part's place, and what it does.
struct CudaPart {
  explicit CudaPart(const std::string& does, const std::string& path = NNPSIM_FAKE_CUDA_LIBRARY)
      : library("NNPSIM_CUDA_LIBRARY", path), behaviour("NNPSIM_FAKE_CUDA", does) {}
  EnvironmentVariable library, behaviour;
};

struct Checked {
  explicit Checked(const std::vector<std::string>& more = {}, const std::string& chip = "edge8",
                   const std::string& network = "lenet5") {
    std::vector<std::string> arguments{"run", network, "--chip", chip, "--check", "onednn,cuda", "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    outcome = run_nnpsim(arguments);
    const Json report = Json::parse(outcome.out, nullptr, false);
    if (report.is_discarded()) {
      ADD_FAILURE() << reproducer(arguments) << "\n" << outcome.err;
      return;
    }
    onednn = report["check"][0], cuda = report["check"][1];
  }
  std::string reason() const { return cuda["reason"].get<std::string>(); }
  Outcome outcome;
  Json onednn, cuda;
};

void expect_skipped(const std::string& reason) {
  const Checked lax;
  EXPECT_EQ(lax.outcome.exit, 0);
  EXPECT_EQ(lax.cuda["status"], "skipped");
  EXPECT_THAT(lax.reason(), HasSubstr(reason));
  EXPECT_THAT(lax.outcome.err, HasSubstr("warning: check against cuda skipped: " + lax.reason()));
  EXPECT_EQ(Checked({"--strict"}).outcome.exit, 1);
}

TEST(CudaCheck, JudgesTheSumsOfEveryLayerThatOneDnnJudges) {
  const CudaPart loops("");
  const Checked checked({"--strict"});
  EXPECT_EQ(checked.outcome.exit, 0) << checked.outcome.err;
  EXPECT_EQ(checked.cuda["reference"], "cuda");
  EXPECT_EQ(checked.cuda["status"], "passed");
  EXPECT_EQ(checked.cuda["compared"], checked.onednn["compared"]);
  EXPECT_EQ(checked.cuda["layers_compared"], checked.onednn["layers_compared"]);
  EXPECT_EQ(checked.cuda["mismatches"], 0);
}

// Two float32 runs are 90 dB and more apart, the chip's codes 40 dB and less from them.
TEST(CudaCheck, MeasuresTheSqnrThatOneDnnMeasures) {
  const CudaPart loops("");
  const Checked checked;
  ASSERT_TRUE(checked.cuda.contains("sqnr_db"));
  ASSERT_LE(checked.onednn["sqnr_db"].get<double>(), 40);
  EXPECT_NEAR(checked.cuda["sqnr_db"].get<double>(), checked.onednn["sqnr_db"].get<double>(), 0.05);
  EXPECT_FALSE(checked.cuda.contains("sqnr_reason"));
}

TEST(CudaCheck, PassesOnTheSumsAndSaysWhyThereIsNoSqnrWhereTheGpuHasNoKernels) {
  const CudaPart loops("");
  const Checked checked({"--strict"}, "edge8", "gru_tiny");
  EXPECT_EQ(checked.outcome.exit, 0) << checked.outcome.err;
  EXPECT_EQ(checked.cuda["status"], "passed");
  EXPECT_EQ(checked.cuda["compared"], checked.onednn["compared"]);
  EXPECT_EQ(checked.reason(), "");
  EXPECT_FALSE(checked.cuda.contains("sqnr_db"));
  const std::string why = checked.cuda["sqnr_reason"];
  EXPECT_THAT(why, HasSubstr("(GRU): the GPU runtime has no kernels for it"));
  const Outcome text = run_nnpsim({"run", "gru_tiny", "--chip", "edge8", "--check", "cuda"});
  EXPECT_THAT(text.out, HasSubstr("layers; no SQNR: " + why + "\n"));
}

TEST(CudaCheck, JudgesRealSumsWithinTheirBound) {
  const CudaPart loops("");
  const Checked checked({"--strict"}, "fp32ref");
  EXPECT_EQ(checked.outcome.exit, 0) << checked.outcome.err;
  EXPECT_EQ(checked.cuda["status"], "passed");
  EXPECT_GT(checked.cuda["compared"], 0);
  EXPECT_GT(checked.cuda["bound"], 0);
}

TEST(CudaCheck, FailsWhereAKernelIsWrongAndNamesLayerAndPlace) {
  const CudaPart wrong("wrong kernel");
  const Checked checked;
  EXPECT_EQ(checked.outcome.exit, 1);
  EXPECT_EQ(checked.cuda["status"], "failed");
  EXPECT_EQ(checked.cuda["mismatches"], 1);
  EXPECT_EQ(checked.cuda["max_abs_error"], 2);
  EXPECT_THAT(checked.reason(),
              ::testing::MatchesRegex("layer '.+' accumulator: 1 of [0-9,]+ values differ, largest "
                                      "by 2, first at \\[0, 0\\]: chip -?[0-9]+, cuda -?[0-9]+"));
  EXPECT_EQ(checked.onednn["status"], "passed");
}

TEST(CudaCheck, FailsWhereTheGpuBreaksAndSaysWithWhat) {
  const CudaPart broken("broken");
  const Checked checked;
  EXPECT_EQ(checked.outcome.exit, 1);
  EXPECT_EQ(checked.cuda["status"], "failed");
  EXPECT_EQ(checked.reason(), "cudaMalloc: error 2, out of memory");
}

TEST(CudaCheck, IsSkippedWithoutADevice) {
  const CudaPart none("no device");
  expect_skipped("no CUDA device");
  EXPECT_EQ(Checked().reason(), "no CUDA device");
}

TEST(CudaCheck, IsSkippedWithALibraryOfAnotherBuild) {
  const CudaPart other("other interface");
  expect_skipped("both must be of one build");
}

TEST(CudaCheck, IsSkippedWithALibraryThatIsNotThereOrNoCudaPart) {
  {
    const CudaPart missing("", "/nonexistent/cuda.so");
    expect_skipped("NNPSIM_CUDA_LIBRARY: /nonexistent/cuda.so");
  }
  const CudaPart another("", "libm.so.6");
  expect_skipped(
      "NNPSIM_CUDA_LIBRARY: libm.so.6: is no CUDA part of nnpsim, it has no nnpsim_cuda_interface");
}

TEST(CudaCheck, WithoutAWordIsWhatThisMachineHas) {
  const CudaPart unset("", "");
  const Checked checked;
  if (checked.cuda["status"] == "passed") return;  // a GPU, and a build with a CUDA part
  EXPECT_EQ(checked.cuda["status"], "skipped") << checked.reason();
  EXPECT_THAT(checked.reason(), AnyOf(Eq("no CUDA device"), StartsWith("this build has no CUDA part")));
}

TEST(CudaInDoctor, IsItsDeviceAndVersionsOrTheReason) {
  const auto line = [] {
    const Outcome outcome = run_nnpsim({"doctor", "--json"});
    EXPECT_EQ(outcome.exit, 0) << outcome.err;
    const Json report = Json::parse(outcome.out);
    for (const Json& finding : report["findings"])
      if (finding["what"] == "CUDA")
        return finding["status"].get<std::string>() + ": " + finding["detail"].get<std::string>();
    return std::string("none");
  };
  {
    const CudaPart loops("");
    EXPECT_EQ(line(), "ok: Fake GPU, driver 1.2.3, compute capability 9.0, CUDA 13.0, cuBLAS 13.1.0");
  }
  const CudaPart none("no device");
  EXPECT_EQ(line(), "warning: no CUDA device: --check cuda is skipped");
}

}  // namespace
}  // namespace nnp::test
