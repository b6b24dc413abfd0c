// SPDX-License-Identifier: Apache-2.0
// How tables stand in a page: markers, what is written, and what is said of a page that is wrong.
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/validation/page_tables.h"
#include "tests/support/validation/pages.h"

namespace nnp {
namespace {

using test::ValidationTable;

constexpr const char* kPage =
    "# Page\n\n<!-- table:cycles -->\n| a |\n|---|\n| 1 |\n<!-- end -->\n\ntext\n"
    "<!-- by hand: a law -->\n| b |\n|---|\n<!-- end -->\n";
constexpr ValidationTable kCycles{"page", "cycles", nullptr, false};

std::string refusal(const std::string& text) {
  try {
    test::page_tables("page.md", text);
  } catch (const std::runtime_error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(PageTables, AreFoundWithTheirNamesAndLines) {
  const std::string text = kPage;
  const auto tables = test::page_tables("page.md", text);
  ASSERT_EQ(tables.size(), 2u);
  EXPECT_EQ(tables[0].name, "cycles");
  EXPECT_EQ(tables[0].line, 4u);
  EXPECT_EQ(text.substr(tables[0].first, tables[0].length), "| a |\n|---|\n| 1 |\n");
  EXPECT_EQ(tables[1].name, "");
  EXPECT_EQ(text.substr(tables[1].first, tables[1].length), "| b |\n|---|\n");
}

TEST(PageTables, OfAWrongPageAreRefusedWithPageAndLine) {
  EXPECT_EQ(
      refusal("| a |\n|---|\n"),
      "page.md:2: a table outside markers: <!-- table:NAME --> or <!-- by hand: WHY -->, then <!-- end -->");
  EXPECT_EQ(refusal("<!-- table:a -->\n|---|\n"), "page.md:2: a table without its <!-- end -->");
  EXPECT_EQ(refusal("x\n<!-- end -->\n"), "page.md:2: <!-- end --> without a table");
  EXPECT_EQ(refusal("<!-- table:a -->\n<!-- table:b -->\n"),
            "page.md:2: a table begins before the one above has its <!-- end -->");
  EXPECT_EQ(refusal("<!-- table:a -->\n<!-- end -->\n<!-- table:a -->\n"), "page.md:3: a second table 'a'");
  EXPECT_EQ(refusal("<!-- table: -->\n"), "page.md:1: a table without a name");
}

TEST(ValidationPages, SayPageTableAndFirstLineThatDiffer) {
  const test::TemporaryFolder folder;
  const std::filesystem::path place = std::filesystem::path(folder.file("page.md", kPage)).parent_path();
  EXPECT_FALSE(stale(place, kCycles, "| a |\n|---|\n| 1 |\n"));
  EXPECT_EQ(stale(place, kCycles, "| a |\n|---|\n| 2 |\n| 3 |\n"),
            "docs/validation/page.md:6: table 'cycles'\n  written   | 1 |\n  measured  | 2 |\n"
            "  scripts/validation cycles writes it");
  EXPECT_EQ(stale(place, kCycles, "| a |\n|---|\n"),
            "docs/validation/page.md:6: table 'cycles'\n  written   | 1 |\n  measured  (no line)\n"
            "  scripts/validation cycles writes it");
}

TEST(ValidationPages, KeepAllButTheTableThatIsWritten) {
  const test::TemporaryFolder folder;
  const std::filesystem::path page = folder.file("page.md", kPage);
  EXPECT_FALSE(update(page.parent_path(), kCycles, "| a |\n|---|\n| 1 |\n"));
  EXPECT_EQ(test::read_bytes(page), kPage);
  EXPECT_TRUE(update(page.parent_path(), kCycles, "| new |\n"));
  std::string expected = kPage;
  const std::string old = "| a |\n|---|\n| 1 |\n";
  EXPECT_EQ(test::read_bytes(page), expected.replace(expected.find(old), old.size(), "| new |\n"));
}

TEST(ValidationPages, AreRefusedWhereListAndMarkersDisagree) {
  const test::TemporaryFolder folder;
  const std::filesystem::path place = std::filesystem::path(folder.file("page.md", kPage)).parent_path();
  const auto refusal_of = [&](const std::vector<ValidationTable>& tables) {
    try {
      check_pages(place, tables);
    } catch (const std::runtime_error& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  EXPECT_EQ(refusal_of({kCycles}), "accepted");
  EXPECT_EQ(refusal_of({}),
            "docs/validation/page.md:3: validation_tables() has no table 'cycles' for this page");
  EXPECT_EQ(refusal_of({kCycles, {"page", "power", nullptr, false}}),
            "docs/validation/page.md: no <!-- table:power -->, which validation_tables() has there");
  EXPECT_EQ(refusal_of({{"sheet", "cycles", nullptr, false}}), "docs/validation/sheet.md: cannot be read");
}

}  // namespace
}  // namespace nnp
