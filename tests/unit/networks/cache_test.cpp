// SPDX-License-Identifier: Apache-2.0
// network_file: the table of names, and files that are built once, whole, and the same every time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <thread>

#include "models/networks/zoo.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models {
namespace {

using test::bytes_of;
using test::TemporaryCache;

TEST(Zoo, IsSortedAndSaysWhatEachNetworkIs) {
  EXPECT_TRUE(std::is_sorted(
      networks().begin(), networks().end(),
      [](const NetworkInfo& left, const NetworkInfo& right) { return left.name < right.name; }));
  for (const NetworkInfo& info : networks()) {
    EXPECT_GT(info.summary.size(), 20u) << info.name;
    EXPECT_EQ(info.summary.find('\n'), std::string::npos) << info.name;
    EXPECT_GE(info.default_batch, 1) << info.name;
  }
}

TEST(Zoo, UnknownNameIsRefusedWithTheNearestAndAll) {
  try {
    network_file("resnet5");
    FAIL() << "resnet5 was built";
  } catch (const std::invalid_argument& error) {
    const std::string message = error.what();
    EXPECT_TRUE(message.starts_with("no network \"resnet5\"; did you mean resnet50? Networks: alexnet, "))
        << message;
    for (const NetworkInfo& info : networks())
      EXPECT_NE(message.find(info.name), std::string::npos) << info.name << " in: " << message;
  }
}

TEST(Cache, SameSeedGivesTheSameBytesAndAnotherSeedOthers) {
  std::string first;
  {
    TemporaryCache cache;
    first = bytes_of(network_file("lenet5", 7));
  }
  TemporaryCache cache;
  EXPECT_EQ(bytes_of(network_file("lenet5", 7)), first);
  EXPECT_NE(bytes_of(network_file("lenet5", 8)), first);
  EXPECT_GT(first.size(), 61706u * 4);
}

// Golden: 64-bit FNV-1a of lenet5, seed 1. It moves with every change of the builder, which must then raise
// its version: programs and results name networks by seed and version.
TEST(Cache, BytesAreTheSameOnEveryHost) {
  TemporaryCache cache;
  const auto path = network_file("lenet5", 1);
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes_of(path)) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  EXPECT_EQ(path.filename(), "lenet5-seed1-v1.onnx");
  EXPECT_EQ(hash, 10147867986479176288u);
}

TEST(Cache, BuildsOnceAndLeavesNothingElseBehind) {
  TemporaryCache cache;
  const auto path = network_file("lenet5");
  std::ofstream(path, std::ios::app) << "mark";  // would vanish if the file were built again
  const auto marked = bytes_of(path);
  EXPECT_EQ(network_file("lenet5"), path);
  EXPECT_EQ(bytes_of(path), marked);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(cache.folder()), {}), 1);
}

TEST(Cache, SurvivesBuildersAtTheSameTime) {
  TemporaryCache cache;
  std::vector<std::thread> builders;
  for (int i = 0; i < 4; ++i) builders.emplace_back([] { network_file("lenet5"); });
  for (std::thread& builder : builders) builder.join();
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(cache.folder()), {}), 1);
  EXPECT_EQ(test::load(network_file("lenet5")).graph().name(), "lenet5");
}

TEST(Cache, FolderComesFromTheEnvironmentInOrder) {
  TemporaryCache cache;
  const std::string home = (cache.folder() / "home").string();
  const std::string xdg = (cache.folder() / "xdg").string();
  const std::string home_before = std::getenv("HOME") ? std::getenv("HOME") : "";
  ::setenv("HOME", home.c_str(), 1);
  ::setenv("XDG_CACHE_HOME", xdg.c_str(), 1);
  EXPECT_EQ(network_file("lenet5").parent_path(), cache.folder());
  ::unsetenv("NNPSIM_CACHE");
  EXPECT_EQ(network_file("lenet5").parent_path(), cache.folder() / "xdg" / "nnpsim");
  ::unsetenv("XDG_CACHE_HOME");
  EXPECT_EQ(network_file("lenet5").parent_path(), cache.folder() / "home" / ".cache" / "nnpsim");
  ::unsetenv("HOME");
  EXPECT_THROW(network_file("lenet5"), std::runtime_error);
  ::setenv("HOME", home_before.c_str(), 1);
}

TEST(Cache, FolderThatCannotBeMadeIsNamed) {
  TemporaryCache cache;
  std::filesystem::create_directories(cache.folder());
  const auto file = cache.folder() / "file";
  std::ofstream(file) << "not a folder";
  ::setenv("NNPSIM_CACHE", (file / "inside").c_str(), 1);
  try {
    network_file("lenet5");
    ADD_FAILURE() << "built inside a file";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find((file / "inside").string()), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace nnp::models
