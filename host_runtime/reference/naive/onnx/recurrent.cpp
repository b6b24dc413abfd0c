// SPDX-License-Identifier: Apache-2.0
// LSTM in the forms that the IR's node does not have: sequences of different lengths, clipped gates; with
// peepholes or without. Directions side by side, default activations, layout 0.
#include <algorithm>
#include <cmath>

#include "host_runtime/reference/naive/onnx/functions.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

enum Input : std::size_t { kX, kW, kR, kBias, kLengths, kInitialH, kInitialC, kPeepholes };

float sigmoid(float x) { return numerics::unary(numerics::UnaryFunction::sigmoid, x); }
float tanh(float x) { return numerics::unary(numerics::UnaryFunction::tanh, x); }

float dot(std::span<const float> a, std::span<const float> b, float sum) {
  for (std::size_t i = 0; i < a.size(); ++i) sum = std::fma(a[i], b[i], sum);
  return sum;
}

/// The slice of one direction; zeros where the operand is left out.
std::vector<float> part(const OnnxCall& call, std::size_t input, std::size_t direction,
                        std::size_t elements) {
  std::vector<float> values(elements, 0.0f);
  if (!call.has(input)) return values;
  const auto data = call.data<float>(input);
  if (data.size() < (direction + 1) * elements) call.fail("input " + std::to_string(input) + " is too small");
  std::ranges::copy(data.subspan(direction * elements, elements), values.begin());
  return values;
}

struct Sequence {
  std::size_t T, B, I, H;
  bool reverse;
  float clip;
};

/// One direction: y [T][B][H] with zeros behind a sequence's end; h and c after its last step.
void run_direction(const OnnxCall& call, const Sequence& s, std::size_t direction, std::vector<float>& y,
                   std::vector<float>& h, std::vector<float>& c) {
  const std::size_t H = s.H;
  const auto W = part(call, kW, direction, 4 * H * s.I), R = part(call, kR, direction, 4 * H * H),
             bias = part(call, kBias, direction, 8 * H),
             p = part(call, kPeepholes, direction, 3 * H);  // i, o, f
  h = part(call, kInitialH, direction, s.B * H), c = part(call, kInitialC, direction, s.B * H);
  const auto lengths = call.has(kLengths) ? call.integers(kLengths)
                                          : std::vector<std::int64_t>(s.B, static_cast<std::int64_t>(s.T));
  if (lengths.size() != s.B) call.fail("one length a sequence is needed");
  const auto x = call.data<float>(kX);
  std::vector<float> next(H);
  for (std::size_t b = 0; b < s.B; ++b) {
    const std::size_t steps = std::min(s.T, static_cast<std::size_t>(std::max<std::int64_t>(0, lengths[b])));
    float *hb = &h[b * H], *cb = &c[b * H];
    for (std::size_t step = 0; step < steps; ++step) {
      const std::size_t t = s.reverse ? steps - 1 - step : step;
      const auto input = x.subspan((t * s.B + b) * s.I, s.I);
      const auto gate = [&](std::size_t which, std::size_t j, float peephole) {
        const std::size_t row = which * H + j;
        float sum = dot(input, std::span(W).subspan(row * s.I, s.I), 0);
        sum = dot({hb, H}, std::span(R).subspan(row * H, H), sum);
        sum += bias[row] + bias[4 * H + row] + peephole;
        return s.clip > 0 ? std::clamp(sum, -s.clip, s.clip) : sum;
      };
      std::vector<float> cell(H);
      for (std::size_t j = 0; j < H; ++j) {
        const float i = sigmoid(gate(0, j, p[j] * cb[j])), f = sigmoid(gate(2, j, p[2 * H + j] * cb[j]));
        const float kept = f * cb[j], added = i * tanh(gate(3, j, 0));
        cell[j] = kept + added;
        next[j] = sigmoid(gate(1, j, p[H + j] * cell[j])) * tanh(cell[j]);
      }
      std::ranges::copy(cell, cb);
      std::ranges::copy(next, hb);
      std::ranges::copy(next, y.begin() + static_cast<std::ptrdiff_t>((t * s.B + b) * H));
    }
  }
}

}  // namespace

void onnx_lstm(OnnxCall& call) {
  const ir::Shape& x = call.shape(kX);
  const std::string direction = call.text("direction", "forward");
  const auto D = static_cast<std::size_t>(direction == "bidirectional" ? 2 : 1);
  const std::int64_t hidden = call.integer("hidden_size", call.shape(kR).back());
  if (x.size() != 3 || hidden < 1 || call.integer("layout", 0) != 0) call.fail("x must be [T, B, I]");
  const Sequence shape{static_cast<std::size_t>(x[0]),
                       static_cast<std::size_t>(x[1]),
                       static_cast<std::size_t>(x[2]),
                       static_cast<std::size_t>(hidden),
                       false,
                       call.number("clip", 0)};
  const auto directions = static_cast<std::int64_t>(D);
  const std::size_t state = shape.B * shape.H;
  std::vector<float> Y(shape.T * D * state), Y_h(D * state), Y_c(D * state);
  for (std::size_t d = 0; d < D; ++d) {
    Sequence sequence = shape;
    sequence.reverse = d == 1 || direction == "reverse";
    std::vector<float> y(shape.T * state, 0.0f), h, c;
    run_direction(call, sequence, d, y, h, c);
    for (std::size_t t = 0; t < shape.T; ++t)
      std::copy_n(y.begin() + static_cast<std::ptrdiff_t>(t * state), state,
                  Y.begin() + static_cast<std::ptrdiff_t>((t * D + d) * state));
    std::ranges::copy(h, Y_h.begin() + static_cast<std::ptrdiff_t>(d * state));
    std::ranges::copy(c, Y_c.begin() + static_cast<std::ptrdiff_t>(d * state));
  }
  if (call.wants(0)) std::ranges::copy(Y, call.make_data<float>(0, {x[0], directions, x[1], hidden}).begin());
  if (call.wants(1)) std::ranges::copy(Y_h, call.make_data<float>(1, {directions, x[1], hidden}).begin());
  if (call.wants(2)) std::ranges::copy(Y_c, call.make_data<float>(2, {directions, x[1], hidden}).begin());
}

}  // namespace nnp::reference::naive
