// SPDX-License-Identifier: Apache-2.0
// --output: whole or not at all.
#include "host_runtime/cli/output_folder.h"

#include <gtest/gtest.h>

#include "host_runtime/cli/errors.h"
#include "tests/support/temporary_folder.h"

namespace nnp::cli {
namespace {

using Names = std::vector<std::string>;
using test::read_bytes;
using test::TemporaryFolder;

TEST(OutputFolderParts, ANewFolderAppearsWithCommitOnly) {
  const TemporaryFolder folder;
  {
    OutputFolder output(folder.path("out"));
    output.write_text("run.json", "{}");
    EXPECT_FALSE(std::filesystem::exists(folder.path("out")));
    output.commit("run.json");
  }
  EXPECT_EQ(folder.names(), Names{"out"});
  EXPECT_EQ(read_bytes(folder.path("out/run.json")), "{}");
}

TEST(OutputFolderParts, WithoutCommitParentsThatItMadeGoToo) {
  const TemporaryFolder folder;
  std::filesystem::create_directory(folder.path("kept"));
  { const OutputFolder output(folder.path("kept/a/b/c")); }
  EXPECT_EQ(folder.names(), Names{"kept"});
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("kept")));
}

TEST(OutputFolderParts, AnOldFolderKeepsItsFilesUntilCommitAndThenTheOthers) {
  const TemporaryFolder folder;
  folder.file("run.json", "old"), folder.file("mine", "mine");
  { OutputFolder(folder.path("")).write_text("run.json", "lost"); }
  EXPECT_EQ(read_bytes(folder.path("run.json")), "old");
  EXPECT_EQ(folder.names(), (Names{"mine", "run.json"}));
  OutputFolder output(folder.path(""));
  output.write_text("run.json", "new");
  output.commit("run.json");
  EXPECT_EQ(read_bytes(folder.path("run.json")), "new");
  EXPECT_EQ(folder.names(), (Names{"mine", "run.json"}));
}

TEST(OutputFolderParts, AFileInTheWayIsAFault) {
  const TemporaryFolder folder;
  const std::string file = folder.file("file", "");
  EXPECT_THROW(OutputFolder{file}, FileFault);
  EXPECT_THROW(OutputFolder{file + "/below"}, FileFault);
  EXPECT_THROW(require_writable(folder.path("")), FileFault);
  EXPECT_THROW(require_writable(folder.path("none/x")), FileFault);
  require_writable(folder.path("x"));
  EXPECT_EQ(folder.names(), Names{"file"});
}

}  // namespace
}  // namespace nnp::cli
