// SPDX-License-Identifier: Apache-2.0
// The tables of docs/validation are what the code measures now, character by character.
#include <gtest/gtest.h>

#include "tests/support/validation/pages.h"

namespace nnp {
namespace {

using test::ValidationTable;

std::vector<ValidationTable> tables_that_are(bool slow) {
  std::vector<ValidationTable> tables;
  for (const ValidationTable& table : test::validation_tables())
    if (table.slow == slow) tables.push_back(table);
  return tables;
}

class Table : public testing::TestWithParam<ValidationTable> {};

TEST_P(Table, InThePageIsWhatTheCodeMeasures) {
  const ValidationTable& table = GetParam();
  const auto difference = stale(test::validation_folder(), table, table.make());
  EXPECT_FALSE(difference) << *difference;
}

std::string name_of(const testing::TestParamInfo<ValidationTable>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Fast, Table, testing::ValuesIn(tables_that_are(false)), name_of);
INSTANTIATE_TEST_SUITE_P(Slow, Table, testing::ValuesIn(tables_that_are(true)), name_of);

TEST(ValidationPages, HaveEveryTableBetweenMarkersAndEveryMeasuredTableInTheList) {
  EXPECT_NO_THROW(check_pages(test::validation_folder(), test::validation_tables()));
}

}  // namespace
}  // namespace nnp
