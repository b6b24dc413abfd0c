// SPDX-License-Identifier: Apache-2.0
// Holds oneDNN's OpenMP to a number of threads while it lives. One is right where others work too: on a busy
// machine OpenMP's threads spin at their barriers, and a ResNet-50 forward pass took 0.12 s of CPU on one
// thread and 0.3 to 0.9 s on two.
#pragma once

#ifdef NNP_HAVE_OPENMP
#include <omp.h>
#endif

namespace nnp::reference::onednn {

#ifdef NNP_HAVE_OPENMP
class Threads {
 public:
  explicit Threads(unsigned threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(static_cast<int>(threads));
  }
  ~Threads() { omp_set_num_threads(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;
  static unsigned most() { return static_cast<unsigned>(omp_get_num_procs()); }

 private:
  int before_;
};
#else
struct Threads {
  explicit Threads(unsigned) {}  // not trivial, so that an object of it is not "unused"
  static unsigned most() { return 1; }
};
#endif

}  // namespace nnp::reference::onednn
