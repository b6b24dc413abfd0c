// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/check_lines.h"

#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/cli/figures.h"

namespace nnp::cli {
namespace {

/// Codes that may be a step apart, or as many as a bound says.
std::string agreement_text(const compare::Comparison& check) {
  std::string text = fmt::format(", {} equal, at most {:.0f} LSB apart",
                                 equal_text(check.exact, check.compared), check.max_abs_error);
  if (check.bound > 1) text += fmt::format(" (bound {:.0f})", check.bound);
  if (check.end_to_end)
    text += fmt::format("; outputs end to end at most {:.0f} LSB apart", *check.end_to_end);
  return text;
}

}  // namespace

std::string equal_text(std::uint64_t equal, std::uint64_t compared) {
  if (equal == compared) return "100 %";
  const double percent = 100 * share(static_cast<double>(equal), static_cast<double>(compared));
  return fmt::format("{:.4f} %", std::min(percent, 99.9999));
}

nlohmann::ordered_json check_json(const compare::Comparison& check) {
  nlohmann::ordered_json entry{{"reference", check.reference},
                               {"status", compare::to_string(check.status)},
                               {"reason", check.reason},
                               {"compared", check.compared},
                               {"mismatches", check.mismatches},
                               {"max_abs_error", check.max_abs_error},
                               {"bound", check.bound}};
  if (check.layers_compared != 0) entry["layers_compared"] = check.layers_compared;
  if (check.sqnr_db != 0) entry["sqnr_db"] = check.sqnr_db;
  if (!check.sqnr_reason.empty()) entry["sqnr_reason"] = check.sqnr_reason;
  if (check.exact != 0) entry["exact"] = check.exact;
  if (check.end_to_end) entry["end_to_end_lsb"] = *check.end_to_end;
  return entry;
}

std::string check_lines(const std::vector<compare::Comparison>& checks) {
  if (checks.empty()) return "";
  std::string text = "Checks\n";
  for (const compare::Comparison& check : checks) {
    std::string figures;
    if (check.compared != 0) figures += fmt::format(", {} values compared", count_text(check.compared));
    if (check.layers_compared != 0) figures += fmt::format(" in {} layers", check.layers_compared);
    if (check.mismatches != 0) figures += fmt::format(", {} differ", count_text(check.mismatches));
    if (check.exact != 0)
      figures += agreement_text(check);
    else if (check.bound != 0)
      figures += fmt::format(", at most {:.2g} % of the rounding bound apart",
                             100 * check.max_abs_error / check.bound);
    if (check.sqnr_db != 0)
      figures += fmt::format(", SQNR {:.1f} dB against the float network", check.sqnr_db);
    text += fmt::format("  {:<8}{}{}{}{}\n", check.reference, compare::to_string(check.status), figures,
                        check.reason.empty() ? "" : ": " + check.reason,
                        check.sqnr_reason.empty() ? "" : "; no SQNR: " + check.sqnr_reason);
  }
  return text;
}

}  // namespace nnp::cli
