// SPDX-License-Identifier: Apache-2.0
// An LSTM, row by row and step by step.
#include <fmt/format.h>

#include "host_runtime/reference/gpu/loops.h"

namespace nnp::gpu::loops {
namespace {

/// One step of one row: w x and r h with the bias, then the cell.
class LstmRow {
 public:
  explicit LstmRow(const Lstm& l) : l_(l), gates_(4 * static_cast<std::size_t>(l.H)) {}

  void step(std::int64_t x_row, Address h_at, std::int64_t h_row, float* c, Address y_at,
            std::int64_t y_row) {
    const Source x{l_.x, l_.element}, w{l_.w, l_.element}, r{l_.r, l_.element}, bias{l_.bias, l_.element},
        h{h_at, l_.element};
    for (std::int64_t n = 0; n < 4 * l_.H; ++n) {
      float sum = 0;
      for (std::int64_t k = 0; k < l_.I; ++k) sum += load(x, x_row * l_.I + k) * load(w, n * l_.I + k);
      for (std::int64_t k = 0; h_at && k < l_.H; ++k)
        sum += load(h, h_row * l_.H + k) * load(r, n * l_.H + k);
      gates_[static_cast<std::size_t>(n)] = sum + load(bias, n);
    }
    for (std::int64_t unit = 0; unit < l_.H; ++unit) {
      const auto quarter = [&](std::int64_t index) {
        return gates_[static_cast<std::size_t>(index * l_.H + unit)];
      };
      const float i = sigmoid(quarter(0)), o = sigmoid(quarter(1)), f = sigmoid(quarter(2)),
                  g = std::tanh(quarter(3));
      c[unit] = f * c[unit] + i * g;
      store({y_at, l_.element}, y_row * l_.H + unit, o * std::tanh(c[unit]));
    }
  }

 private:
  const Lstm& l_;
  std::vector<float> gates_;
};

void run(const Lstm& l) {
  const std::int64_t H = l.H, B = l.B;
  LstmRow work(l);
  for (std::int64_t row = 0; row < B; ++row) {
    std::vector<float> c(static_cast<std::size_t>(H));
    for (std::int64_t unit = 0; l.first_c && unit < H; ++unit)
      c[static_cast<std::size_t>(unit)] = load({l.first_c, l.element}, row * H + unit);
    Address h = l.first_h;
    std::int64_t h_row = row;
    for (std::int64_t step = 0; step < l.T; ++step) {
      const std::int64_t t = l.reverse ? l.T - 1 - step : step;
      work.step(t * B + row, h, h_row, c.data(), l.y, t * B + row);
      h = l.y, h_row = t * B + row;
    }
    for (std::int64_t unit = 0; unit < H; ++unit) {
      if (l.last_h) store({l.last_h, l.element}, row * H + unit, load({h, l.element}, h_row * H + unit));
      if (l.last_c) store({l.last_c, l.element}, row * H + unit, c[static_cast<std::size_t>(unit)]);
    }
  }
}

}  // namespace

Kernel prepare(const Lstm& l) {
  if (!is_real(l.element))
    throw GpuError(fmt::format("Lstm of {}: it must be f32, f16 or bf16", to_string(l.element)));
  return [l] { run(l); };
}

}  // namespace nnp::gpu::loops
