// SPDX-License-Identifier: Apache-2.0
// The roofline's formulas, with numbers that can be reckoned by hand, and the bytes of a graph.
#include "host_runtime/comparison/roofline.h"

#include <gtest/gtest.h>

#include "host_runtime/comparison/graph_traffic.h"
#include "host_runtime/comparison/row.h"

namespace nnp::comparison {
namespace {

const Ceilings kMachine{1000, 10, "a test"};  // ridge at 100 operations a byte

TEST(Roofline, LeftOfTheRidgeTheBandwidthBounds) {
  const Position p = position_of(/*macs=*/100, /*bytes=*/20, kMachine, /*seconds=*/4.0);
  EXPECT_DOUBLE_EQ(*p.intensity, 10) << "200 operations over 20 bytes";
  EXPECT_DOUBLE_EQ(p.attainable, 100) << "10 operations a byte at 10 bytes a second";
  EXPECT_DOUBLE_EQ(*p.attained, 50);
  EXPECT_DOUBLE_EQ(*p.of_attainable(), 0.5);
  EXPECT_DOUBLE_EQ(p.least_s, 2) << "20 bytes at 10 a second";
  EXPECT_STREQ(p.bound(), "memory");
}

TEST(Roofline, RightOfItThePeakDoes) {
  const Position p = position_of(5000, 20, kMachine);
  EXPECT_DOUBLE_EQ(p.attainable, 1000);
  EXPECT_DOUBLE_EQ(p.least_s, 10);
  EXPECT_STREQ(p.bound(), "compute");
  EXPECT_FALSE(p.attained) << "no time is known";
  EXPECT_STREQ(position_of(1000, 20, kMachine).bound(), "compute") << "on the ridge";
}

TEST(Roofline, WorkWithoutBytesOrOperationsHasItsOwnBound) {
  EXPECT_FALSE(position_of(5, 0, kMachine).intensity);
  EXPECT_STREQ(position_of(5, 0, kMachine).bound(), "compute");
  EXPECT_STREQ(position_of(0, 5, kMachine).bound(), "memory");
  EXPECT_STREQ(position_of(0, 0, kMachine).bound(), "none");
}

TEST(GraphTraffic, ReadsConstantsOnceWritesValuesOnceAndReadsThemOnceAReader) {
  ir::Graph graph;
  const auto value = [&](ir::Shape shape) {
    ir::Value v;
    v.type = ir::DType::f32, v.shape = shape;
    graph.values.push_back(v);
    return static_cast<ir::ValueId>(graph.values.size() - 1);
  };
  const ir::ValueId x = value({2, 3}), w = value({3, 3}), y = value({2, 3}), z = value({2, 3}),
                    flat = value({6});
  graph.values[w].constant = ir::Tensor(ir::DType::f32, ir::Shape{3, 3});
  const auto node = [&](ir::Op op, std::vector<ir::ValueId> in, ir::ValueId out) {
    ir::Node n;
    n.op = op, n.inputs = in, n.outputs = {out};
    graph.nodes.push_back(n);
  };
  node(ir::Op::matmul, {x, w}, y);
  node(ir::Op::matmul, {y, w}, z);  // the same weights
  node(ir::Op::reshape, {z}, flat);
  graph.inputs = {x}, graph.outputs = {flat};
  const GraphTraffic traffic = traffic_of(graph);
  EXPECT_EQ(traffic.weight_bytes, 9u * 4);
  EXPECT_EQ(traffic.activation_bytes, (6u + 6 + 6 + 6) * 4) << "x read, y written and read, z written";
  EXPECT_EQ(traffic_of(graph, 1).bytes(), traffic.bytes() / 4) << "one byte an element";
}

TEST(ARow, HasThroughputAndPeakShareFromItsLatency) {
  Row row;
  row.batch = 8, row.latency_s = 2.0, row.peak_operations_per_s = 100;
  complete(row, /*macs=*/50);
  EXPECT_DOUBLE_EQ(*row.throughput_per_s, 4);
  EXPECT_DOUBLE_EQ(*row.peak_fraction, 0.5) << "100 operations in 2 s of 100 a second";
  Row published;
  published.batch = 64, published.throughput_per_s = 128;
  complete(published, 1);
  EXPECT_DOUBLE_EQ(*published.latency_s, 0.5);
  EXPECT_FALSE(published.peak_fraction);
}

}  // namespace
}  // namespace nnp::comparison
