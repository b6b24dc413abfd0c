// SPDX-License-Identifier: Apache-2.0
// validation_tables [--check|--list] [PAGE or TABLE]...: measures the tables of docs/validation and writes
// them into the pages, or says which differ. Exit code 0: done, or nothing differs; 1: something differs; 2:
// usage or a page that cannot be read.
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <vector>

#include "tests/support/validation/pages.h"

namespace {

using nnp::test::ValidationTable;

enum class Task { write, check, list };

std::vector<ValidationTable> chosen(const std::vector<std::string>& names) {
  std::vector<ValidationTable> tables;
  std::vector<std::string> unknown = names;
  for (const ValidationTable& table : nnp::test::validation_tables()) {
    const auto means = [&](const std::string& name) { return name == table.page || name == table.name; };
    if (names.empty() || std::any_of(names.begin(), names.end(), means)) tables.push_back(table);
    std::erase_if(unknown, means);
  }
  if (!unknown.empty())
    throw std::invalid_argument(
        fmt::format("no page or table '{}'; validation_tables --list shows them", unknown.front()));
  return tables;
}

int run(Task task, const std::vector<ValidationTable>& tables) {
  const auto folder = nnp::test::validation_folder();
  check_pages(folder, nnp::test::validation_tables());
  int result = 0;
  for (const ValidationTable& table : tables) {
    if (task == Task::list) {
      fmt::print("{:12} {}\n", table.page, table.name);
    } else if (task == Task::check) {
      if (const auto difference = stale(folder, table, table.make()))
        fmt::print("{}\n", *difference), result = 1;
    } else {
      const bool changed = update(folder, table, table.make());
      fmt::print("{:12} {:22} {}\n", table.page, table.name, changed ? "written" : "as it was");
    }
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) try {
  Task task = Task::write;
  std::vector<std::string> names;
  for (const std::string& word : std::vector<std::string>(argv + 1, argv + argc)) {
    if (word == "--check" || word == "--list") {
      task = word == "--check" ? Task::check : Task::list;
    } else if (word.starts_with("-")) {
      throw std::invalid_argument("usage: validation_tables [--check|--list] [PAGE or TABLE]...");
    } else {
      names.push_back(word);
    }
  }
  return run(task, chosen(names));
} catch (const std::exception& error) {
  fmt::print(stderr, "validation_tables: {}\n", error.what());
  return 2;
}
