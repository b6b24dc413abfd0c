// SPDX-License-Identifier: Apache-2.0
// The runner survives cases that crash, hang, or are no cases.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "compiler/compile_error.h"
#include "host_runtime/conformance/conformance.h"

namespace nnp {
namespace {

using conformance::Outcome;
namespace fs = std::filesystem;

/// A folder with an empty model (a valid protobuf) and one data set without tensors.
class EmptyCase {
 public:
  EmptyCase() : folder_(fs::temp_directory_path() / ("nnpsim_case_" + std::to_string(getpid()))) {
    fs::create_directories(folder_ / "test_data_set_0");
    std::ofstream(folder_ / "model.onnx");
  }
  ~EmptyCase() { fs::remove_all(folder_); }
  const fs::path& path() const { return folder_; }

 private:
  fs::path folder_;
};

struct Double : conformance::Backend {
  void (*act)();
  explicit Double(void (*action)()) : act(action) {}
  conformance::Execution run(const fs::path&, const compiler::ImportOptions&,
                             const std::vector<ir::Tensor>&) override {
    act();
    return {{}, 1};
  }
};

TEST(RunCase, ACrashIsAFailureWithItsSignal) {
  const EmptyCase folder;
  Double backend([] { std::raise(SIGKILL); });
  const auto result = conformance::run_case_apart(folder.path(), backend, 5);
  EXPECT_EQ(result.outcome, Outcome::failed);
  EXPECT_EQ(result.reason, "ended by signal 9, Killed");
}

TEST(RunCase, NoEndIsAFailure) {
  const EmptyCase folder;
  Double backend([] { std::this_thread::sleep_for(std::chrono::minutes(1)); });
  const auto result = conformance::run_case_apart(folder.path(), backend, 1);
  EXPECT_EQ(result.outcome, Outcome::failed);
  EXPECT_EQ(result.reason, "no end after 1 s");
}

TEST(RunCase, ARefusalIsUnsupportedWithItsReasonAndAWrongResultAFailure) {
  const EmptyCase folder;
  Double refuses([] { throw compiler::CompileError("operator X\nand more"); });
  const auto refused = conformance::run_case_apart(folder.path(), refuses, 5);
  EXPECT_EQ(refused.outcome, Outcome::unsupported);
  EXPECT_EQ(refused.reason, "operator X");
  Double breaks([] { throw std::runtime_error("index 7"); });
  EXPECT_EQ(conformance::run_case_apart(folder.path(), breaks, 5).outcome, Outcome::failed);
  Double works([] {});
  EXPECT_EQ(conformance::run_case_apart(folder.path(), works, 5).outcome, Outcome::passed);
}

TEST(FindCases, ComplainsWhereThereIsNone) {
  EXPECT_THROW(conformance::find_cases("/no/such/folder", ""), std::runtime_error);
  const EmptyCase folder;
  EXPECT_EQ(conformance::find_cases(folder.path(), "").size(), 1u);
  EXPECT_THROW(conformance::find_cases(folder.path(), "another name"), std::runtime_error);
}

}  // namespace
}  // namespace nnp
