// SPDX-License-Identifier: Apache-2.0
// What a page says that a command prints, it prints. "<!-- runs: run lenet5 --trace lenet.npt -->" in a page
// is run, in a folder of the page's own; "<!-- prints: query lenet.npt -->" too, and each line of the code
// block that follows is a line of its output or a part of one, but for spaces. "..." stands for lines left
// out.
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
  std::string command;
  std::vector<std::string> lines;  // that it prints
  bool prints = false;
};

std::string between(const std::string& line, const std::string& begin) {
  if (!line.starts_with(begin) || !line.ends_with(" -->")) return "";
  return line.substr(begin.size(), line.size() - begin.size() - 4);
}

std::vector<Step> steps_of(const fs::path& page) {
  std::ifstream in(page);
  std::vector<Step> steps;
  bool waits = false, inside = false;
  for (std::string line; std::getline(in, line);) {
    if (const std::string command = between(line, "<!-- runs: "); !command.empty())
      steps.push_back({command, {}, false});
    if (const std::string command = between(line, "<!-- prints: "); !command.empty())
      steps.push_back({command, {}, true}), waits = true;
    if (line.starts_with("```") && (waits || inside)) {
      inside = waits, waits = false;
    } else if (inside) {
      steps.back().lines.push_back(line);
    }
  }
  return steps;
}

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
