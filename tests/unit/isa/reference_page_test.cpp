// SPDX-License-Identifier: Apache-2.0
#include "isa/program/reference_page.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

namespace nnp::isa {
namespace {

TEST(ReferencePage, TheCommittedPageIsWhatTheTableSays) {
  std::ifstream in(NNPSIM_SOURCE_DIR "/docs/guide/isa.md");
  std::ostringstream committed;
  committed << in.rdbuf();
  EXPECT_TRUE(committed.str() == reference_page())
      << "docs/guide/isa.md is stale; build the target isa_reference and run: isa_reference > "
         "docs/guide/isa.md";
}

}  // namespace
}  // namespace nnp::isa
