// SPDX-License-Identifier: Apache-2.0
// The pages of docs/validation and what was measured.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "tests/support/validation/tables.h"

namespace nnp::test {

/// Of this source tree.
std::filesystem::path validation_folder();

/// Every marker of every page has its row in `tables` and every row its marker. Throws std::runtime_error in
/// the words of page_tables() or naming page and table.
void check_pages(const std::filesystem::path& folder, const std::vector<ValidationTable>& tables);

/// Where the page says something else than `measured`: page, line, table, both lines. Throws as
/// check_pages().
std::optional<std::string> stale(const std::filesystem::path& folder, const ValidationTable&,
                                 const std::string& measured);
/// Writes it into the page. True if that changed the page.
bool update(const std::filesystem::path& folder, const ValidationTable&, const std::string& measured);

}  // namespace nnp::test
