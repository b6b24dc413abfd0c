// SPDX-License-Identifier: Apache-2.0
// Pages of docs/ that lead through commands: each is typed in order, in a folder of its own, and must print
// what the page quotes. In such a page a fence marked `sh` has calls of nnpsim, one marked `text` lines of
// what the last of them printed ("..." stands for others), one with title="FILE" a file that the reader
// makes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "host_runtime/lab/lesson_runs.h"
#include "tests/lessons/lesson_page.h"
#include "tests/support/nnpsim_process.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

/// What stands behind title= in a fence's mark; empty without.
std::string file_name_in(const std::string& info) {
  const std::size_t at = info.find("title=\"");
  return at == std::string::npos ? "" : info.substr(at + 7, info.find('"', at + 7) - at - 7);
}

/// The lines of a fence; one that ends in a backslash goes on in the next.
std::vector<std::string> commands_of(const Fence& fence) {
  std::vector<std::string> commands;
  bool goes_on = false;
  for (const std::string& line : fence.lines) {
    if (!goes_on) commands.emplace_back();
    goes_on = line.ends_with('\\');
    commands.back() += line.substr(0, line.size() - (goes_on ? 1 : 0));
  }
  return commands;
}

class DocPage : public testing::TestWithParam<const char*> {};

TEST_P(DocPage, ItsCommandsPrintWhatItQuotes) {
  const LessonPage page = read_page(read_bytes(std::string(NNPSIM_SOURCE_DIR) + "/docs/" + GetParam()));
  const TemporaryFolder folder;
  const lab::Visit visit(folder.path("."));
  std::filesystem::create_symlink(std::string(NNPSIM_SOURCE_DIR) + "/models", "models");
  std::string printed;
  int commands = 0;
  for (const Fence& fence : page.fences) {
    if (const std::string name = file_name_in(fence.info); !name.empty()) {
      std::ofstream out(name);
      for (const std::string& line : fence.lines) out << line << '\n';
    } else if (fence.info == "sh") {
      for (const std::string& line : commands_of(fence)) {
        std::vector<std::string> words = lab::words_of(line.substr(0, line.find(" #")));
        ASSERT_FALSE(words.empty() || (words[0] != "nnpsim" && words[0] != "build/nnpsim")) << line;
        words.erase(words.begin());
        const Outcome outcome = run_nnpsim(words);
        EXPECT_EQ(outcome.exit, 0) << GetParam() << ": " << line << '\n' << outcome.err;
        printed = outcome.out;
        ++commands;
      }
    } else if (fence.info == "text") {
      for (const std::string& line : fence.lines)
        EXPECT_TRUE(line == "..." || printed.find(line) != std::string::npos)
            << GetParam() << " quotes what is not printed:\n"
            << line;
    }
  }
  EXPECT_GT(commands, 0);
}

INSTANTIATE_TEST_SUITE_P(Of, DocPage,
                         testing::Values("tour.md", "howto/my-own-chip.md", "howto/my-own-network.md",
                                         "howto/read-a-trace.md", "howto/quantise-a-network.md"),
                         [](const auto& of) {
                           std::string name = of.param;
                           std::ranges::replace_if(
                               name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; },
                               '_');
                           return name;
                         });

}  // namespace
}  // namespace nnp::test
