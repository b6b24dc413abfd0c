// SPDX-License-Identifier: Apache-2.0
// What a page says that a command prints, it prints. In a folder of the page's own, in order:
//   ```sh                       calls of nnpsim; a backslash at the end goes on in the next line
//   ```text                     lines of the last call's output or parts of them, but for spaces; "..." for
//                               others
//   ```toml title="mine.toml"   a file that the reader makes
// "<!-- runs: run lenet5 -->" is a call that the page does not show; the code block after "<!-- prints: query
// lenet.npt -->" is what that one prints.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/support/nnpsim_process.h"
#include "tests/support/temporary_folder.h"

namespace nnp {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::string squeezed(const std::string& line) { return fmt::format("{}", fmt::join(words_of(line), " ")); }

struct Step {
  std::string command = {};             // empty: a file is made
  std::vector<std::string> lines = {};  // that it prints, or that the file has
  bool prints = false;
  std::string file = {};
};

std::string between(const std::string& line, const std::string& begin) {
  if (!line.starts_with(begin) || !line.ends_with(" -->")) return "";
  return line.substr(begin.size(), line.size() - begin.size() - 4);
}

/// What stands behind title= in a fence's mark; empty without.
std::string title_of(const std::string& fence) {
  const std::size_t at = fence.find("title=\"");
  return at == std::string::npos ? "" : fence.substr(at + 7, fence.find('"', at + 7) - at - 7);
}

enum class Block { none, other, shell, kept };  // kept: its lines belong to the last step

class Reader {
 public:
  std::vector<Step> read(const fs::path& page) {
    std::ifstream in(page);
    for (std::string line; std::getline(in, line);) {
      if (line.starts_with("```"))
        block_ = block_ == Block::none ? opened(line) : Block::none;
      else if (block_ == Block::none)
        read_mark(line);
      else if (block_ == Block::shell)
        read_shell(line);
      else if (block_ == Block::kept)
        steps_.back().lines.push_back(line);
    }
    return std::move(steps_);
  }

 private:
  Block opened(const std::string& fence) {
    const std::string file = title_of(fence);
    if (!file.empty()) steps_.push_back({.file = file});
    const bool quotes = fence == "```text" && !steps_.empty() && steps_.back().file.empty();
    if (quotes) steps_.back().prints = true;
    const bool kept = !file.empty() || quotes || waits_;
    waits_ = false;
    return kept ? Block::kept : fence == "```sh" ? Block::shell : Block::other;
  }
  void read_mark(const std::string& line) {
    if (const std::string command = between(line, "<!-- runs: "); !command.empty())
      steps_.push_back({.command = command});
    if (const std::string command = between(line, "<!-- prints: "); !command.empty())
      steps_.push_back({.command = command, .prints = true}), waits_ = true;
  }
  void read_shell(const std::string& line) {
    const bool goes_on = line.ends_with('\\');
    pending_ += line.substr(0, goes_on ? line.size() - 1 : line.find(" #"));
    if (goes_on) return;
    const std::size_t program = pending_.find("nnpsim ");
    EXPECT_TRUE(program == 0 || pending_.starts_with("build/nnpsim ")) << pending_ << ": no call of nnpsim";
    if (program != std::string::npos) steps_.push_back({.command = pending_.substr(program + 7)});
    pending_.clear();
  }

  std::vector<Step> steps_;
  Block block_ = Block::none;
  bool waits_ = false;
  std::string pending_;
};

std::vector<Step> steps_of(const fs::path& page) { return Reader().read(page); }

std::vector<std::string> pages_with_steps() {
  const fs::path root = NNPSIM_SOURCE_DIR;
  std::vector<std::string> pages{"README.md"};
  for (const auto& entry : fs::recursive_directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") pages.push_back(fs::relative(entry.path(), root).string());
  std::erase_if(pages, [&](const std::string& page) { return steps_of(root / page).empty(); });
  std::ranges::sort(pages);
  return pages;
}

class Page : public testing::TestWithParam<std::string> {};

TEST_P(Page, SaysWhatItsCommandsPrint) {
  const test::TemporaryFolder folder;
  fs::current_path(folder.path(""));
  fs::create_directory_symlink(fs::path(NNPSIM_SOURCE_DIR) / "models", "models");
  for (const Step& step : steps_of(fs::path(NNPSIM_SOURCE_DIR) / GetParam())) {
    if (!step.file.empty()) {
      std::ofstream out(step.file);
      for (const std::string& line : step.lines) out << line << '\n';
      continue;
    }
    const test::Outcome outcome = test::run_nnpsim(words_of(step.command));
    ASSERT_EQ(outcome.exit, 0) << "nnpsim " << step.command << "\n" << outcome.err;
    std::vector<std::string> printed;
    std::istringstream out(outcome.out);
    for (std::string line; std::getline(out, line);) printed.push_back(squeezed(line));
    const auto is_printed = [&](const std::string& line) {
      return std::ranges::any_of(
          printed, [&](const std::string& whole) { return whole.find(line) != std::string::npos; });
    };
    EXPECT_TRUE(!step.prints || !step.lines.empty()) << step.command << ": no code block follows";
    for (const std::string& line : step.lines)
      EXPECT_TRUE(squeezed(line) == "..." || is_printed(squeezed(line)))
          << GetParam() << ": nnpsim " << step.command << " does not print\n  " << line;
  }
  fs::current_path(NNPSIM_SOURCE_DIR);
}

INSTANTIATE_TEST_SUITE_P(Docs, Page, testing::ValuesIn(pages_with_steps()), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace nnp
