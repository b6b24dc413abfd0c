// SPDX-License-Identifier: Apache-2.0
// Numbers and tables as people read them, and the words of options.
#include "host_runtime/cli/figures.h"

#include <gtest/gtest.h>

#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/option_values.h"
#include "host_runtime/cli/table.h"

namespace nnp::cli {
namespace {

TEST(Figures, CountsHaveThousandsApart) {
  EXPECT_EQ(count_text(0), "0");
  EXPECT_EQ(count_text(999), "999");
  EXPECT_EQ(count_text(1000), "1,000");
  EXPECT_EQ(count_text(18446744073709551615ull), "18,446,744,073,709,551,615");
}

TEST(Figures, UnitsFitTheSize) {
  EXPECT_EQ(size_text(1023), "1023 B");
  EXPECT_EQ(size_text(24.0 * 1024 * 1024), "24.0 MiB");
  EXPECT_EQ(kib_text(1024 * 1234 + 512), "1,234.5");
  EXPECT_EQ(time_text(1.0949e-3), "1.095 ms");
  EXPECT_EQ(time_text(15.14e-6), "15.14 us");
  EXPECT_EQ(time_text(2e-9), "2.000 ns");
  EXPECT_EQ(time_text(12.345), "12.35 s");
  EXPECT_EQ(percent_text(0.0814), "8.1 %");
  EXPECT_EQ(rate_text(66043.96), "66,044");
  EXPECT_EQ(rate_text(913.64), "913.6");
}

TEST(Figures, AShareOfNothingIsZero) { EXPECT_EQ(share(3, 0), 0); }

TEST(TextTable, AlignsNumbersRightAndWordsLeftWithoutTrailingBlanks) {
  Table table({{"name", Table::Align::left}, {"n"}, {"note", Table::Align::left}});
  table.add({"a", "1", ""});
  table.add({"bcdef", "100", "x"});
  EXPECT_EQ(table.text(1),
            " name     n  note\n"
            " -----  ---  ----\n"
            " a        1\n"
            " bcdef  100  x\n");
}

TEST(TextTable, LongNamesKeepBothEnds) {
  EXPECT_EQ(shortened("layer4.2.conv3", 14), "layer4.2.conv3");
  EXPECT_EQ(shortened("encoder.layer.11.attention.query", 16), "encoder..n.query");
}

TEST(OptionValues, AreParsedWholeOrRefused) {
  EXPECT_EQ(parse_whole("--n", "18446744073709551615", 0), 18446744073709551615ull);
  for (const char* text : {"", " 1", "1 ", "+1", "-1", "1.0", "0x10", "18446744073709551616"})
    EXPECT_THROW(parse_whole("--n", text, 0), UsageError) << text;
  EXPECT_EQ(parse_checks("onednn,naive,onednn"), (std::vector<std::string>{"onednn", "naive"}));
  EXPECT_TRUE(parse_checks("none").empty());
  EXPECT_EQ(parse_dims({"a=1", "b.0=7"}), (std::map<std::string, std::int64_t>{{"a", 1}, {"b.0", 7}}));
  for (const char* text : {"=1", "a", "a=", "a=0", "a=1=2"})
    EXPECT_THROW(parse_dims({text}), UsageError) << text;
}

}  // namespace
}  // namespace nnp::cli
