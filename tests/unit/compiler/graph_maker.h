// SPDX-License-Identifier: Apache-2.0
// Small graphs for tests of the passes and of quantisation: builders that name only what matters, an outline
// to compare, a run.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::test {

class GraphMaker {
 public:
  ir::Graph graph;

  explicit GraphMaker(unsigned seed = 1) : random_(seed) { graph.name = "test"; }
  ir::ValueId input(const std::string& name, ir::Shape, ir::DType = ir::DType::f32);
  ir::ValueId constant(const std::string& name, ir::Shape, std::vector<float> values);
  /// Values drawn from [lo, hi).
  ir::ValueId random(const std::string& name, ir::Shape, float lo = -1, float hi = 1);
  /// A node and its value, both called `name`.
  ir::ValueId node(ir::Op, const std::string& name, std::vector<ir::ValueId> inputs, ir::Shape,
                   ir::Attributes = {});
  void output(ir::ValueId id) { graph.outputs.push_back(id); }

  // Common nodes; constants are called name.w, name.b ...
  ir::ValueId conv(const std::string& name, ir::ValueId x, std::int64_t filters, std::int64_t kernel,
                   std::int64_t pad = 0, std::int64_t group = 1);
  ir::ValueId gemm(const std::string& name, ir::ValueId x, std::int64_t columns);  // canonical, with bias
  ir::ValueId lstm(const std::string& name, ir::ValueId x, std::int64_t hidden);
  /// Y of an RNN, GRU or LSTM with bias; the node may be given states and outputs more.
  ir::ValueId recurrent(ir::Op, const std::string& name, ir::ValueId x, std::int64_t hidden,
                        bool reverse = false, bool resets_after = false);
  ir::ValueId pool(ir::Op, const std::string& name, ir::ValueId x, std::int64_t kernel, std::int64_t stride);
  ir::ValueId batch_normalization(const std::string& name, ir::ValueId x);  // name.s, .b, .m, .v
  ir::ValueId same_shape(ir::Op, const std::string& name, std::vector<ir::ValueId> inputs);

  const ir::Shape& shape(ir::ValueId id) const { return graph.values.at(id).shape; }
  ir::Tensor sample(const ir::Shape&, float lo = -1, float hi = 1);

 private:
  std::mt19937 random_;
};

/// One line a node: "Conv(x, w, -) -> y [0, inf]"; then "outputs: y".
std::string outline(const ir::Graph&);

/// Every rule of ir::verify that is broken, one a line.
std::string faults(const ir::Graph&);

std::vector<ir::Tensor> run(const ir::Graph&, const std::vector<ir::Tensor>& inputs);

/// Largest difference between two runs' outputs. Fails the test when their shapes differ.
double largest_difference(const std::vector<ir::Tensor>&, const std::vector<ir::Tensor>&);

const ir::Node& find_node(const ir::Graph&, const std::string& name);
const ir::Value& find_value(const ir::Graph&, const std::string& name);

}  // namespace nnp::test
