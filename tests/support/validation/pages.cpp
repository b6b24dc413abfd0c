// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/validation/page_tables.h"

namespace nnp::test {
namespace {

std::string words(const std::filesystem::path& page) { return "docs/validation/" + page.filename().string(); }

std::string content(const std::filesystem::path& page) {
  std::ifstream in(page, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{}: cannot be read", words(page)));
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Place {
  std::filesystem::path page;
  std::string text;  // of the whole page
  PageTable table;
};

Place find(const std::filesystem::path& folder, const ValidationTable& wanted) {
  Place place{folder / (std::string(wanted.page) + ".md"), {}, {}};
  place.text = content(place.page);
  for (const PageTable& table : page_tables(words(place.page), place.text))
    if (table.name == wanted.name) return place.table = table, place;
  throw std::runtime_error(fmt::format("{}: no <!-- table:{} -->, which validation_tables() has there",
                                       words(place.page), wanted.name));
}

}  // namespace

std::filesystem::path validation_folder() { return NNPSIM_SOURCE_DIR "/docs/validation"; }

void check_pages(const std::filesystem::path& folder, const std::vector<ValidationTable>& tables) {
  for (const ValidationTable& table : tables) find(folder, table);
  std::vector<std::filesystem::path> pages;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  std::sort(pages.begin(), pages.end());
  for (const std::filesystem::path& page : pages)
    for (const PageTable& table : page_tables(words(page), content(page))) {
      const bool listed =
          table.name.empty() || std::any_of(tables.begin(), tables.end(), [&](const ValidationTable& each) {
            return page.stem() == each.page && table.name == each.name;
          });
      if (!listed)
        throw std::runtime_error(fmt::format("{}:{}: validation_tables() has no table '{}' for this page",
                                             words(page), table.line - 1, table.name));
    }
}

std::optional<std::string> stale(const std::filesystem::path& folder, const ValidationTable& table,
                                 const std::string& measured) {
  const Place place = find(folder, table);
  const auto difference = text_difference(place.text.substr(place.table.first, place.table.length), measured);
  if (!difference) return std::nullopt;
  return fmt::format("{}:{}: table '{}'\n  written   {}\n  measured  {}\n  scripts/validation {} writes it",
                     words(place.page), place.table.line + difference->line, table.name, difference->written,
                     difference->measured, table.name);
}

bool update(const std::filesystem::path& folder, const ValidationTable& table, const std::string& measured) {
  Place place = find(folder, table);
  if (place.text.substr(place.table.first, place.table.length) == measured) return false;
  place.text.replace(place.table.first, place.table.length, measured);
  std::ofstream out(place.page, std::ios::binary);
  if (!out.write(place.text.data(), static_cast<std::streamsize>(place.text.size())).flush())
    throw std::runtime_error(fmt::format("{}: cannot be written", words(place.page)));
  return true;
}

}  // namespace nnp::test
