// SPDX-License-Identifier: Apache-2.0
// Writes an ONNX graph node by node: opset 13, IR version 8, values known by name, weights drawn from the
// network's seed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "onnx/onnx_pb.h"

namespace nnp::models {

using Dimension = std::variant<std::int64_t, std::string>;  // a size, or the name of a symbolic one
using Shape = std::vector<std::int64_t>;
using Attribute = std::variant<std::int64_t, Shape, std::string>;
using Attributes = std::map<std::string, Attribute>;  // sorted: the same bytes every time

inline const std::string kBatch = "batch";
inline const std::string kSteps = "steps";

/// Where weights come from. Without values each is a graph input of its fixed shape: a network of any size is
/// then a few kilobytes, and its shapes and counts are the same.
struct WeightSource {
  std::uint64_t seed = 1;
  bool values = true;
};

class GraphBuilder {
 public:
  GraphBuilder(const std::string& name, const WeightSource&);
  GraphBuilder(const GraphBuilder&) = delete;
  GraphBuilder& operator=(const GraphBuilder&) = delete;

  /// Each returns the name of the value it makes.
  std::string input(const std::string& name, onnx::TensorProto_DataType, const std::vector<Dimension>&);
  std::string weights(const std::string& name, const Shape&, double standard_deviation, double mean = 0);
  std::string floats(const std::string& name, const Shape&, const std::vector<float>& values);
  std::string integers(const std::string& name, const std::vector<std::int64_t>& values);
  std::string scalar(const std::string& name, float value);
  std::string integer(const std::string& name, std::int64_t value);
  std::string booleans(const std::string& name, const Shape&, const std::vector<bool>& values);
  std::string node(const std::string& op, const std::string& name, const std::vector<std::string>& inputs,
                   const Attributes& = {});
  std::vector<std::string> node_of_many(const std::string& op, const std::string& name,
                                        const std::vector<std::string>& inputs, std::size_t outputs,
                                        const Attributes& = {});
  /// Renames `value`; later nodes must read it by the name returned.
  std::string output(const std::string& value, const std::string& name, const std::vector<Dimension>&);

  bool has_values() const { return source_.values; }
  bool has(const std::string& tensor) const { return shapes_.contains(tensor); }
  /// What a `weights` or `floats` call stored.
  std::vector<float> values(const std::string& initializer) const;
  /// Of what a `weights` or `floats` call made.
  Shape shape(const std::string& weights) const;

  onnx::ModelProto finish() &&;

 private:
  const onnx::TensorProto& find_tensor(const std::string& name) const;
  onnx::TensorProto& add_tensor(const std::string& name, const Shape&, onnx::TensorProto_DataType);

  WeightSource source_;
  std::map<std::string, Shape> shapes_;  // of all tensors
  onnx::ModelProto model_;
  onnx::GraphProto& graph_;
};

}  // namespace nnp::models
