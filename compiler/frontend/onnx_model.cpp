// SPDX-License-Identifier: Apache-2.0
// Attribute access and the wording of a refused node.
#include "compiler/frontend/onnx_model.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace nnp::compiler {
namespace {

template <typename T>
T attribute_or(const OnnxNode& node, const std::string& key, T otherwise, const char* kind) {
  const auto found = node.attributes.find(key);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  refuse(node, fmt::format("attribute '{}' must be {}", key, kind));
}

}  // namespace

void refuse(const OnnxNode& node, const std::string& message) {
  throw CompileError(fmt::format("node '{}' ({}): {}", node.name, node.op, message));
}

std::string describe(const ir::Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

std::int64_t OnnxNode::integer(const std::string& key, std::int64_t otherwise) const {
  return attribute_or(*this, key, otherwise, "an integer");
}

float OnnxNode::number(const std::string& key, float otherwise) const {
  return attribute_or(*this, key, otherwise, "a number");
}

std::string OnnxNode::text(const std::string& key, const std::string& otherwise) const {
  return attribute_or(*this, key, otherwise, "a string");
}

std::vector<std::int64_t> OnnxNode::integers(const std::string& key,
                                             std::vector<std::int64_t> otherwise) const {
  return attribute_or(*this, key, std::move(otherwise), "a list of integers");
}

std::vector<float> OnnxNode::numbers(const std::string& key, std::vector<float> otherwise) const {
  return attribute_or(*this, key, std::move(otherwise), "a list of numbers");
}

}  // namespace nnp::compiler
