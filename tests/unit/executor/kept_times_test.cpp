// SPDX-License-Identifier: Apache-2.0
// What a search has timed is not timed again.
#include "host_runtime/executor/kept_times.h"

#include <gtest/gtest.h>

#include <fstream>

#include "models/chips/chip_file.h"
#include "tests/support/random_run.h"
#include "tests/support/temporary_folder.h"

namespace nnp {
namespace {

/// Answers 1000, 1001, ...
struct Counter : compiler::Evaluator {
  Cycles cycles(const isa::Program&) override { return 1000 + asked++; }
  Cycles asked = 0;
};

isa::Program program_of(std::uint64_t seed) {
  return test::random_case(seed, models::load_chip("edge8")).program;
}

class KeptTimes : public testing::Test {
 protected:
  test::TemporaryFolder folder_;
  std::filesystem::path file_ = std::filesystem::path(folder_.path("deep")) / "times.txt";
  Counter counter_;
};

TEST_F(KeptTimes, AreAnsweredFromTheFileInALaterRun) {
  const isa::Program first = program_of(1), second = program_of(2);
  {
    executor::KeptTimes times(counter_, file_);
    EXPECT_EQ(times.cycles(first), 1000u);
    EXPECT_EQ(times.cycles(second), 1001u);
    EXPECT_EQ(times.cycles(first), 1000u);
  }
  executor::KeptTimes later(counter_, file_);
  EXPECT_EQ(later.cycles(second), 1001u);
  EXPECT_EQ(counter_.asked, 2u);
}

TEST_F(KeptTimes, AreTheSameForALayerElsewhereInTheNetworkAndOtherForAnyOtherCode) {
  executor::KeptTimes times(counter_, file_);
  isa::Program program = program_of(1);
  times.cycles(program);
  for (isa::Instruction& instruction : program.instructions) instruction.layer += 3;
  EXPECT_EQ(times.cycles(program), 1000u);
  program.instructions.back().flags ^= 1;
  EXPECT_EQ(times.cycles(program), 1001u);
}

TEST_F(KeptTimes, LinesThatAreNotWholeAreNotBelieved) {
  { executor::KeptTimes(counter_, file_).cycles(program_of(1)); }
  std::string line;
  std::getline(std::ifstream(file_), line);
  for (std::size_t kept = 0; kept < line.size(); ++kept) {
    std::ofstream(file_) << line.substr(0, kept) << "\n";
    const Cycles before = counter_.asked;
    executor::KeptTimes(counter_, file_).cycles(program_of(1));
    EXPECT_EQ(counter_.asked, before + 1) << "'" << line.substr(0, kept) << "'";
  }
}

TEST_F(KeptTimes, AFileThatCannotBeWrittenCostsOnlyTime) {
  std::ofstream(folder_.path("deep")) << "a file, no folder";
  executor::KeptTimes times(counter_, file_);
  EXPECT_EQ(times.cycles(program_of(1)), 1000u);
  EXPECT_EQ(times.cycles(program_of(1)), 1000u);
}

TEST(BuildId, IsAHexadecimalNumber) {
  const std::string id = executor::build_id();
  EXPECT_GE(id.size(), 16u);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos) << id;
}

}  // namespace
}  // namespace nnp
