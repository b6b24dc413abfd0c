// SPDX-License-Identifier: Apache-2.0
// The distance between words against its definition, and when a name is near enough to be told.
#include "isa/program/nearest_name.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>

namespace nnp::isa {
namespace {

/// The last letters of both words: kept, replaced, put in, left out or swapped.
std::size_t by_definition(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.size() + b.size();
  const auto cut = [](std::string_view word, std::size_t by) { return word.substr(0, word.size() - by); };
  std::size_t least = by_definition(cut(a, 1), cut(b, 1)) + (a.back() == b.back() ? 0 : 1);
  least = std::min({least, by_definition(cut(a, 1), b) + 1, by_definition(a, cut(b, 1)) + 1});
  if (a.size() > 1 && b.size() > 1 && a.back() == b[b.size() - 2] && b.back() == a[a.size() - 2])
    least = std::min(least, by_definition(cut(a, 2), cut(b, 2)) + 1);
  return least;
}

TEST(EditDistance, IsTheFewestSlips) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    std::array<std::string, 2> words;
    for (std::string& word : words)
      for (std::size_t left = random() % 7; left > 0; --left) word += static_cast<char>('a' + random() % 3);
    ASSERT_EQ(edit_distance(words[0], words[1]), by_definition(words[0], words[1]))
        << "seed " << seed << ": '" << words[0] << "', '" << words[1] << '\'';
  }
}

TEST(NearestName, IsToldWhereAThirdOfTheLettersAreSlipsAtMost) {
  constexpr std::array<std::string_view, 2> kNames{"accumulate", "a16"};
  EXPECT_EQ(nearest_name("acumulate", kNames), "accumulate");
  EXPECT_EQ(nearest_name("a61", kNames), "a16");
  EXPECT_EQ(nearest_name("b61", kNames), "");
  EXPECT_EQ(nearest_name(std::string(1 << 20, 'a'), kNames), "");
}

}  // namespace
}  // namespace nnp::isa
