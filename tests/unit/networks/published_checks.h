// SPDX-License-Identifier: Apache-2.0
// A network against ONNX's own checker and what was published of it. Counts need no weights, so no network is
// too large: its outline has each weight as an input of the graph.
#pragma once

#include <cstdint>
#include <string>

#include "onnx/onnx_pb.h"

namespace nnp::models::test {

struct Published {
  std::string name;
  std::int64_t parameters;  // learnt ones: without running statistics
  std::int64_t macs;        // one sample of `steps` steps
  double tolerance;         // relative, where the source rounds
  std::int64_t steps = 1;
};

void PrintTo(const Published&, std::ostream*);

/// Expects of the outline: checker content, shapes inferred up to the outputs, counts as published.
void expect_as_published(const Published&);

/// Builds the file in a temporary cache and expects: checker content, and for each weight of the outline an
/// initializer of its shape, with values.
void expect_file_fills_outline(const std::string& name);

/// Inputs of an outline that the network's user gives; the others are weights.
bool is_given(const onnx::ValueInfoProto& input);

}  // namespace nnp::models::test
