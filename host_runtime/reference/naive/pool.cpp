// SPDX-License-Identifier: Apache-2.0
// MaxPool, AveragePool, GlobalAveragePool. Both kinds walk the taps that lie inside the image; padding never
// wins and adds nothing.
#include <cmath>
#include <limits>

#include "compiler/ir/quantized.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/window.h"

namespace nnp::reference::naive {
namespace {

bool counts_padding(const Operands& node) {
  const auto* attributes = std::get_if<ir::PoolAttributes>(&node.node().attributes);
  return attributes && attributes->count_include_pad;
}

// Pixel indices of the window at (p, q) that lie inside the image.
void find_taps(const Window& w, std::size_t p, std::size_t q, std::vector<std::size_t>& taps) {
  taps.clear();
  for (std::size_t r = 0; r < w.R; ++r)
    for (std::size_t s = 0; s < w.S; ++s)
      if (const std::ptrdiff_t h = w.row(p, r), v = w.column(q, s); w.inside(h, v))
        taps.push_back(static_cast<std::size_t>(h) * w.W + static_cast<std::size_t>(v));
}

void run_float(Call& call) {
  const Window w = pool_window(call);
  const bool is_max = call.node().op == ir::Op::max_pool, whole_window = counts_padding(call);
  const auto x = call.data<float>(0);
  const auto y = call.output_data<float>();
  std::vector<std::size_t> taps;
  for (std::size_t p = 0; p < w.P; ++p)
    for (std::size_t q = 0; q < w.Q; ++q) {
      find_taps(w, p, q, taps);
      const std::size_t count = whole_window ? w.R * w.S : taps.size();
      for (std::size_t plane = 0; plane < w.N * w.C; ++plane) {
        const float* pixels = x.data() + plane * w.H * w.W;
        float largest = -std::numeric_limits<float>::infinity();
        double sum = 0;
        for (const std::size_t tap : taps) {
          const bool is_zero_above = pixels[tap] == largest && std::signbit(largest);  // +0 above -0
          if (pixels[tap] > largest || is_zero_above) largest = pixels[tap];
          sum += static_cast<double>(pixels[tap]);
        }
        const double average = count == 0 ? 0.0 : sum / static_cast<double>(count);
        y[(plane * w.P + p) * w.Q + q] = is_max ? largest : static_cast<float>(average);
      }
    }
}

double scale_of(const Operands& node, const ir::Value& value) {
  if (!value.quant || value.quant->scale.size() != 1) node.fail("'" + value.name + "' needs one scale");
  return static_cast<double>(value.quant->scale[0]);
}

// pool(taps, output row) for every output position, channels last as the numerics want them.
template <typename A, typename Y, typename Pool>
void over_positions(Call& call, const Window& w, Pool pool) {
  const auto x = call.data<A>(0);
  const auto y = call.output_data<Y>();
  std::vector<A> image(w.C * w.H * w.W);
  std::vector<Y> result(w.C * w.P * w.Q);
  std::vector<std::size_t> taps;
  std::vector<const A*> rows;
  for (std::size_t n = 0; n < w.N; ++n) {
    transpose(x.data() + n * image.size(), w.C, w.H * w.W, image.data());
    for (std::size_t position = 0; position < w.P * w.Q; ++position) {
      find_taps(w, position / w.Q, position % w.Q, taps);
      rows.clear();
      for (const std::size_t tap : taps) rows.push_back(image.data() + tap * w.C);
      pool(rows, result.data() + position * w.C);
    }
    transpose(result.data(), w.P * w.Q, w.C, y.data() + n * result.size());
  }
}

void run_integer_max(Call& call, const Window& w) {
  if (call.output_value().type != call.input(0).type())
    call.fail("input and output of a maximum must have one type");
  with_code_type(call.input(0).type(), [&](auto type) {
    using A = decltype(type);
    over_positions<A, A>(
        call, w, [&](const std::vector<const A*>& rows, A* y) { numerics::pool_max<A>(rows, y, w.C); });
  });
}

void run_integer_average(Call& call, const Window& w) {
  const float ratio =
      static_cast<float>(scale_of(call, call.input_value(0)) / scale_of(call, call.output_value()));
  const std::int32_t zero = call.input_value(0).quant->zero_point;
  const numerics::OutputRange range = ir::output_range(call.graph(), call.node());
  const bool whole_window = counts_padding(call);
  with_code_type(call.input(0).type(), [&](auto from) {
    with_code_type(call.output_value().type, [&](auto to) {
      using A = decltype(from);
      using Y = decltype(to);
      over_positions<A, Y>(call, w, [&](const std::vector<const A*>& rows, Y* y) {
        const std::size_t count = whole_window ? w.R * w.S : std::max<std::size_t>(rows.size(), 1);
        numerics::pool_average<A, Y>(rows, zero, ratio / static_cast<float>(count), y, w.C, range);
      });
    });
  });
}

}  // namespace

void run_pool(Call& call) {
  if (!ir::is_quantized(call.input(0).type())) return run_float(call);
  const Window w = pool_window(call);
  call.node().op == ir::Op::max_pool ? run_integer_max(call, w) : run_integer_average(call, w);
}

}  // namespace nnp::reference::naive
