// SPDX-License-Identifier: Apache-2.0
// A trace file has one writer at a time, and its name only when it is whole.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/temporary_folder.h"
#include "traces/format/chunk_file.h"

namespace nnp {
namespace {

using traces::ChunkFile;
using traces::TraceFileError;
using Names = std::vector<std::string>;

void write_and_commit(ChunkFile& file, const std::string& text) {
  file.write_text(traces::ChunkType::metadata, text);
  file.commit();
}

std::string refusal(const std::string& path) {
  try {
    ChunkFile second(path);
  } catch (const TraceFileError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(ChunkFile, IsRefusedToASecondWriterAsLongAsTheFirstOneWrites) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path("run.npt");
  {
    ChunkFile first(path);
    EXPECT_EQ(refusal(path), path + ": cannot be written: another run is writing it (" + path + ".part)");
    write_and_commit(first, "first");
  }
  EXPECT_EQ(folder.names(), Names{"run.npt"});
  const std::string whole = test::read_bytes(path);
  EXPECT_EQ(refusal(path), "accepted");  // and given up: what PATH was before is untouched
  EXPECT_EQ(folder.names(), Names{"run.npt"});
  EXPECT_EQ(test::read_bytes(path), whole);
}

TEST(ChunkFile, IsRefusedToASecondProcess) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path("run.npt");
  ChunkFile first(path);
  const pid_t child = fork();
  if (child == 0) _exit(refusal(path).find("another run is writing it") == std::string::npos ? 1 : 0);
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(folder.names(), Names{"run.npt.part"});
  write_and_commit(first, "first");
  EXPECT_EQ(folder.names(), Names{"run.npt"});
}

TEST(ChunkFile, OverwritesWhatADeadWriterLeft) {
  const test::TemporaryFolder folder;
  const std::string path = folder.path("run.npt"), other = folder.path("other.npt");
  folder.file("run.npt.part", std::string(10'000, 'x'));
  {
    ChunkFile file(path), same(other);
    write_and_commit(file, "text");
    write_and_commit(same, "text");
  }
  EXPECT_EQ(test::read_bytes(path), test::read_bytes(other));
  EXPECT_EQ(folder.names(), (Names{"other.npt", "run.npt"}));
}

}  // namespace
}  // namespace nnp
