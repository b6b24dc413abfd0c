// SPDX-License-Identifier: Apache-2.0
// RNN, GRU and LSTM: their sums, and what follows from them.
#include "host_runtime/reference/naive/recurrent/recurrent.h"

#include <fmt/format.h>

#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/recurrent/integer_cells.h"
#include "host_runtime/reference/naive/recurrent/real_cells.h"
#include "host_runtime/reference/naive/sums.h"

namespace nnp::reference::naive {
namespace {

using namespace ir::recurrent_input;
using namespace ir::recurrent_output;

/// Calls f(Recurrence, kernel, Tensor type of its sums) with the cell of the node's numbers.
template <typename F>
decltype(auto) with_recurrence(const Operands& node, F&& f) {
  const ir::DType type = node.input_value(kX).type;
  if (ir::is_quantized(type)) return f(Recurrence<IntegerCell>(node), numerics::best().gemm_s16s8);
  return with_real_type(
      type, [&](auto real) { return f(Recurrence<RealCell<decltype(real)>>(node), real_gemm_kernel(real)); });
}

template <typename T>
void write(Call& call, std::size_t output, const std::vector<T>& data) {
  if (!call.wants(output)) return;
  if constexpr (std::is_same_v<T, std::int16_t>) {
    std::ranges::copy(data, call.output_data<T>(output).begin());
  } else {
    std::vector<float> wide(data.size());
    numerics::make_real(data.data(), {}, wide.data(), wide.size());
    ir::Tensor& y = call.output(output);
    with_real_type(y.type(), [&](auto type) {
      numerics::store_real(wide.data(), ir::real_range({}), y.data<decltype(type)>().data(), wide.size());
    });
  }
}

std::int64_t dim(std::size_t n) { return static_cast<std::int64_t>(n); }

}  // namespace

ir::RecurrentShape checked_recurrent_shape(const Operands& node) {
  const ir::Shape& x = node.input_value(kX).shape;
  if (x.size() != 3) node.fail(fmt::format("x {} must be [T, B, I]", to_text(x)));
  const ir::RecurrentShape s = ir::recurrent_shape(node.graph(), node.node());
  const auto need = [&](std::size_t input, const ir::Shape& shape) {
    if (node.has(input) && node.input_value(input).shape != shape)
      node.fail(fmt::format("input {} is {}, needed {}", input, to_text(node.input_value(input).shape),
                            to_text(shape)));
  };
  const auto need_elements = [&](std::size_t output, std::int64_t elements) {
    if (node.wants(output) && ir::element_count(node.output_value(output).shape) != elements)
      node.fail(fmt::format("output {} is {}, needed {} elements", output,
                            to_text(node.output_value(output).shape), elements));
  };
  if (s.hidden < 1) node.fail(fmt::format("hidden_size {}; it must be at least 1", s.hidden));
  if (node.has(kLengths)) node.fail("sequence_lens is not supported");
  if (!node.has(kW) || !node.has(kR)) node.fail("W and R are needed");
  need(kW, {1, s.rows(), s.input}), need(kR, {1, s.rows(), s.hidden});
  const ir::Shape joined{1, s.rows()};  // an LSTM's Wb + Rb
  if (s.op != ir::Op::lstm || !node.has(kBias) || node.input_value(kBias).shape != joined)
    need(kBias, {1, 2 * s.rows()});
  need(kInitialH, {1, s.batch, s.hidden});
  if (s.op == ir::Op::lstm) need(kInitialC, {1, s.batch, s.hidden}), need(kPeepholes, {1, 3 * s.hidden});
  need_elements(kY, s.steps * s.batch * s.hidden);
  for (const std::size_t last : {kLastH, kLastC}) need_elements(last, s.batch * s.hidden);
  return s;
}

std::vector<float> recurrent_bias(const Operands& node) {
  return ir::column_bias<float>(checked_recurrent_shape(node),
                                node.has(kBias) ? node.data<float>(kBias) : std::span<const float>{});
}

ir::Tensor recurrent_joined_weights(const Operands& node) {
  return with_recurrence(node, [&]<typename Cell>(const Recurrence<Cell>& recurrence, auto) {
    using Weight = typename Cell::Weight;
    const RecurrentSizes& s = recurrence.sizes();
    const std::size_t terms = s.I + s.H + (recurrence.has_reset() ? s.H : 0);
    ir::Tensor joined(ir::kDTypeOf<Weight>, {dim(terms), dim(s.columns)});
    const auto put = [&](std::size_t input, std::int64_t row, std::size_t K, const ir::GateSegment& segment,
                         std::size_t first_term) {
      const Weight* weights = node.data<Weight>(input).data() + static_cast<std::size_t>(row) * K;
      for (std::size_t n = 0; n < static_cast<std::size_t>(segment.count); ++n)
        for (std::size_t k = 0; k < K; ++k)
          joined.data<Weight>()[(first_term + k) * s.columns + static_cast<std::size_t>(segment.column) + n] =
              weights[n * K + k];
    };
    for (const ir::GateSegment& segment : recurrence.segments()) {
      if (segment.w_row != ir::kNoRow) put(kW, segment.w_row, s.I, segment, 0);
      if (segment.r_row != ir::kNoRow)
        put(kR, segment.r_row, s.H, segment, segment.of_reset ? s.I + s.H : s.I);
    }
    return joined;
  });
}

ir::Tensor recurrent_joined_input(const Operands& node, const ir::Tensor& sums) {
  return with_recurrence(node, [&]<typename Cell>(const Recurrence<Cell>& recurrence, auto) {
    using Value = typename Cell::Value;
    const RecurrentSizes& s = recurrence.sizes();
    const std::size_t terms = s.I + s.H + (recurrence.has_reset() ? s.H : 0);
    ir::Tensor joined(ir::kDTypeOf<Value>, {dim(s.T * s.B), dim(terms)});
    const auto* given = sums.data<typename Cell::Sum>().data();
    recurrence.walk(
        given,
        [&](std::size_t t, const RecurrentState<Cell>& state) {
          const Value* x = node.data<Value>(kX).data() + t * s.B * s.I;
          Value* row = joined.data<Value>().data() + t * s.B * terms;
          std::vector<Value> reset;
          if (recurrence.has_reset()) reset = recurrence.reset_state(given + t * s.B * s.columns, state);
          for (std::size_t b = 0; b < s.B; ++b, x += s.I, row += terms) {
            std::copy_n(x, s.I, row);
            std::copy_n(state.h.data() + b * s.H, s.H, row + s.I);
            if (!reset.empty()) std::copy_n(reset.data() + b * s.H, s.H, row + s.I + s.H);
          }
        },
        [](std::size_t, const RecurrentState<Cell>&) {});
    return joined;
  });
}

ir::Shape recurrent_sums_shape(const Operands& node) {
  const ir::RecurrentShape s = checked_recurrent_shape(node);
  return {s.steps * s.batch, s.columns};
}

ir::Tensor recurrent_sums(const Operands& node) {
  return with_recurrence(node, [&]<typename Cell>(const Recurrence<Cell>& recurrence, auto kernel) {
    return ir::Tensor::of<typename Cell::Sum>(recurrent_sums_shape(node), recurrence.sums(kernel));
  });
}

RecurrentCodes recurrent_codes(const Operands& node) {
  const Recurrence<IntegerCell> recurrence(node);
  const RecurrentSizes& s = recurrence.sizes();
  const ir::Shape shape{dim(s.T * s.B), dim(s.H)};
  const auto states = [&] { return ir::Tensor(ir::DType::s16, shape); };
  RecurrentCodes codes{recurrent_sums(node), states(), states(), states(), states()};
  const auto keep = [&](std::size_t t, const RecurrentState<IntegerCell>& state, ir::Tensor& h,
                        ir::Tensor& c) {
    const auto at = static_cast<std::ptrdiff_t>(t * s.B * s.H);
    std::ranges::copy(state.h, h.data<std::int16_t>().begin() + at);
    std::ranges::copy(state.c, c.data<std::int16_t>().begin() + at);
  };
  recurrence.walk(
      codes.sums.data<std::int32_t>().data(),
      [&](std::size_t t, const auto& state) { keep(t, state, codes.h_before, codes.c_before); },
      [&](std::size_t t, const auto& state) { keep(t, state, codes.h, codes.c); });
  return codes;
}

void finish_recurrent(Call& call, const ir::Tensor& sums) {
  with_recurrence(call, [&]<typename Cell>(const Recurrence<Cell>& recurrence, auto) {
    const RecurrentSizes& s = recurrence.sizes();
    std::vector<typename Cell::Value> y(s.T * s.B * s.H);
    const RecurrentState<Cell> last = recurrence.walk(
        sums.data<typename Cell::Sum>().data(), [](std::size_t, const RecurrentState<Cell>&) {},
        [&](std::size_t t, const RecurrentState<Cell>& state) {
          std::ranges::copy(state.h, y.begin() + static_cast<std::ptrdiff_t>(t * s.B * s.H));
          if constexpr (std::is_same_v<typename Cell::Kept, float>)
            if (!state.c.empty()) call.see_cell(state.c);
        });
    write(call, kY, y), write(call, kLastH, last.h), write(call, kLastC, last.c);
  });
}

void run_recurrent(Call& call) { finish_recurrent(call, recurrent_sums(call)); }

}  // namespace nnp::reference::naive
