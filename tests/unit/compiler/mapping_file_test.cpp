// SPDX-License-Identifier: Apache-2.0
// A mapping as text: written and read again it is the same; faults are told with their places.
#include "compiler/mapping/mapping_file.h"

#include <gtest/gtest.h>

#include "compiler/mapping/candidates.h"
#include "tests/support/random_network.h"

namespace nnp::compiler {
namespace {

/// A network of random layers on a chip that has room for it, with a random tiling for each.
struct Mapped {
  ir::Graph graph = test::random_network(5);
  isa::ArchSpec arch = test::random_chip(5).arch;
  MemoryPlan plan;
  Mapping mapping;
  Mapped() {
    arch.unified_buffer_bytes = Bytes{1} << 22;
    schedule(graph);
    plan = place_values(graph, arch);
    std::mt19937_64 random(1);
    for (const ir::Node& node : graph.nodes)
      if (const auto problem = mac_problem(graph, node, plan, arch))
        mapping.mac[node.name] = *random_tiling(*problem, arch, random, 2000);
  }
  std::string text() const { return mapping_text(mapping, "test", {graph, arch, 1, 0}, arch); }
};

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const MappingFileError& error) {
    return error.what();
  }
  return "no error";
}

TEST(MappingFile, ReadsWhatItWrote) {
  const Mapped mapped;
  ASSERT_FALSE(mapped.mapping.mac.empty());
  const MappingFile file = parse_mapping(mapped.text(), "m.toml");
  EXPECT_EQ(file.mapping, mapped.mapping) << mapped.text();
  EXPECT_NO_THROW(require_legal(file, mapped.graph, 1, mapped.arch));
}

TEST(MappingFile, KeepsNamesWithDotsQuotesAndLineBreaks) {
  Mapped mapped;
  const auto first = mapped.mapping.mac.begin()->first;
  const std::string name = "a.b \"c\"\\\n\x01 \u00e9";
  for (ir::Node& node : mapped.graph.nodes)
    if (node.name == first) node.name = name;
  mapped.mapping.mac = {{name, mapped.mapping.mac.begin()->second}};
  EXPECT_EQ(parse_mapping(mapped.text(), "m.toml").mapping, mapped.mapping) << mapped.text();
  EXPECT_EQ(parse_mapping("[layer.layer1.0.conv2]\nP=1\nM=2\nPQ=3\nbuffers=1\n", "m.toml")
                .mapping.mac.at("layer1.0.conv2"),
            (MacTiling{1, 2, 3, 1}));
}

TEST(MappingFile, TellsEveryFaultWithItsPlace) {
  EXPECT_EQ(
      message_of([] { parse_mapping("[layer.a]\nP = 0\nN = 2\nM = \"x\"\n[other]\nx = 1\n", "m.toml"); }),
      "m.toml:2:1: P of layer \"a\" is 0; it is a whole number from 1 on\n"
      "m.toml:3:1: layer \"a\" has no size \"N\". Sizes: P, M, PQ, buffers\n"
      "m.toml:4:1: M of layer \"a\" is \"x\"; it is a whole number from 1 on\n"
      "m.toml:6:1: \"other.x\" does not stand in a table [layer.\"NAME\"], nor is it sub_batch");
  EXPECT_EQ(message_of([] { parse_mapping("[layer.a]\nP = 1\nM = 1\nbuffers = 1\n", "m.toml"); }),
            "m.toml:2:1: layer \"a\" has no PQ (output positions of a matrix instruction)");
  EXPECT_EQ(message_of([] { parse_mapping("[layer.a]\nP = 1\n", "m.toml"); }),
            "m.toml:2:1: layer \"a\" has no M (output channels of a slice)\n"
            "m.toml:2:1: layer \"a\" has no PQ (output positions of a matrix instruction)");
  EXPECT_EQ(message_of([] { parse_mapping("", "m.toml"); }), "m.toml:1:1: names no layer");
}

TEST(MappingFile, RefusesLayersThatTheNetworkDoesNotHaveAndSizesThatDoNotFit) {
  const Mapped mapped;
  const auto& [name, tiling] = *mapped.mapping.mac.begin();
  const auto refused = [&](const std::string& layer, MacTiling t) {
    MappingFile file{"m.toml", {0, {{layer, t}}}, {{layer, {0, 7, 1}}}, {}};
    return message_of([&] { require_legal(file, mapped.graph, 1, mapped.arch); });
  };
  EXPECT_EQ(refused(name + "x", tiling), "m.toml:7:1: no Conv, Gemm or MatMul on the chip is called \"" +
                                             name + "x\"; did you mean " + name + "?");
  MacTiling wrong = tiling;
  wrong.tile_m = most_tile_rows(mapped.arch) + 1;
  EXPECT_NE(
      refused(name, wrong).find("a tile's positions " + std::to_string(wrong.tile_m) + " is not in [1, "),
      std::string::npos)
      << refused(name, wrong);
  wrong = tiling, wrong.input_buffers = 3;
  EXPECT_NE(refused(name, wrong).find("input buffers 3 is not in [1, 2]"), std::string::npos);
}

TEST(MappingFile, SaysHowManyInferencesOfTheBatchGoTogether) {
  const MappingFile file = parse_mapping("sub_batch = 4\n", "m.toml");
  EXPECT_EQ(file.mapping, (Mapping{4, {}}));
  Mapped mapped;
  mapped.mapping = file.mapping;
  EXPECT_EQ(parse_mapping(mapped.text(), "m.toml").mapping, file.mapping) << mapped.text();
  EXPECT_EQ(message_of([] { parse_mapping("\nsub_batch = 0\n", "m.toml"); }),
            "m.toml:2:1: sub_batch is 0; it is a whole number from 1 on");
  EXPECT_EQ(message_of([&] { require_legal(file, mapped.graph, 6, mapped.arch); }),
            "m.toml:1:1: sub_batch is 4; it divides the batch, 6");
}

}  // namespace
}  // namespace nnp::compiler
