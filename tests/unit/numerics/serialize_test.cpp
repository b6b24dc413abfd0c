// SPDX-License-Identifier: Apache-2.0
// Bytes of a graph: a round trip keeps everything, hostile bytes end in one kind of exception.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/ir/graph_stream.h"
#include "tests/unit/numerics/graph_builder.h"

namespace nnp::ir {
namespace {

TEST(Serialize, RoundTripKeepsEveryByteOfEveryGraph) {
  for (const Graph& graph : {integer_network(), float_lstm(), integer_lstm(), Graph{}}) {
    const auto bytes = serialize(graph);
    const Graph back = deserialize(bytes);
    EXPECT_EQ(print(back), print(graph));
    EXPECT_EQ(serialize(back), bytes);
  }
}

TEST(Serialize, RoundTripKeepsWhatPrintDoesNotShow) {
  Graph graph = integer_network();
  graph.nodes[2].on_host = true;
  const Graph back = deserialize(serialize(graph));
  EXPECT_EQ(back.nodes.back().onnx_nodes, (std::vector<std::string>{"one", "two"}));
  EXPECT_TRUE(back.nodes[2].on_host);
  EXPECT_FALSE(back.nodes[3].on_host);
  EXPECT_EQ(back.nodes[1].clamp.hi, 6.0F);
  EXPECT_FALSE(back.nodes[3].clamp.active());
  EXPECT_EQ(back.values[2].quant->scale, graph.values[2].quant->scale);
}

TEST(Deserialize, LeavesOutTheConstantsThatAreNotWanted) {
  for (const Graph& graph : {integer_network(), float_lstm(), integer_lstm()}) {
    const auto bytes = serialize(graph);
    for (unsigned seed = 0; seed < 20; ++seed) {
      std::mt19937 random(seed);
      std::vector<bool> wanted(graph.values.size());
      for (std::size_t id = 0; id < wanted.size(); ++id) wanted[id] = random() % 2 == 0;
      Graph back = deserialize(bytes, [&](const Graph&) { return wanted; });
      for (std::size_t id = 0; id < wanted.size(); ++id) {
        auto& constant = back.values[id].constant;
        ASSERT_EQ(constant.has_value(), graph.values[id].constant.has_value());
        if (!constant || wanted[id]) continue;
        EXPECT_TRUE(constant->bytes().empty()) << graph.name << " seed " << seed << " value " << id;
        EXPECT_EQ(constant->shape(), graph.values[id].shape);
        constant = graph.values[id].constant;
      }
      EXPECT_EQ(serialize(back), bytes) << graph.name << " seed " << seed;
    }
  }
}

TEST(Deserialize, RefusesEveryPrefix) {
  const auto bytes = serialize(integer_lstm());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THROW(deserialize(std::span(bytes).first(length)), std::runtime_error) << length;
  }
}

TEST(Deserialize, RefusesBytesAfterTheEnd) {
  auto bytes = serialize(integer_lstm());
  bytes.push_back(0);
  EXPECT_THROW(deserialize(bytes), std::runtime_error);
}

TEST(Deserialize, MutatedBytesGiveAGraphOrARuntimeError) {
  int refused = 0, accepted = 0;
  for (const Graph& graph : {integer_network(), float_lstm(), integer_lstm()}) {
    const auto good = serialize(graph);
    for (unsigned seed = 0; seed < 1000; ++seed) {
      std::mt19937 random(seed);
      auto bytes = good;
      const unsigned edits = 1 + random() % 4;
      for (unsigned i = 0; i < edits; ++i) {
        const std::size_t at = random() % bytes.size();
        switch (random() % 4) {
          case 0:
            bytes[at] = static_cast<std::uint8_t>(random());
            break;
          case 1:
            bytes[at] ^= static_cast<std::uint8_t>(1u << (random() % 8));
            break;
          case 2:
            bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at));
            break;
          default:
            for (std::size_t j = at; j < std::min(at + 8, bytes.size()); ++j) bytes[j] = 0xFF;
        }
      }
      try {
        const Graph back = deserialize(bytes);
        EXPECT_TRUE(verify(back).empty()) << graph.name << " seed " << seed;
        ++accepted;
        for (const Node& node : back.nodes) static_cast<void>(macs(back, node));
        EXPECT_FALSE(print(back).empty());
      } catch (const std::runtime_error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 500);
  EXPECT_GT(accepted, 100);  // flipped weights are still a graph
}

TEST(Deserialize, GraphThatBreaksARuleIsRefusedByName) {
  Graph graph = integer_network();
  graph.values[4].shape[1] = 5;
  try {
    deserialize(serialize(graph));
    FAIL() << "accepted";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("Conv1"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace nnp::ir
