// SPDX-License-Identifier: Apache-2.0
// The pages of docs/reference, made from the tables that the program itself reads: chip parameters, causes,
// statistics, commands. `scripts/reference` writes them, a test holds the committed ones against them.
#pragma once

#include <string>
#include <vector>

namespace nnp::cli {

struct ReferencePage {
  std::string name;  // "causes": docs/reference/causes.md
  std::string text;  // Markdown
};
std::vector<ReferencePage> reference_pages();

}  // namespace nnp::cli
