// SPDX-License-Identifier: Apache-2.0
// Reductions over axes. f32 by numerics::reduce: binary64 by ascending index, rounded once; what follows the
// sum (square root, logarithm) is one more binary32 function.
#include <algorithm>
#include <cmath>

#include "host_runtime/reference/naive/operators.h"
#include "host_runtime/reference/naive/typed.h"
#include "isa/numerics/functions.h"

namespace nnp::reference::naive {
namespace {

using ir::ReduceFunction;
using numerics::Reduction;
using numerics::UnaryFunction;

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

/// Element offsets of the kept and of the reduced part of a shape, each in ascending order.
struct Offsets {
  std::vector<std::size_t> kept{0}, reduced{0};
};
Offsets offsets_of(const ir::Shape& shape, const std::vector<std::int64_t>& axes) {
  Offsets offsets;
  for (std::size_t d = 0; d < shape.size(); ++d) {
    const bool reduced = std::ranges::find(axes, static_cast<std::int64_t>(d)) != axes.end();
    auto& list = reduced ? offsets.reduced : offsets.kept;
    const std::size_t stride =
        size(ir::element_count({shape.begin() + static_cast<std::ptrdiff_t>(d) + 1, shape.end()}));
    std::vector<std::size_t> finer;
    for (const std::size_t offset : list)
      for (std::size_t i = 0; i < size(shape[d]); ++i) finer.push_back(offset + i * stride);
    list.swap(finer);
  }
  return offsets;
}

float log_sum_exp(const std::vector<float>& row) {
  const float largest = numerics::reduce(Reduction::max, row.data(), 1, row.size());
  if (!std::isfinite(largest)) return largest;
  std::vector<float> powers(row.size());
  for (std::size_t i = 0; i < row.size(); ++i)
    powers[i] = numerics::unary(UnaryFunction::exp, row[i] - largest);
  const float sum = numerics::reduce(Reduction::sum, powers.data(), 1, powers.size());
  return numerics::unary(UnaryFunction::log, sum) + largest;
}

float reduce(ReduceFunction function, const std::vector<float>& row) {
  const auto by = [&](Reduction how, double divisor = 1) {
    return numerics::reduce(how, row.data(), 1, row.size(), divisor);
  };
  if (row.empty()) return function == ReduceFunction::prod ? 1 : function == ReduceFunction::mean ? NAN : 0;
  switch (function) {
    case ReduceFunction::mean:
      return by(Reduction::sum, static_cast<double>(row.size()));
    case ReduceFunction::sum:
      return by(Reduction::sum);
    case ReduceFunction::max:
      return by(Reduction::max);
    case ReduceFunction::min:
      return by(Reduction::min);
    case ReduceFunction::prod:
      return by(Reduction::prod);
    case ReduceFunction::l1:
      return by(Reduction::sum_abs);
    case ReduceFunction::l2:
      return numerics::unary(UnaryFunction::sqrt, by(Reduction::sum_square));
    case ReduceFunction::sum_square:
      return by(Reduction::sum_square);
    case ReduceFunction::log_sum:
      return numerics::unary(UnaryFunction::log, by(Reduction::sum));
    case ReduceFunction::log_sum_exp:
      return log_sum_exp(row);
  }
  return 0;
}

/// Of other types: integers wrap and means are cut to whole numbers; f64 stays in binary64.
template <typename T>
T reduce_typed(ReduceFunction function, const std::vector<T>& row) {
  using Sum = std::conditional_t<kIsReal<T>, double, std::int64_t>;
  Sum sum = 0, product = 1, squares = 0, absolute = 0;
  for (const T element : row) {
    const auto x = static_cast<Sum>(element);
    sum += x, product *= x, squares += x * x, absolute += x < 0 ? -x : x;
  }
  const auto store = [](auto value) { return static_cast<T>(static_cast<Arithmetic<T>>(value)); };
  switch (function) {
    case ReduceFunction::mean:
      return row.empty() ? T{} : store(sum / static_cast<Sum>(row.size()));
    case ReduceFunction::sum:
      return store(sum);
    case ReduceFunction::max:
      return row.empty() ? T{} : *std::max_element(row.begin(), row.end());
    case ReduceFunction::min:
      return row.empty() ? T{} : *std::min_element(row.begin(), row.end());
    case ReduceFunction::prod:
      return store(product);
    case ReduceFunction::l1:
      return store(absolute);
    case ReduceFunction::l2:
      return store(std::sqrt(static_cast<double>(squares)));
    case ReduceFunction::sum_square:
      return store(squares);
    case ReduceFunction::log_sum:
      return store(std::log(static_cast<double>(sum)));
    case ReduceFunction::log_sum_exp: {
      double largest = -INFINITY, powers = 0;
      for (const T element : row) largest = std::max(largest, static_cast<double>(element));
      for (const T element : row) powers += std::exp(static_cast<double>(element) - largest);
      return store(std::log(powers) + largest);
    }
  }
  return T{};
}

}  // namespace

void run_reduce(Call& call) {
  const auto& attributes = call.attributes<ir::ReduceAttributes>();
  const Offsets offsets = offsets_of(call.input(0).shape(), attributes.axes);
  ir::with_element_type(call.input(0).type(), [&](auto element) {
    using T = decltype(element);
    const auto x = call.data<T>(0);
    const auto y = call.output_data<T>();
    if (y.size() != offsets.kept.size()) call.fail("declared another number of elements");
    std::vector<T> row(offsets.reduced.size());
    for (std::size_t k = 0; k < y.size(); ++k) {
      for (std::size_t i = 0; i < row.size(); ++i) row[i] = x[offsets.kept[k] + offsets.reduced[i]];
      if constexpr (std::is_same_v<T, float>)
        y[k] = reduce(attributes.function, row);
      else if constexpr (!std::is_same_v<T, bool>)
        y[k] = reduce_typed(attributes.function, row);
      else
        call.fail("no reduction of b8");
    }
  });
}

}  // namespace nnp::reference::naive
