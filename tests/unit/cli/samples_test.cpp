// SPDX-License-Identifier: Apache-2.0
// Files of several samples: which shapes hold how many.
#include "host_runtime/cli/samples.h"

#include <gtest/gtest.h>

#include <numeric>

#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/npy.h"
#include "tests/support/temporary_folder.h"

namespace nnp::cli {
namespace {

using test::TemporaryFolder;

ir::Graph graph_of(std::vector<std::pair<std::string, ir::Shape>> inputs) {
  ir::Graph graph;
  for (auto& [name, shape] : inputs)
    graph.inputs.push_back(graph.add_value({name, ir::DType::f32, shape, {}, {}}));
  return graph;
}

/// 0, 1, 2, ...
ir::Tensor counted(const ir::Shape& shape) {
  ir::Tensor tensor(ir::DType::f32, shape);
  std::iota(tensor.data<float>().begin(), tensor.data<float>().end(), 0.0f);
  return tensor;
}

class SampleFiles : public testing::Test {
 protected:
  std::string file(const std::string& name, const ir::Tensor& tensor) {
    write_npy(tensor, folder_.path(name));
    return folder_.path(name);
  }
  static Samples samples(const std::vector<std::string>& files, const ir::Graph& graph,
                         std::optional<std::uint64_t> count = {}) {
    return SampleChoice("--data", files, count, 1).samples_for(graph);
  }
  static std::string refusal(const std::vector<std::string>& files, const ir::Graph& graph) {
    try {
      samples(files, graph);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "(no UsageError)";
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(SampleFiles, HoldOneInputOrSeveralAlongTheFirstAxis) {
  const ir::Graph one = graph_of({{"x", {1, 2, 2}}}), pair = graph_of({{"x", {2, 2, 2}}});
  EXPECT_EQ(samples({file("a.npy", counted({1, 2, 2}))}, one).size(), 1u);
  const Samples five = samples({file("b.npy", counted({5, 2, 2}))}, one);
  ASSERT_EQ(five.size(), 5u);
  EXPECT_EQ(five[3][0].shape(), (ir::Shape{1, 2, 2}));
  EXPECT_EQ(five[3][0].data<float>()[1], 3 * 4 + 1);
  EXPECT_EQ(samples({file("c.npy", counted({3, 1, 2, 2}))}, one).size(), 3u);
  EXPECT_EQ(samples({file("d.npy", counted({6, 2, 2}))}, pair).size(), 3u) << "in batches of two";
  EXPECT_EQ(samples({file("a.npy", counted({1, 2, 2})), file("b.npy", counted({5, 2, 2}))}, one).size(), 6u);
}

TEST_F(SampleFiles, GiveAtMostAsManyAsWanted) {
  const ir::Graph graph = graph_of({{"x", {1, 2}}});
  EXPECT_EQ(samples({file("a.npy", counted({5, 2}))}, graph, 2).size(), 2u);
  EXPECT_EQ(samples({file("a.npy", counted({5, 2}))}, graph, 9).size(), 5u);
  EXPECT_EQ(samples({}, graph, 3).size(), 3u);
  EXPECT_EQ(samples({}, graph).size(), kRandomSamples);
}

TEST_F(SampleFiles, OfSeveralInputsAreNamedAndOfOneNumber) {
  const ir::Graph graph = graph_of({{"a", {1, 2}}, {"b", {1, 3}}});
  const std::string a = file("a.npy", counted({4, 2})), b = file("b.npy", counted({4, 3})),
                    few = file("few.npy", counted({3, 3}));
  const Samples four = samples({"b=" + b, "a=" + a}, graph);
  ASSERT_EQ(four.size(), 4u);
  EXPECT_EQ(four[1][0].shape(), (ir::Shape{1, 2}));
  EXPECT_EQ(four[1][1].data<float>()[0], 3);
  EXPECT_NE(refusal({a}, graph).find("NAME=FILE.npy"), std::string::npos);
  EXPECT_NE(refusal({"a=" + a}, graph).find("no --data for 'b'"), std::string::npos);
  EXPECT_NE(refusal({"a=" + a, "b=" + few}, graph).find("4 inputs for 'a' and 3 for 'b'"), std::string::npos);
}

TEST_F(SampleFiles, OfAnotherShapeAreRefusedWithBothShapes) {
  const ir::Graph graph = graph_of({{"x", {2, 3}}});
  for (const ir::Shape& shape : {ir::Shape{3, 3}, ir::Shape{2, 4}, ir::Shape{6}, ir::Shape{2, 2, 2, 3}}) {
    const std::string message = refusal({file("f.npy", counted(shape))}, graph);
    EXPECT_NE(message.find("input 'x' is float32 2x3"), std::string::npos) << message;
  }
}

}  // namespace
}  // namespace nnp::cli
