// SPDX-License-Identifier: Apache-2.0
// A loop that is written once, for the vectoriser, and compiled for the baseline and again for AVX2. Both
// give the same bits, because every float operation is rounded on its own (-ffp-contract=off).
#pragma once

#include "isa/numerics/numerics.h"

#if defined(__x86_64__)
#define NNP_AVX2 __attribute__((target("avx2")))
#else
#define NNP_AVX2
#endif
#define NNP_INLINE \
  __attribute__((always_inline))  // loops take the instruction set of the function they are inlined into

namespace nnp::numerics {

inline bool has_avx2() {
  static const bool has = supported(Level::avx2);
  return has;
}

template <typename Loop>
NNP_AVX2 void run_avx2(Loop loop) {
  loop();
}
template <typename Loop>
void run_baseline(Loop loop) {
  loop();
}
/// `loop` is a lambda that is NNP_INLINE.
template <typename Loop>
void run_vectorised(Loop loop) {
  has_avx2() ? run_avx2(loop) : run_baseline(loop);
}

}  // namespace nnp::numerics
