// SPDX-License-Identifier: Apache-2.0
// --precision-file by itself: which names its tables give.
#include "host_runtime/cli/precision_file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace nnp::cli {
namespace {

TEST(PrecisionFile, NamesLayersWithDotsQuotedOrBare) {
  const test::TemporaryFolder folder;
  const auto file =
      folder.file("precision.toml", "[layer]\n\"layer1.0.conv2\" = \"int8\"\nlayer1.1.conv1 = \"host\"\n");
  const compiler::PrecisionTable table = read_precision_file(file);
  ASSERT_EQ(table.layers.size(), 2u);
  EXPECT_EQ(table.layers.at("layer1.0.conv2"), isa::Precision::int8);
  EXPECT_EQ(table.layers.at("layer1.1.conv1"), std::nullopt);
}

}  // namespace
}  // namespace nnp::cli
