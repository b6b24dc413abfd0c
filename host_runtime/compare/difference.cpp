// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/compare/difference.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnp::compare {
namespace {

std::string tensor_text(const ir::Tensor& tensor) {
  return fmt::format("{} [{}]", ir::to_string(tensor.type()), fmt::join(tensor.shape(), ", "));
}

template <typename T>
T number(T x) {
  return x;
}
float number(ir::BFloat16 x) { return x; }
float number(ir::Float16 x) { return x; }

template <typename T>
bool equal(T a, T b) {
  if constexpr (std::is_same_v<T, float>) return a == b || (std::isnan(a) && std::isnan(b));
  return a == b;
}

std::string distance_text(double distance) {
  return std::trunc(distance) == distance ? fmt::format("{:.0f}", distance) : fmt::format("{:.3g}", distance);
}

}  // namespace

struct Difference::Unequal {
  std::uint64_t count = 0;
  double largest = 0;
  std::string first;
  /// text() tells of the element, should it be the first.
  template <typename Text>
  void add(double error, Text text) {
    if (count++ == 0) first = text();
    if (!(error <= largest)) largest = error;  // NaN shows
  }
};

std::string index_text(std::size_t index, const ir::Shape& shape) {
  std::vector<std::int64_t> place(shape.size());
  auto rest = static_cast<std::int64_t>(index);
  for (std::size_t axis = shape.size(); axis-- > 0; rest /= shape[axis]) place[axis] = rest % shape[axis];
  return fmt::format("[{}]", fmt::join(place, ", "));
}

bool Difference::add(const std::string& what, const ir::Tensor& chip, const std::string& judge_name,
                     const ir::Tensor& judge) {
  if (chip.type() != judge.type() || chip.shape() != judge.shape()) {
    add_fault(fmt::format("{}: chip has {}, {} {}", what, tensor_text(chip), judge_name, tensor_text(judge)));
    return false;
  }
  compared_ += chip.size();
  if (std::ranges::equal(chip.bytes(), judge.bytes())) return true;
  Unequal unequal;
  ir::with_element_type(chip.type(), [&](auto type) {
    using T = decltype(type);
    const auto x = chip.data<T>(), y = judge.data<T>();
    for (std::size_t i = 0; i < x.size(); ++i) {
      const auto a = number(x[i]), b = number(y[i]);
      if (equal(a, b)) continue;
      unequal.add(std::abs(static_cast<double>(a) - static_cast<double>(b)), [&] {
        return fmt::format("{}: chip {}, {} {}", index_text(i, chip.shape()), +a, judge_name, +b);
      });
    }
  });
  if (!(unequal.largest <= max_abs_error_)) max_abs_error_ = unequal.largest;  // NaN shows
  return add_unequal(what, "", unequal, chip.size());
}

bool Difference::add_within(const std::string& what, const ir::Tensor& chip, const std::string& judge_name,
                            const ir::Tensor& judge, const ir::Tensor& bounds) {
  if (chip.type() != ir::DType::f32 || judge.type() != ir::DType::f32 || chip.shape() != judge.shape()) {
    add_fault(fmt::format("{}: chip has {}, {} {}", what, tensor_text(chip), judge_name, tensor_text(judge)));
    return false;
  }
  Unequal beyond;
  compared_ += chip.size();
  const auto a = chip.data<float>(), b = judge.data<float>(), most = bounds.data<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    const double error =
        equal(a[i], b[i]) ? 0 : std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
    const double bound = static_cast<double>(most[i]), part = error == 0 ? 0 : error / bound;
    if (!(part <= most_of_bound_)) most_of_bound_ = part, max_abs_error_ = error, bound_ = bound;
    if (part <= 1) continue;
    beyond.add(error, [&] {
      return fmt::format("{}: chip {}, {} {}, at most {} apart", index_text(i, chip.shape()), a[i],
                         judge_name, b[i], bound);
    });
  }
  return add_unequal(what, " beyond rounding", beyond, chip.size());
}

bool Difference::add_unequal(const std::string& what, const char* how, const Unequal& unequal,
                             std::size_t elements) {
  if (unequal.count == 0) return true;
  mismatches_ += unequal.count, ++unequal_tensors_;
  if (first_.empty())
    first_ = fmt::format("{}: {} of {} values differ{}, largest by {}, first at {}", what,
                         fmt::group_digits(unequal.count), fmt::group_digits(elements), how,
                         distance_text(unequal.largest), unequal.first);
  return false;
}

void Difference::add_fault(const std::string& text) {
  ++mismatches_, ++unequal_tensors_;
  if (first_.empty()) first_ = text;
}

void Difference::settle(Comparison& comparison) const {
  comparison.compared = compared_, comparison.mismatches = mismatches_,
  comparison.max_abs_error = max_abs_error_;
  comparison.bound = bound_;
  comparison.status = mismatches_ == 0 ? Status::passed : Status::failed;
  comparison.reason = first_;
  if (unequal_tensors_ > 1)
    comparison.reason += fmt::format(" (and {} more layers or outputs differ)", unequal_tensors_ - 1);
}

bool all_one_value(const std::vector<ir::Tensor>& tensors) {
  bool several = false;
  for (const ir::Tensor& tensor : tensors) {
    const std::size_t width = ir::size_of(tensor.type()), bytes = tensor.bytes().size();
    several |= tensor.size() > 1;
    if (bytes > width &&
        std::memcmp(tensor.bytes().data(), tensor.bytes().data() + width, bytes - width) != 0)
      return false;
  }
  return several;
}

void mistrust(Comparison& comparison, const std::string& reason) {
  if (comparison.status != Status::passed) return;
  comparison.status = Status::mistrusted;
  comparison.reason = reason;
}

const char* to_string(Status status) {
  switch (status) {
    case Status::passed:
      return "passed";
    case Status::failed:
      return "failed";
    case Status::skipped:
      return "skipped";
    case Status::mistrusted:
      return "mistrusted";
  }
  return "?";
}

}  // namespace nnp::compare
