// SPDX-License-Identifier: Apache-2.0
// lab: what a student gets, and what is refused. The lessons themselves are in tests/lessons.
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

TEST(Lab, ListsTheLessonsInOrder) {
  const Outcome outcome = run_nnpsim({"lab", "list", "--json"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const Json answer = Json::parse(outcome.out);
  EXPECT_EQ(answer["schema"], "nnpsim.lab/1");
  std::vector<std::string> names;
  for (const Json& lesson : answer["lessons"]) names.push_back(lesson["name"]);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  for (const std::string& name : names)
    EXPECT_TRUE(std::filesystem::exists(std::string(NNPSIM_SOURCE_DIR) + "/traces/lessons/" + name)) << name;
}

TEST(Lab, StartGivesAFolderWithoutTheAnswersAndNeverWritesIntoOneThatIsThere) {
  const TemporaryFolder folder;
  const std::string desk = folder.path("desk");
  const Outcome outcome = run_nnpsim({"lab", "start", "one-mac", "-o", desk, "--json"});
  ASSERT_EQ(outcome.exit, 0) << outcome.err;
  const Json answer = Json::parse(outcome.out);
  for (const Json& file : answer["files"])
    EXPECT_TRUE(std::filesystem::exists(desk + "/" + file.get<std::string>())) << file;
  EXPECT_FALSE(std::filesystem::exists(desk + "/lesson.toml"));
  EXPECT_EQ(answer["commands"][0].get<std::string>().substr(0, 7), "nnpsim ");
  EXPECT_NE(answer["links"][0]["link"].get<std::string>().find(".html#view="), std::string::npos);
  expect_refused({"lab", "start", "1", "-o", desk}, 2, {"desk", "is there already"});
}

TEST(Lab, CheckReadsTheSheetRunsTheStudentsFilesAndFailsWhereAPredictionIsWrong) {
  const TemporaryFolder folder;
  const std::string desk = folder.path("desk");
  ASSERT_EQ(run_nnpsim({"lab", "start", "01", "-o", desk}).exit, 0);
  folder.file("desk/answers.toml", "one = \"64\"\narray = 12\n");
  const Outcome wrong = run_nnpsim({"lab", "check", "01-one-mac", desk});
  EXPECT_EQ(wrong.exit, 1) << wrong.err;
  EXPECT_NE(wrong.out.find("1 right, 1 wrong, 2 not answered"), std::string::npos) << wrong.out;
  EXPECT_NE(wrong.out.find("you said 12, measured: 10 cycles"), std::string::npos) << wrong.out;

  folder.file("desk/square.csv", "name, M, N, K\nproduct, 4, 4, 6\n");  // the way through is 4 + 4 + 6 - 2
  const Outcome right = run_nnpsim({"lab", "check", "1", desk, "--answer", "one=96"});
  EXPECT_EQ(right.exit, 0) << right.out << right.err;
  EXPECT_NE(right.out.find("you said 12, measured: 12 cycles (the lesson's own files: 10 cycles)"),
            std::string::npos)
      << right.out;
}

TEST(Lab, CheckTellsAStudentWhichFileIsNoGood) {
  const TemporaryFolder folder;
  const std::string desk = folder.path("desk");
  ASSERT_EQ(run_nnpsim({"lab", "start", "1", "-o", desk}).exit, 0);
  folder.file("desk/array.toml", "[core]\nfrequncy = 1\n");
  expect_refused({"lab", "check", "1", desk, "--answer", "one=1"}, 2, {"array.toml:2:", "frequncy"});
}

TEST(Lab, RefusesWhatItDoesNotKnow) {
  expect_refused({"lab"}, 2, {"action"});
  expect_refused({"lab", "chek", "1"}, 2, {"chek", "did you mean check?"});
  expect_refused({"lab", "start"}, 2, {"which lesson?"});
  expect_refused({"lab", "start", "01-one-mak"}, 2, {"did you mean 01-one-mac?"});
  expect_refused({"lab", "list", "1"}, 2, {"one word too many"});
  expect_refused({"lab", "check", "1", "-o", "x"}, 2, {"-o"});
  expect_refused({"lab", "start", "1", "--answer", "one=1"}, 2, {"--answer"});
  expect_refused({"lab", "check", "1", "/nowhere"}, 2, {"/nowhere", "lab start"});
  expect_refused({"lab", "check", "1", "--answer", "one"}, 2, {"KEY=VALUE"});
  expect_refused({"lab", "check", "1", "--answer", "two=1"}, 2, {"one, array, deep, corner"});
}

}  // namespace
}  // namespace nnp::test
