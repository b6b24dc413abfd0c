// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/reference_pages.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "host_runtime/cli/statistics_table.h"
#include "models/chips/parameter_meanings.h"
#include "models/chips/parameters.h"
#include "tests/support/nnpsim_process.h"
#include "tests/support/temporary_folder.h"

namespace nnp::cli {
namespace {

using Paths = std::set<std::string>;

TEST(ReferencePages, TheCommittedOnesAreWhatTheTablesSay) {
  for (const ReferencePage& page : reference_pages())
    EXPECT_TRUE(test::read_bytes(std::string(NNPSIM_SOURCE_DIR) + "/docs/reference/" + page.name + ".md") ==
                page.text)
        << "docs/reference/" << page.name << ".md is stale; run: scripts/reference";
}

TEST(ReferencePages, EveryChipParameterHasAMeaning) {
  for (const models::Parameter& parameter : models::parameters())
    EXPECT_NE(models::meaning_of(parameter.path), "") << parameter.path;
  EXPECT_EQ(models::meaning_of("core.array.colums"), "");
}

/// The paths of a run's JSON, as the table of statistics writes them.
void collect(const nlohmann::json& node, const std::string& path, Paths& paths) {
  const bool names = path == "units" || path == "dram.bus_cycles" || path.ends_with(".waits");
  if (node.is_object()) {
    for (const auto& [key, value] : node.items())
      collect(value, (path.empty() ? "" : path + '.') + (names ? "NAME" : key), paths);
  } else if (node.is_array()) {
    for (const auto& value : node) collect(value, path + "[]", paths);
  } else {
    paths.insert(path);
  }
}

TEST(StatisticsTable, HasTheKeysThatARunHasAndNoOthers) {
  const std::vector<std::string> arguments{"run",     "lenet5",       "--chip", "edge8",
                                           "--check", "naive,onednn", "--json"};
  const test::Outcome outcome = test::run_nnpsim(arguments);
  ASSERT_EQ(outcome.exit, 0) << test::reproducer(arguments) << '\n' << outcome.err;
  Paths has, says;
  collect(nlohmann::json::parse(outcome.out), "", has);
  for (const StatisticInfo& row : statistics_table()) says.insert(row.path);
  EXPECT_EQ(says, has) << test::reproducer(arguments);
}

}  // namespace
}  // namespace nnp::cli
