// SPDX-License-Identifier: Apache-2.0
// Who can tell how long a program takes. The compiler knows no simulator: whoever calls it brings one.
#pragma once

#include "isa/program/program.h"

namespace nnp::compiler {

class Evaluator {
 public:
  virtual ~Evaluator() = default;

  /// Core cycles from the doorbell to the interrupt of a program of one launch (generate_layer), timing only.
  virtual Cycles cycles(const isa::Program&) = 0;
};

}  // namespace nnp::compiler
