// SPDX-License-Identifier: Apache-2.0
#include "tests/support/random_network.h"

namespace nnp::test {

ir::Graph random_batched_network(std::uint64_t seed, std::int64_t batch) {
  NetworkBuilder b(seed);
  if (seed % 5 == 4) {
    const ir::ValueId x = b.input({batch, b.pick(1, 12), b.pick(1, 24)}, ir::DType::s8);
    const std::int64_t depth = b.pick(1, 24);
    const ir::ValueId q = b.gemm(x, depth), k = b.gemm(x, depth), v = b.gemm(x, b.pick(1, 20));
    b.output(b.matmul(b.matmul(q, k, true), v, false));
    return b.take();
  }
  ir::ValueId x = b.input({batch, b.pick(1, 12), b.pick(7, 11), b.pick(7, 11)});
  const std::int64_t groups = b.pick(0, 2) == 0 ? 2 : 1, channels = groups * b.pick(1, 10);
  x = b.conv(x, channels, b.pick(1, 3), b.pick(1, 2), b.pick(0, 1));
  const ir::ValueId left = b.conv(x, channels, 3, 1, 1, 1, groups);
  x = b.pick(0, 1) == 0 ? left : b.binary(ir::Op::add, x, left);
  if (b.pick(0, 1) == 0)
    x = b.pool(x, b.pick(0, 1) == 0 ? ir::Op::max_pool : ir::Op::average_pool, 2, b.pick(1, 2), b.pick(0, 1));
  if (b.pick(0, 1) == 0) x = b.conv(x, b.pick(1, 20), 1, b.pick(1, 2), 0);
  if (b.pick(0, 2) == 0) x = b.vector_function(x);
  b.output(x);
  return b.take();
}

}  // namespace nnp::test
