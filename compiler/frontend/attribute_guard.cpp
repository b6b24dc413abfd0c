// SPDX-License-Identifier: Apache-2.0
// Ranges of the attributes that count or divide.
#include "compiler/frontend/attribute_guard.h"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <span>
#include <string_view>

#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

struct Range {
  std::string_view attribute;
  std::int64_t lo, hi;
};
// The upper ends are far beyond any network; they keep sums of sizes inside 64 bits.
constexpr std::int64_t kLarge = 1 << 20;
constexpr Range kRanges[] = {
    {"strides", 1, kLarge}, {"dilations", 1, kLarge},   {"kernel_shape", 1, kLarge}, {"pads", 0, kLarge},
    {"group", 1, kLarge},   {"hidden_size", 1, kLarge}, {"axis", -64, 64},           {"axes", -64, 64},
    {"perm", 0, 64},        {"batch_axis", -64, 64},
};

}  // namespace

void guard_attributes(const onnx::NodeProto& node) {
  for (const onnx::AttributeProto& attribute : node.attribute()) {
    if (attribute.has_g() || attribute.graphs_size() > 0) {
      throw CompileError(fmt::format("node '{}' ({}): graphs inside attributes are not supported",
                                     node.name(), node.op_type()));
    }
    for (const Range& range : kRanges) {
      if (range.attribute != attribute.name()) continue;
      const auto check = [&](std::int64_t value) {
        if (value >= range.lo && value <= range.hi) return;
        throw CompileError(fmt::format("node '{}' ({}): attribute '{}' holds {}; allowed are {} to {}",
                                       node.name(), node.op_type(), attribute.name(), value, range.lo,
                                       range.hi));
      };
      // An INT without its field reads as 0, like any missing number of protobuf.
      if (attribute.has_i() || attribute.type() == onnx::AttributeProto::INT) check(attribute.i());
      for (const std::int64_t value : attribute.ints()) check(value);
    }
  }
}

void guard_weights(const onnx::GraphProto& graph) {
  constexpr int kLeastRank = 3;  // input channels, output channels, one axis at least
  std::map<std::string_view, int> ranks;
  for (const auto& tensor : graph.initializer()) ranks[tensor.name()] = tensor.dims_size();
  for (const auto& node : graph.node()) {
    if (node.op_type() != "ConvTranspose" || node.input_size() < 2) continue;
    const auto weights = ranks.find(node.input(1));
    if (weights == ranks.end() || weights->second >= kLeastRank) continue;
    throw CompileError(
        fmt::format("node '{}' (ConvTranspose): weights '{}' have rank {}; at least {} is allowed",
                    node.name(), node.input(1), weights->second, kLeastRank));
  }
}

}  // namespace nnp::compiler
