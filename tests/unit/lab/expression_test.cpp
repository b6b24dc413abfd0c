// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/lab/expression.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace nnp::lab {
namespace {

const nlohmann::ordered_json kRun = nlohmann::ordered_json::parse(R"({
  "cycles": 120, "chip": "edge8", "whole": true, "nothing": null,
  "layers": [{"name": "conv1", "macs": 30, "where": "chip"}, {"name": "conv2", "macs": 50, "where": "chip"},
             {"name": "out", "macs": 0, "where": "host"}],
  "units": {"matrix": {"busy": 40, "waits": {"raw": 15}}, "a b": {"busy": 1}}})");

Value of(const std::string& expression) {
  return evaluate(expression, [](const std::string& key) -> const nlohmann::ordered_json& {
    if (key != "one") throw LessonError("no run " + key);
    return kRun;
  });
}
double number(const std::string& expression) { return std::get<double>(of(expression)); }
bool flag(const std::string& expression) { return std::get<bool>(of(expression)); }

/// The message of an expression that is refused.
std::string complaint(const std::string& expression) {
  try {
    of(expression);
  } catch (const LessonError& error) {
    return error.what();
  }
  return "not refused";
}

TEST(Expression, ReadsMembersAndElements) {
  EXPECT_EQ(number("one.cycles"), 120);
  EXPECT_EQ(number("one.units.matrix.waits.raw"), 15);
  EXPECT_EQ(number("one.units[\"a b\"].busy"), 1);
  EXPECT_EQ(number("one.layers[1].macs"), 50);
  EXPECT_EQ(number("one.layers[name=\"conv2\"].macs"), 50);
  EXPECT_EQ(std::get<std::string>(of("one.chip")), "edge8");
  EXPECT_TRUE(flag("one.whole"));
}

TEST(Expression, ReckonsAsPeopleDo) {
  EXPECT_EQ(number("2 + 3 * 4 - 6 / 2"), 11);
  EXPECT_EQ(number("(2 + 3) * -4"), -20);
  EXPECT_EQ(number("10 - 4 - 3"), 3);
  EXPECT_EQ(number("100 * one.units.matrix.busy / one.cycles"), 100 * 40 / 120.0);
  EXPECT_EQ(number("ceil(7 / 2) + floor(7 / 2)"), 7);
  EXPECT_EQ(number("round(2 / 3, 2)"), 0.67);
}

TEST(Expression, ComparesNumbersAndWords) {
  EXPECT_TRUE(flag("one.cycles > 100"));
  EXPECT_FALSE(flag("one.cycles <= 100"));
  EXPECT_TRUE(flag("one.layers[name=\"out\"].where == \"host\""));
  EXPECT_TRUE(flag("one.layers[0].macs != one.layers[1].macs"));
  EXPECT_TRUE(flag("0.1 + 0.2 == 0.3")) << "rounding of doubles is no difference";
}

TEST(Expression, SumsOverAllThatAPathFinds) {
  EXPECT_EQ(number("sum(one.layers[*].macs)"), 80);
  EXPECT_EQ(number("count(one.layers[where=\"chip\"].macs)"), 2);
  EXPECT_EQ(number("max(one.layers[*].macs) - min(one.layers[*].macs)"), 50);
  EXPECT_EQ(number("sum(one.units[*].waits.raw)"), 15) << "what lacks the member adds nothing";
  EXPECT_EQ(number("sum(one.units.matrix.waits.fetch)"), 0);
}

TEST(Expression, NamesTheLeastAndTheMost) {
  EXPECT_EQ(of("least(\"a\", 3, \"b\", 1 + 1, \"c\", 4)"), Value(std::string("b")));
  EXPECT_EQ(of("most(\"a\", one.cycles, \"b\", 121)"), Value(std::string("b")));
  EXPECT_NE(complaint("least(\"a\", \"b\")").find("no number"), std::string::npos);
}

TEST(Expression, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(complaint("one.cycels"),
            "expression 'one.cycels': column 11 stands behind 'cycels', which is not there");
  EXPECT_NE(complaint("one.layers[name=\"conv9\"].macs").find("finds nothing"), std::string::npos);
  EXPECT_NE(complaint("one.layers[*].macs").find("3 values"), std::string::npos);
  EXPECT_NE(complaint("one.layers").find("does not lead to a number"), std::string::npos);
  EXPECT_NE(complaint("one.nothing").find("does not lead to a number"), std::string::npos);
  EXPECT_NE(complaint("one.cycles + one.chip").find("'edge8', which is no number"), std::string::npos);
  EXPECT_NE(complaint("1 / 0").find("division by zero"), std::string::npos);
  EXPECT_NE(complaint("1 +").find("needs a name"), std::string::npos);
  EXPECT_NE(complaint("1 2").find("more than an expression"), std::string::npos);
  EXPECT_NE(complaint("root(4)").find("'root', which is no function"), std::string::npos);
  EXPECT_EQ(complaint("two.cycles"), "no run two");
}

TEST(Value, IsReadAndShownAsPeopleWriteIt) {
  EXPECT_EQ(value_of("1,024"), Value(1024.0));
  EXPECT_EQ(value_of("41 %"), Value(41.0));
  EXPECT_EQ(value_of("yes"), Value(true));
  EXPECT_EQ(value_of("memory"), Value(std::string("memory")));
  EXPECT_EQ(shown(1234567.0), "1,234,567");
  EXPECT_EQ(shown(-1234.0), "-1,234");
  EXPECT_EQ(shown(40.5), "40.50");
  EXPECT_EQ(shown(0.12345), "0.1235");
  EXPECT_EQ(shown(false), "no");
}

TEST(Value, AgreesWithinAShareOfWhatIsExpected) {
  EXPECT_TRUE(agree(105.0, 100.0, 0.05));
  EXPECT_FALSE(agree(105.1, 100.0, 0.05));
  EXPECT_FALSE(agree(101.0, 100.0, 0));
  EXPECT_FALSE(agree(std::string("1"), 1.0, 1));
}

}  // namespace
}  // namespace nnp::lab
