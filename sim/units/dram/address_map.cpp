// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/address_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <stdexcept>

#include "sim/units/dram/nearest.h"

namespace nnp::sim {

AddressMap::AddressMap(std::string_view fields, const DramOrganization& organization)
    : bank_bits_(static_cast<std::uint32_t>(std::countr_zero(organization.banks))) {
  struct Known {
    const char* name;
    Field* field;
    std::uint32_t count;
    bool seen = false;
  };
  std::array<Known, 4> known{{{"row", &row_, organization.rows},
                              {"bank", &bank_, organization.banks},
                              {"bankgroup", &group_, organization.bank_groups},
                              {"column", &column_, organization.bursts_per_row()}}};
  const auto fail = [&](const std::string& what) {
    throw std::invalid_argument(
        fmt::format("address map '{}': {}; it lists row, bank, bankgroup and column once each, highest bits "
                    "first, as in 'row:bank:bankgroup:column'",
                    fields.substr(0, 100), what));
  };
  std::uint32_t shift = 0;
  std::string_view rest = fields;
  while (true) {  // from the lowest field up
    const std::size_t colon = rest.rfind(':');
    const std::string_view name = colon == std::string_view::npos ? rest : rest.substr(colon + 1);
    const auto entry =
        std::find_if(known.begin(), known.end(), [&](const Known& k) { return k.name == name; });
    if (entry == known.end()) {
      fail(fmt::format("unknown field '{}', nearest is '{}'", name.substr(0, 40),
                       nearest(name, {"row", "bank", "bankgroup", "column"})));
    }
    if (entry->seen) fail(fmt::format("field '{}' is there twice", name));
    entry->seen = true;
    *entry->field = {shift, std::uint64_t{entry->count} - 1};
    shift += static_cast<std::uint32_t>(std::countr_zero(entry->count));
    if (colon == std::string_view::npos) break;
    rest = rest.substr(0, colon);
  }
  for (const Known& entry : known) {
    if (!entry.seen && entry.count > 1) fail(fmt::format("field '{}' is missing", entry.name));
  }
}

}  // namespace nnp::sim
