// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <functional>

#include "tests/support/dram_checker.h"
#include "tests/support/validation/dram.h"
#include "tests/support/validation/markdown.h"

namespace nnp::test {
namespace {

std::vector<std::string> header(const std::string& first) {
  std::vector<std::string> cells{first};
  for (const std::string& preset : jedec_presets()) cells.push_back(preset);
  return cells;
}

std::vector<std::string> row(const std::string& first,
                             const std::function<std::string(const std::string& preset)>& cell) {
  std::vector<std::string> cells{first};
  for (const std::string& preset : jedec_presets()) cells.push_back(cell(preset));
  return cells;
}

std::string law(const DramShare& share) { return fmt::format("{:.4f}", share.law); }
std::string error(const DramShare& share) { return fmt::format("{:+.2f}", share.error() * 100); }

}  // namespace

std::string dram_bandwidth_table() {
  Markdown table(header("law"));
  const auto both = [&](const std::string& name, const std::function<DramShare(const std::string&)>& share,
                        bool groups = false) {
    std::vector<std::string> laws{name}, errors{"error, %"};
    for (const std::string& preset : jedec_presets()) {
      const bool applies = !groups || has_bank_groups(preset);
      const DramShare measured = applies ? share(preset) : DramShare{};
      laws.push_back(applies ? law(measured) : "-"), errors.push_back(applies ? error(measured) : "-");
    }
    table.row(laws), table.row(errors);
  };
  both("sequential reads: 1 - (tRTP + tRPab + tRFC + tRCD - BL/n) / tREFI",
       [](const std::string& preset) { return sequential_share(preset, false); });
  table.row(row("sequential writes: tWR from the last data instead of tRTP, error, %",
                [](const std::string& preset) { return error(sequential_share(preset, true)); }));
  both("one bank, new rows: BL/n / tRC (1 - tRFC / tREFI)", one_bank_share);
  both("all banks, new rows: BL/n / max(tFAW/4, tRRD_S, BL/n), refresh tRFC + tRC", all_banks_share);
  both(
      "one bank group, reads: BL/n / tCCD_L, refresh as above",
      [](const std::string& preset) { return one_group_share(preset, false); }, true);
  return table.text();
}

std::string dram_random_table() {
  Markdown table(header(""));
  std::vector<std::string> lower{"lower bound"}, simulated{"simulated"}, upper{"upper bound"};
  for (const std::string& preset : jedec_presets()) {
    const DramBounds bounds = random_share(preset, 0);
    lower.push_back(fmt::format("{:.3f}", bounds.lower));
    simulated.push_back(fmt::format("{:.3f}", bounds.measured));
    upper.push_back(fmt::format("{:.3f}", bounds.upper));
  }
  table.row(lower), table.row(simulated), table.row(upper);
  return table.text();
}

}  // namespace nnp::test
