// SPDX-License-Identifier: Apache-2.0
// SCALE-Sim topologies: both forms, what is tolerated, and every fault with its place.
#include "compiler/frontend/topology.h"

#include <gtest/gtest.h>

namespace nnp::compiler {
namespace {

const std::string kConvHeader =
    "Layer name, IFMAP h, IFMAP w, Filter h, Filter w, Channels, Filters, Stride,\n";

std::string fault_of(const std::string& text) {
  try {
    parse_topology(text, "net.csv");
  } catch (const TopologyFileError& error) {
    return error.what();
  }
  return {};
}

TEST(Topology, AConvolutionIsTheProductOfItsWindows) {
  const auto layers = parse_topology(kConvHeader + "conv1, 229, 229, 7, 7, 3, 64, 2,\n", "net.csv");
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].m, 112 * 112);
  EXPECT_EQ(layers[0].k, 7 * 7 * 3);
  EXPECT_EQ(layers[0].n, 64);
}

TEST(Topology, WindowsThatDoNotFitWholeAreLeftOut) {
  // (ifmap - filter) / stride + 1, rounded down, as a convolution without padding has it.
  EXPECT_EQ(parse_topology(kConvHeader + "a, 8, 9, 3, 2, 1, 1, 2\n", "net.csv")[0].m, 3 * 4);
}

TEST(Topology, AProductSaysMNAndK) {
  const auto layers = parse_topology("Layer, M, N, K\nq, 4, 5, 6\n", "net.csv");
  ASSERT_EQ(layers.size(), 1u);
  EXPECT_EQ(layers[0].m, 4);
  EXPECT_EQ(layers[0].n, 5);
  EXPECT_EQ(layers[0].k, 6);
}

TEST(Topology, CommasAtTheEndBlankLinesSpacesAndCarriageReturnsDoNotMatter) {
  const auto plain = parse_topology("Layer,M,N,K\na,4,5,6\nb,1,2,3\n", "net.csv");
  EXPECT_EQ(
      parse_topology("\n\r\n Layer , M , N , K , , \r\n\n  a , 4,\t5 ,6 ,,\r\n,,,\n b,1,2,3", "net.csv"),
      plain);
  EXPECT_EQ(parse_topology("\xEF\xBB\xBFLayer,M,N,K\na,4,5,6,\nb,1,2,3,\n", "net.csv"), plain);
}

TEST(Topology, EqualNamesAreMadeDifferent) {
  const auto layers = parse_topology("Layer,M,N,K\na,4,5,6\na,1,2,3\n", "net.csv");
  EXPECT_EQ(layers[0].name, "a");
  EXPECT_EQ(layers[1].name, "a_2");
}

TEST(Topology, AStrideForEachDirectionIsAllowed) {
  const auto layers = parse_topology(kConvHeader + "a, 9, 9, 1, 1, 2, 3, 2, 4\n", "net.csv");
  EXPECT_EQ(layers[0].m, 5 * 3);
}

TEST(Topology, FaultsHaveTheirPlaceAndComeAllAtOnce) {
  EXPECT_EQ(fault_of(kConvHeader + "a, 9, 9, x, 1, 2, 3, 0,\nb, 9, 9, 1\n"),
            "net.csv:2:10: 'x' is not a whole number from 1 to 1000000\n"
            "net.csv:2:22: '0' is not a whole number from 1 to 1000000\n"
            "net.csv:3:1: a matrix product in a file that began with a convolution");
  EXPECT_EQ(fault_of(kConvHeader + "a, 9, 5, 3, 6, 2, 3, 1\n"),
            "net.csv:2:13: a filter of 6 is larger than the ifmap of 5");
  EXPECT_EQ(fault_of("a, 4, 5, 6\n"),
            "net.csv:1:1: this line is a layer; the first line of a topology is a header");
  EXPECT_EQ(fault_of("Layer,M,N,K\n , 4, 5, 6\n"), "net.csv:2:1: the layer has no name");
  EXPECT_EQ(fault_of("Layer,M,N,K\n"), "net.csv:1:1: a topology has a header line and at least one layer");
  EXPECT_EQ(fault_of(""), "net.csv:1:1: a topology has a header line and at least one layer");
  EXPECT_NE(fault_of("Layer,M,N,K\na, 4, 5\n").find("net.csv:2:7: 2 numbers after the name"),
            std::string::npos);
  EXPECT_NE(fault_of("Layer,M,N,K\na, 1000000, 1000000, 2\n").find("net.csv:2:4: the number of outputs"),
            std::string::npos);
}

TEST(Topology, MakesALayerWithAnInputOfItsOwnForEachLine) {
  const ir::Graph graph = topology_graph(
      parse_topology(kConvHeader + "a, 9, 8, 3, 2, 4, 5, 2\nb, 9, 9, 1, 1, 2, 3, 1\n", "net.csv"), 7);
  EXPECT_TRUE(ir::verify(graph).empty()) << ir::verify(graph).front();
  ASSERT_EQ(graph.nodes.size(), 2u);
  ASSERT_EQ(graph.inputs.size(), 2u);
  EXPECT_EQ(graph.values[graph.inputs[0]].shape, (ir::Shape{1, 4, 9, 8}));
  EXPECT_EQ(graph.values[graph.outputs[0]].shape, (ir::Shape{1, 5, 4, 4}));
  EXPECT_EQ(ir::macs(graph, graph.nodes[0]), 4u * 4 * 5 * 4 * 3 * 2);
}

TEST(Topology, TheSeedDecidesTheWeights) {
  const auto layers = parse_topology("Layer,M,N,K\na,4,5,6\n", "net.csv");
  EXPECT_EQ(ir::serialize(topology_graph(layers, 1)), ir::serialize(topology_graph(layers, 1)));
  EXPECT_NE(ir::serialize(topology_graph(layers, 1)), ir::serialize(topology_graph(layers, 2)));
}

}  // namespace
}  // namespace nnp::compiler
