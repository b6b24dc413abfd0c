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

bool supported(Level level) {
  switch (level) {
    case Level::scalar:
      return true;
#ifdef NNP_NUMERICS_X86
    case Level::avx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case Level::avx512_vnni:
      return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
             __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#endif
    default:
      return false;
  }
}

const Kernels& kernels(Level level) {
  if (supported(level)) {
    switch (level) {
      case Level::scalar:
        return kScalarKernels;
#ifdef NNP_NUMERICS_X86
      case Level::avx2:
        return kAvx2Kernels;
      case Level::avx512_vnni:
        return kAvx512VnniKernels;
#endif
      default:
        break;
    }
  }
  throw std::invalid_argument(std::string("numerics: this host has no kernels of level ") + to_string(level));
}

const Kernels& best() {
  static const Kernels& chosen = kernels(supported(Level::avx512_vnni) ? Level::avx512_vnni
                                         : supported(Level::avx2)      ? Level::avx2
                                                                       : Level::scalar);
  return chosen;
}

std::uint8_t* scratch() {
  alignas(64) thread_local std::uint8_t bytes[kScratchBytes];
  return bytes;
}

}  // namespace nnp::numerics
