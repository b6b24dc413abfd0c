// SPDX-License-Identifier: Apache-2.0
// Records of networks: kept in a file, replaced one by one, shown as tables.
#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"
#include "tests/support/validation/networks.h"

namespace nnp {
namespace {

using test::NetworkRecord;

NetworkRecord record(const char* network, const char* chip, std::uint64_t cycles) {
  NetworkRecord made;
  made.source = "zoo";
  made.network = network;
  made.chip = chip;
  made.precision = "int8";
  made.cycles = cycles;
  made.on_chip = {{"Conv", 2}};
  made.on_host = {{"Gather", 1}};
  made.checks = {{"naive", "passed"}, {"onednn", "passed"}};
  made.sqnr_db = 24.96;
  return made;
}

NetworkRecord refused(const char* network, const char* chip, int exit) {
  NetworkRecord made = record(network, chip, 0);
  made.exit = exit;
  made.refused = "the buffer is too small";
  return made;
}

TEST(NetworkRecords, AreReadAsTheyWereWrittenSortedByNetworkAndChip) {
  const test::TemporaryFolder folder;
  const std::string file = folder.path("networks.json");
  test::write_records(file,
                      {record("b", "tpu_v1", 7), refused("a", "tpu_v1", 2), record("a", "hbm128", 1234567)});
  const auto read = test::read_records(file);
  ASSERT_EQ(read.size(), 3u);
  EXPECT_EQ(read[0].chip, "hbm128");
  EXPECT_EQ(read[0].cycles, 1234567u);
  EXPECT_EQ(read[0].on_chip, (test::Count{{"Conv", 2}}));
  EXPECT_EQ(read[0].checks.at("onednn"), "passed");
  EXPECT_DOUBLE_EQ(read[0].sqnr_db.value(), 25.0);
  EXPECT_FALSE(read[0].pytorch_db);
  EXPECT_EQ(read[1].refused, "the buffer is too small");
  EXPECT_EQ(read[2].network, "b");
}

TEST(NetworkRecords, OfOneRunReplaceTheOldAndLeaveTheOthers) {
  std::vector<NetworkRecord> records{record("a", "tpu_v1", 1), record("a", "hbm128", 2)};
  put_record(records, record("a", "hbm128", 3));
  put_record(records, record("b", "hbm128", 4));
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[0].cycles, 1u);
  EXPECT_EQ(records[1].cycles, 3u);
  EXPECT_EQ(records[2].network, "b");
}

TEST(NetworkRecords, TellARefusalByNameFromAFailure) {
  NetworkRecord wrong = record("a", "tpu_v1", 1);
  wrong.checks["naive"] = "failed";
  EXPECT_TRUE(failed(wrong));
  EXPECT_TRUE(failed(refused("a", "tpu_v1", 70)));
  EXPECT_FALSE(failed(refused("a", "tpu_v1", 2)));
  EXPECT_FALSE(passed(refused("a", "tpu_v1", 2)));
  EXPECT_TRUE(passed(record("a", "tpu_v1", 1)));
}

TEST(NetworkRecords, OfADamagedFileAreRefusedWithItsName) {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("networks.json", "[{\"source\": \"zoo\"}]");
  try {
    test::read_records(file);
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(file), std::string::npos) << error.what();
  }
  EXPECT_TRUE(test::read_records(folder.path("none.json")).empty());
}

TEST(NetworkTable, HasARowANetworkWithWhatOtherChipsHaveMore) {
  NetworkRecord other = record("net", "gemmini16", 1000);
  other.on_host = {{"Gather", 1}, {"Softmax", 3}};
  other.on_chip = {{"Conv", 2}};
  const std::string table =
      test::networks_table({record("net", "tpu_v1", 1234567), other, refused("net", "hbm128", 2)}, "zoo");
  EXPECT_NE(table.find("\n| `net` | 2 Conv | 1 Gather; gemmini16: 3 Softmax more | 1,234,567 | 25.0 | "
                       "refused | | 1,000 | 25.0 "
                       "| 4 of 4 |\n"),
            std::string::npos)
      << table;
}

TEST(NetworkTable, NamesWhatDoesNotRunWithTheProgramsWords) {
  const std::string table = test::unsupported_table(
      {record("good", "tpu_v1", 1), refused("big", "tpu_v1", 2), refused("bad", "tpu_v1", 70)});
  EXPECT_EQ(table,
            "| network | from | chip | why it does not run |\n|---|---|---|---|\n"
            "| `big` | zoo | tpu_v1 | the buffer is too small |\n"
            "| `bad` | zoo | tpu_v1 | FAILED (70): the buffer is too small |\n");
}

}  // namespace
}  // namespace nnp
