// SPDX-License-Identifier: Apache-2.0
// Damaged chip files: each loads or is refused with a placed message; none crashes, hangs or yields a chip
// out of bounds.
#include <gtest/gtest.h>

#include <random>

#include "models/chips/chip_file.h"
#include "models/chips/embedded_presets.h"

namespace nnp::models {
namespace {

std::string mutated(std::string text, std::mt19937_64& random) {
  const auto below = [&random](std::size_t limit) {
    return static_cast<std::size_t>(random() % (limit + 1));
  };
  static const std::vector<std::string> kFragments = {"[",
                                                      "]",
                                                      "{",
                                                      "}",
                                                      "\"",
                                                      "\"\"\"",
                                                      "=",
                                                      ".",
                                                      "\n",
                                                      "[[",
                                                      "]]",
                                                      "'''",
                                                      "\\u0000",
                                                      "\\x",
                                                      "-",
                                                      "inf",
                                                      "nan",
                                                      "0x",
                                                      "1e999",
                                                      "\xff",
                                                      "\xc3",
                                                      "99999999999999999999",
                                                      "# ",
                                                      "a.b.c.d = 1\n",
                                                      "[core]\n",
                                                      "TiB",
                                                      "0",
                                                      "\r",
                                                      "1979-05-27T07:32:00Z",
                                                      std::string(1, '\0')};
  for (std::size_t edits = 1 + below(7); edits > 0; --edits) {
    const std::size_t at = below(text.size());
    const std::size_t length = std::min(below(20), text.size() - at);
    switch (below(4)) {
      case 0:
        text.erase(at, length);
        break;
      case 1:
        text.insert(at, kFragments[below(kFragments.size() - 1)]);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), below(200)));
        break;
      case 3:
        text.resize(at);
        break;
      default:
        if (at < text.size()) text[at] = static_cast<char>(random());
    }
  }
  return text;
}

TEST(ChipFuzz, ThousandDamagedFilesLoadOrAreRefused) {
  int loaded = 0;
  int refused = 0;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    std::mt19937_64 random(seed);
    const auto presets = embedded_presets();
    const std::string text = mutated(std::string(presets[seed % presets.size()].toml), random);
    SCOPED_TRACE("seed " + std::to_string(seed));
    try {
      const ChipSpec chip = parse_chip(text, "damaged.toml");
      ++loaded;
      EXPECT_EQ(full_hash(parse_chip(to_toml(chip), "again.toml")), full_hash(chip));
    } catch (const ChipError& error) {
      ++refused;
      EXPECT_TRUE(std::string(error.what()).starts_with("damaged.toml:")) << error.what();
      EXPECT_LT(std::string(error.what()).size(), 60000u);
    }
  }
  EXPECT_GT(loaded, 20);  // damage in comments, or none
  EXPECT_GT(refused, 300);
}

TEST(ChipFuzz, DamagedOverridesAreRefusedOrTaken) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) {
    std::mt19937_64 random(seed);
    const std::string text = mutated("core.buffer.size=\"24 MiB\"", random);
    SCOPED_TRACE("seed " + std::to_string(seed));
    try {
      load_chip("edge8", {text});
    } catch (const ChipError& error) {
      EXPECT_TRUE(std::string(error.what()).starts_with("--set ")) << error.what();
    }
  }
}

TEST(ChipFuzz, DeepNestingIsRefused) {
  const std::vector<std::string> hostile = {"a = " + std::string(900, '['), "a = " + std::string(900, '{'),
                                            [] {
                                              std::string key = "a";
                                              for (int i = 0; i < 480; ++i) key += ".a";
                                              return "[" + key + "]\n" + key + " = 1\n";
                                            }()};
  for (const std::string& text : hostile) EXPECT_THROW(parse_chip(text, "deep.toml"), ChipError);
}

}  // namespace
}  // namespace nnp::models
