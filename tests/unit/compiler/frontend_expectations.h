// SPDX-License-Identifier: Apache-2.0
// What the tests of the frontend's operators look at.
#pragma once

#include <gtest/gtest.h>

#include "compiler/compile_error.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp::test {

template <typename Attributes>
const Attributes& attributes(const ir::Graph& graph, std::size_t node = 0) {
  return std::get<Attributes>(graph.nodes.at(node).attributes);
}

inline const ir::Shape& output_shape(const ir::Graph& graph) {
  return graph.values.at(graph.outputs.at(0)).shape;
}

inline std::string message(const OnnxMaker& maker) {
  try {
    maker.import();
  } catch (const compiler::CompileError& error) {
    return error.what();
  }
  return "(no CompileError)";
}

/// One node with its operands; the result by plain loops.
inline std::vector<float> result_of(const std::string& op, ir::Shape shape, const std::vector<float>& x,
                                    std::map<std::string, OnnxMaker::Attribute> extra = {}, int opset = 13) {
  OnnxMaker maker(opset);
  std::vector<OnnxMaker::Dim> dims;
  for (const std::int64_t dim : shape) dims.emplace_back(static_cast<int>(dim));
  maker.input("x", dims).output("y").node(op, {"x"}, {"y"}, std::move(extra));
  return run(maker.import(), x);
}

}  // namespace nnp::test

#define EXPECT_REFUSED(maker, part) \
  EXPECT_NE(nnp::test::message(maker).find(part), std::string::npos) << nnp::test::message(maker)
