// SPDX-License-Identifier: Apache-2.0
// Kernels over rows: Softmax, layer normalisation, rows of a table.
#include <fmt/format.h>

#include "host_runtime/reference/gpu/loops.h"

namespace nnp::gpu::loops {
namespace {

void run(const Softmax& s) {
  for (std::int64_t first = 0; first < s.rows * s.n; first += s.n) {
    float largest = -std::numeric_limits<float>::infinity();
    for (std::int64_t i = 0; i < s.n; ++i) largest = std::max(largest, load(s.x, first + i));
    std::vector<float> powers;  // y may lie on x
    float sum = 0;
    for (std::int64_t i = 0; i < s.n; ++i)
      sum += powers.emplace_back(std::exp(load(s.x, first + i) - largest));
    for (std::int64_t i = 0; i < s.n; ++i) store(s.y, first + i, powers[static_cast<std::size_t>(i)] / sum);
  }
}

void run(const LayerNormalization& l) {
  const auto* const scale = pointer<const float>(l.scale);
  const auto* const shift = pointer<const float>(l.shift);
  const auto count = static_cast<float>(l.n);
  for (std::int64_t first = 0; first < l.rows * l.n; first += l.n) {
    float sum = 0, squares = 0;
    for (std::int64_t i = 0; i < l.n; ++i) sum += load(l.x, first + i);
    const float mean = sum / count;
    for (std::int64_t i = 0; i < l.n; ++i) {
      const float distance = load(l.x, first + i) - mean;
      squares += distance * distance;
    }
    const float factor = 1 / std::sqrt(squares / count + l.epsilon);
    for (std::int64_t i = 0; i < l.n; ++i) {
      float value = (load(l.x, first + i) - mean) * factor;
      if (scale) value *= scale[i];
      if (shift) value += shift[i];
      store(l.y, first + i, value);
    }
  }
}

void run(const Gather& g) {
  const auto* const indices = pointer<const std::int64_t>(g.indices);
  for (std::int64_t i = 0; i < g.rows; ++i) {
    const std::int64_t row = indices[i] < 0 ? indices[i] + g.table_rows : indices[i];
    if (row < 0 || row >= g.table_rows)
      throw GpuError(
          fmt::format("Gather: index {} at {} is outside the table's {} rows", indices[i], i, g.table_rows));
    for (std::int64_t at = 0; at < g.n; ++at) store(g.y, i * g.n + at, load(g.table, row * g.n + at));
  }
}

}  // namespace

Kernel prepare(const Softmax& s) {
  return [s] { run(s); };
}
Kernel prepare(const LayerNormalization& l) {
  return [l] { run(l); };
}
Kernel prepare(const Gather& g) {
  return [g] { run(g); };
}

}  // namespace nnp::gpu::loops
