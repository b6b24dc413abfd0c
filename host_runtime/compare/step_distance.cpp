// SPDX-License-Identifier: Apache-2.0
// Every number is followed through the step twice: exactly, and by a bound of how far apart the two sides
// have got. Where 16 bits cannot hold a number (a gate's sum beyond +-8, a cell), what the naive side goes on
// with is followed too (`held`), and the difference that it makes is added. Nothing is left out.
#include "host_runtime/compare/step_distance.h"

#include <algorithm>
#include <cmath>

#include "compiler/ir/quantized_recurrent.h"
#include "host_runtime/compare/binary32_sums.h"

namespace nnp::compare {
namespace {

using ir::Function16;
using reference::naive::Operands;
using reference::naive::RecurrentCodes;
using namespace ir::recurrent_input;

constexpr double kIn = ir::kGateInScale, kOut = ir::kGateOutScale;
/// Of the other side's sigmoid and tanh in binary32. Those of ONNX Runtime 1.30's LSTM are polynomials,
/// measured over +-40 at most 1.7e-7 and 3.1e-7 off.
constexpr double kFunctionError = 0x1p-21;

double hold(double x, double scale) { return std::clamp(x, -32768 * scale, 32767 * scale); }

/// Each side's product, rounded to a code on the naive side and to binary32 on both.
Near product(Near a, Near b, double step) {
  const double value = a.value * b.value;
  return {value, a.apart * (std::abs(b.value) + b.apart) + b.apart * std::abs(a.value) + step / 2 +
                     4 * kUnit * std::abs(value)};
}
Near sum(Near a, Near b) { return {a.value + b.value, a.apart + b.apart}; }

/// A number as it is and as 16 bits hold it.
struct Held {
  Near exact;
  double held;
};

class Step {
 public:
  Step(const Operands& node, const RecurrentCodes& codes)
      : node_(node),
        codes_(codes),
        shape_(ir::recurrent_shape(node.graph(), node.node())),
        params_(ir::recurrent_params(node.graph(), node.node())),
        H_(static_cast<std::size_t>(shape_.hidden)),
        columns_(static_cast<std::size_t>(shape_.columns)),
        s_(scale_of(kX)) {
    const std::vector<float>& rows = node.input_value(kW).quant->scale;
    for (const std::int64_t row : ir::rows_of_columns(shape_))
      sum_scale_.push_back(s_ *
                           static_cast<double>(rows[rows.size() == 1 ? 0 : static_cast<std::size_t>(row)]));
    if (const auto* lstm = std::get_if<ir::LstmAttributes>(&node.node().attributes))
      s_c_ = static_cast<double>(lstm->cell_scale);
    find_norms();
  }

  StepDistances run() {
    const std::size_t rows = codes_.h.size() / H_;
    StepDistances distances;
    for (std::size_t row = 0; row < rows; ++row)
      for (std::size_t n = 0; n < H_; ++n) {
        if (shape_.op == ir::Op::lstm) lstm(row, n, distances);
        if (shape_.op == ir::Op::gru) distances.h.push_back(whole(gru(row, n), s_));
        if (shape_.op == ir::Op::rnn) {
          const Near x = gate_sum(row, n);
          distances.h.push_back(whole(through_table(Function16::tanh, kIn, s_, x, hold(x.value, kIn)), s_));
        }
      }
    return distances;
  }

 private:
  double scale_of(std::size_t input) const {
    return static_cast<double>(node_.input_value(input).quant->scale.front());
  }

  /// sqrt(sum (x w)^2) of every sum, in codes.
  void find_norms() {
    const ir::Tensor x = reference::naive::recurrent_joined_input(node_, codes_.sums),
                     w = reference::naive::recurrent_joined_weights(node_);
    const auto squares = [](auto codes) {
      std::vector<float> result;
      for (const auto code : codes) result.push_back(static_cast<float>(code) * static_cast<float>(code));
      return result;
    };
    const std::vector<float> xx = squares(x.data<std::int16_t>()), ww = squares(w.data<std::int8_t>());
    const auto m = static_cast<std::size_t>(x.shape()[0]);
    terms_ = static_cast<std::size_t>(x.shape()[1]);
    norms_.resize(m * columns_);
    numerics::best().gemm_f32(xx.data(), terms_, ww.data(), columns_, norms_.data(), columns_, m, columns_,
                              terms_, false);
    for (float& norm : norms_) norm = std::sqrt(norm * 1.001f);  // what adding up squares may have lost
  }

  /// What a column adds up to: on the naive side the exact sum as a code of 2^-12, whose factor and product
  /// are rounded; on the other a sum of binary32.
  Near gate_sum(std::size_t row, std::size_t column) const {
    const double bias = params_.sums[column].bias, scale = sum_scale_[column];
    const double value = (codes_.sums.data<std::int32_t>()[row * columns_ + column] + bias) * scale;
    const double norm = std::hypot(static_cast<double>(norms_[row * columns_ + column]), bias) * scale;
    return {value, kIn / 2 + 3 * kUnit * std::abs(value) +
                       binary32_sum_error(value, norm, static_cast<double>(terms_) + 2)};
  }
  Near gate(Function16 function, Near x) const {
    return through_table(function, kIn, kOut, x, hold(x.value, kIn));
  }

