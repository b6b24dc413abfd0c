// SPDX-License-Identifier: Apache-2.0
// Which kernel sets this build has and this host can run.

#include <stdexcept>
#include <string>

#include "isa/numerics/kernel_sets.h"

namespace nnp::numerics {

const char* to_string(Level level) {
  switch (level) {
    case Level::scalar:
      return "scalar";
    case Level::avx2:
      return "avx2";
    case Level::avx512_vnni:
      return "avx512_vnni";
  }
  return "unknown";
}

bool supported(Level level) { return level == Level::scalar; }

const Kernels& kernels(Level level) {
  if (supported(level)) {
    switch (level) {
      case Level::scalar:
        return kScalarKernels;
      default:
        break;
    }
  }
  throw std::invalid_argument(std::string("numerics: this host has no kernels of level ") + to_string(level));
}

const Kernels& best() {
  static const Kernels& chosen = kScalarKernels;
  return chosen;
}

}  // namespace nnp::numerics
