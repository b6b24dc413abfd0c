// SPDX-License-Identifier: Apache-2.0
// docs/validation/networks.md: networks as their users have them, on the chips of the page. The tables show
// the records of networks.json, which scripts/networks-table measures; nothing is measured here.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/validation/network_records.h"

namespace nnp::test {

struct PageChip {
  const char *chip, *precision;
};
/// The chips of the page, in its columns' order.
const std::vector<PageChip>& page_chips();

/// docs/validation/networks.json of this source tree.
std::filesystem::path records_file();

/// A row a network of `source`: its layers, then cycles and SQNR on each chip, then its checks.
std::string networks_table(const std::vector<NetworkRecord>&, const std::string& source);
/// A row a network and chip that did not pass, with the program's words.
std::string unsupported_table(const std::vector<NetworkRecord>&);

// Of records_file():
std::string networks_zoo_table();
std::string networks_pytorch_table();
std::string networks_unsupported_table();

}  // namespace nnp::test
