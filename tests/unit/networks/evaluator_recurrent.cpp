// SPDX-License-Identifier: Apache-2.0
// Recurrent layers of the float evaluator, one or two directions.
#include <cmath>

#include "tests/unit/networks/evaluator_tensors.h"

namespace nnp::models::test {
namespace {

using Index = std::int64_t;

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

// One direction's weights and what a sample's unit makes of its gates' sums.
struct Weights {
  Tensor w, r, b;  // [gates hidden, inputs], [gates hidden, hidden], [2 gates hidden]
};
Weights of_direction(const Tensor& w, const Tensor& r, const Tensor& b, Index direction) {
  const auto matrix = [&](const Tensor& all) {
    Tensor one = part(all, 0, direction, direction + 1);
    one.shape.erase(one.shape.begin());
    return one;
  };
  return {transpose(matrix(w), {1, 0}), transpose(matrix(r), {1, 0}), matrix(b)};
}

// Sums of one gate from x and from h, bias included.
struct Sums {
  const float* x;
  const float* h;
  const float* bias;
  Index hidden, gates, unit;
  float from_x(Index gate) const { return x[gate * hidden + unit] + bias[gate * hidden + unit]; }
  float from_h(Index gate) const { return h[gate * hidden + unit] + bias[(gates + gate) * hidden + unit]; }
  float operator()(Index gate) const { return from_x(gate) + from_h(gate); }
};

// `cell(sums, h, c)` updates a unit's h and c.
template <typename Cell>
Tensor recurrent(const Tensor& x, const Tensor& w, const Tensor& r, const Tensor& b, const Cell& cell) {
  const Index steps = x.shape[0], batch = x.shape[1], directions = w.shape[0], hidden = r.shape[2];
  const Index gates = w.shape[1] / hidden;
  Tensor y{{steps, directions, batch, hidden}, {}};
  y.values.resize(static_cast<std::size_t>(product(y.shape)));
  for (Index direction = 0; direction < directions; ++direction) {
    const Weights weights = of_direction(w, r, b, direction);
    Tensor h{{batch, hidden}, std::vector<float>(static_cast<std::size_t>(batch * hidden))};
    std::vector<float> c = h.values;
    for (Index i = 0; i < steps; ++i) {
      const Index step = direction == 0 ? i : steps - 1 - i;
      Tensor now = part(x, 0, step, step + 1);
      now.shape.erase(now.shape.begin());
      const Tensor of_x = product_of_matrices(now, weights.w), of_h = product_of_matrices(h, weights.r);
      for (Index n = 0; n < batch; ++n) {
        for (Index unit = 0; unit < hidden; ++unit) {
          const Index row = n * gates * hidden;
          const auto at = static_cast<std::size_t>(n * hidden + unit);
          cell(Sums{of_x.values.data() + row, of_h.values.data() + row, weights.b.values.data(), hidden,
                    gates, unit},
               h.values[at], c[at]);
        }
      }
      std::copy(h.values.begin(), h.values.end(),
                y.values.begin() + (step * directions + direction) * batch * hidden);
    }
  }
  return y;
}

}  // namespace

// ONNX: gates in the order i, o, f, c.
Tensor lstm(const Tensor& x, const Tensor& w, const Tensor& r, const Tensor& b) {
  return recurrent(x, w, r, b, [](const Sums& sums, float& h, float& c) {
    c = sigmoid(sums(2)) * c + sigmoid(sums(0)) * std::tanh(sums(3));
    h = sigmoid(sums(1)) * std::tanh(c);
  });
}

// ONNX: gates in the order z, r, h.
Tensor gru(const Tensor& x, const Tensor& w, const Tensor& r, const Tensor& b) {
  return recurrent(x, w, r, b, [](const Sums& sums, float& h, float&) {
    const float update = sigmoid(sums(0));
    const float candidate = std::tanh(sums.from_x(2) + sigmoid(sums(1)) * sums.from_h(2));
    h = (1 - update) * candidate + update * h;
  });
}

}  // namespace nnp::models::test
