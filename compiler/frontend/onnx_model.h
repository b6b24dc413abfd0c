// SPDX-License-Identifier: Apache-2.0
// An ONNX model as plain data: every shape static, every constant a Tensor, no protobuf. What the operator
// files read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/compile_error.h"
#include "compiler/ir/graph.h"
#include "compiler/ir/onnx_attributes.h"

namespace nnp::compiler {

using ir::OnnxAttribute;

struct OnnxNode {
  std::string name, op;
  std::vector<std::string> inputs, outputs;  // "" for one left out
  ir::OnnxAttributeMap attributes;

  bool has_input(std::size_t i) const { return i < inputs.size() && !inputs[i].empty(); }
  bool has_attribute(const std::string& key) const { return attributes.contains(key); }

  // An attribute or its default. Throws CompileError when it has another type.
  std::int64_t integer(const std::string& key, std::int64_t otherwise) const;
  float number(const std::string& key, float otherwise) const;
  std::string text(const std::string& key, const std::string& otherwise) const;
  std::vector<std::int64_t> integers(const std::string& key, std::vector<std::int64_t> otherwise) const;
  std::vector<float> numbers(const std::string& key, std::vector<float> otherwise) const;
};

struct OnnxType {
  ir::DType type = ir::DType::f32;
  ir::Shape shape;
};

struct OnnxModel {
  std::string name;
  std::int64_t opset = 0;
  std::vector<std::string> inputs, outputs;     // inputs exclude constants
  std::vector<OnnxNode> nodes;                  // topological order
  std::map<std::string, ir::Tensor> constants;  // initializers and everything folded to one
  std::map<std::string, OnnxType> types;        // of every other value
};

/// Throws CompileError "node 'NAME' (OPERATOR): MESSAGE".
[[noreturn]] void refuse(const OnnxNode&, const std::string& message);

/// "[1, 3, 224, 224]".
std::string describe(const ir::Shape&);

}  // namespace nnp::compiler
