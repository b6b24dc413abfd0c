// SPDX-License-Identifier: Apache-2.0
// A network file against ONNX's own checker and what was published of the network.
#pragma once

#include <cstdint>
#include <string>

namespace nnp::models::test {

struct Published {
  std::string name;
  std::int64_t parameters;  // learnt ones: without running statistics
  std::int64_t macs;        // one sample, one step
  double tolerance;         // relative, where the source rounds
};

void PrintTo(const Published&, std::ostream*);

/// Builds the network in a temporary cache and expects: checker content, shapes inferred up to the outputs,
/// counts as published.
void expect_as_published(const Published&);

}  // namespace nnp::models::test