  /// A gate's sum with what the cell state adds to it through peepholes `which` of i, o, f.
  Near peeped(Function16 function, Near x, std::size_t which, std::size_t n, Held c) const {
    double held = hold(x.value, kIn);
    if (node_.has(kPeepholes)) {
      const double P = scale_of(kPeepholes) * node_.data<std::int16_t>(kPeepholes)[which * H_ + n];
      held = hold(held + P * c.held, kIn);
      x = sum(x, product({P, 0}, c.exact, kIn));
    }
    return through_table(function, kIn, kOut, x, held);
  }

  void lstm(std::size_t row, std::size_t n, StepDistances& distances) const {
    const double before = s_c_ * codes_.c_before.data<std::int16_t>()[row * H_ + n];
    const Held c_before{{before, 0}, before};
    const Near i = peeped(Function16::sigmoid, gate_sum(row, n), 0, n, c_before),
               f = peeped(Function16::sigmoid, gate_sum(row, 2 * H_ + n), 2, n, c_before),
               g = gate(Function16::tanh, gate_sum(row, 3 * H_ + n));
    const Near u = product(f, c_before.exact, s_c_), t = product(i, g, s_c_);
    const Held c{sum(u, t), hold(u.value + hold(t.value, s_c_), s_c_)};
    const Near o = peeped(Function16::sigmoid, gate_sum(row, H_ + n), 1, n, c);
    const Near h = product(o, through_table(Function16::tanh, s_c_, kOut, c.exact, c.held), s_);
    distances.c.push_back(
        whole({c.held, c.exact.apart + std::abs(hold(c.exact.value, s_c_) - c.held)}, s_c_));
    distances.h.push_back(whole(h, s_));
  }

  Near gru(std::size_t row, std::size_t n) const {
    const double before = s_ * codes_.h_before.data<std::int16_t>()[row * H_ + n];
    const Near z = gate(Function16::sigmoid, gate_sum(row, n));
    const Near candidate = gate_sum(row, 2 * H_ + n);
    Near x = candidate;
    double held = hold(x.value, kIn);
    if (shape_.resets_after) {
      const Near r = gate(Function16::sigmoid, gate_sum(row, H_ + n)), v = gate_sum(row, 3 * H_ + n);
      x = sum(candidate, product(r, v, kIn));
      held = hold(held + r.value * hold(v.value, kIn), kIn);
    } else {
      x.apart += reset_apart(row, n);
    }
    const Near fresh =
                   product({1 - z.value, z.apart}, through_table(Function16::tanh, kIn, kOut, x, held), s_),
               kept = product(z, {before, 0}, s_);
    const double all = fresh.value + kept.value;
    const double all_held = hold(hold(fresh.value, s_) + hold(kept.value, s_), s_);
    return {all, fresh.apart + kept.apart + std::abs(hold(all, s_) - all_held)};
  }

  /// Of the candidate's sum, as each r h is a code on the naive side.
  double reset_apart(std::size_t row, std::size_t n) const {
    const std::int8_t* R = node_.data<std::int8_t>(kR).data() + (2 * H_ + n) * H_;
    double apart = 0;
    for (std::size_t k = 0; k < H_; ++k) {
      const Near r = gate(Function16::sigmoid, gate_sum(row, H_ + k));
      const double h = s_ * codes_.h_before.data<std::int16_t>()[row * H_ + k];
      apart += std::abs(sum_scale_[2 * H_ + n] / s_ * R[k]) * product(r, {h, 0}, s_).apart;
    }
    return apart;
  }

  /// The other side's number becomes a code too, by a division and a rounding: half a step more. 2^-8 is the
  /// division's rounding of 32767 steps.
  static std::int64_t whole(Near x, double scale) {
    return static_cast<std::int64_t>(std::floor(x.apart / scale + 0.5 + 0x1p-8));
  }

  const Operands& node_;
  const RecurrentCodes& codes_;
  ir::RecurrentShape shape_;
  ir::RecurrentParams params_;
  std::size_t H_, columns_, terms_ = 0;
  double s_, s_c_ = 0;
  std::vector<double> sum_scale_;  // by column: of an accumulator's unit
  std::vector<float> norms_;
};

}  // namespace

Near through_table(Function16 function, double in_scale, double out_scale, Near x, double held) {
  const bool is_sigmoid = function == Function16::sigmoid;
  const auto f = [&](double at) { return is_sigmoid ? 1 / (1 + std::exp(-at)) : std::tanh(at); };
  const double spacing = 128 * in_scale;
  // |f'| falls with the distance from 0, and |f''| is at most |f'| of a sigmoid and 2 |f'| of a tanh.
  const auto slope = [&](double reach) {
    const double y = f(std::max(0.0, std::abs(held) - reach));
    return is_sigmoid ? y * (1 - y) : 1 - y * y;
  };
  const double steepest = slope(x.apart);
  const double most_bent = is_sigmoid ? 0.09623 : 0.7699;  // 1 / (6 sqrt 3), 4 / (3 sqrt 3)
  const double bend = std::min(most_bent, (is_sigmoid ? 1 : 2) * slope(x.apart + spacing));
  const double top =
      std::min(1.0, std::abs(f(held)) + steepest * x.apart + slope(x.apart + spacing) * spacing);
  const double cut = std::max(0.0, top - 32767 * out_scale);              // entries are clamped to +-32767
  const double apart = steepest * x.apart + bend * spacing * spacing / 8  // linear between two entries
                       + std::max(out_scale / 2, cut)                     // each an integer
                       + out_scale / 2                                    // and what is between them
                       + std::abs(f(x.value) - f(held)) + kFunctionError;
  return {f(x.value), apart};
}

StepDistances step_distances(const Operands& node, const RecurrentCodes& codes) {
  return Step(node, codes).run();
}

}  // namespace nnp::compare
