// SPDX-License-Identifier: Apache-2.0
// What every refusal has in common: an exit code, words that help, nothing on stdout, and no sign of a crash.
#pragma once

#include <gtest/gtest.h>

#include "tests/support/nnpsim_process.h"

namespace nnp::test {

using Words = std::vector<std::string>;

inline void expect_refused(const Words& arguments, int exit, const Words& words) {
  const Outcome outcome = run_nnpsim(arguments);
  EXPECT_EQ(outcome.exit, exit) << reproducer(arguments) << '\n' << outcome.err;
  EXPECT_EQ(outcome.out, "") << reproducer(arguments);
  EXPECT_EQ(outcome.err.find("internal error"), std::string::npos) << reproducer(arguments) << '\n'
                                                                   << outcome.err;
  for (const std::string& word : words)
    EXPECT_NE(outcome.err.find(word), std::string::npos)
        << reproducer(arguments) << "\nlacks: " << word << "\nsays: " << outcome.err;
}

}  // namespace nnp::test
