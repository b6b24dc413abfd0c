// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/edge_feed.h"

#include "sim/kernel/assert.h"

namespace nnp::sim {

void EdgeFeed::load(Cycle cycle, std::shared_ptr<const PassValues> values, std::uint32_t step) {
  note(loads_, cycle, {std::move(values), step, false, false});
}

void EdgeFeed::stream(Cycle cycle, std::shared_ptr<const PassValues> values, std::uint32_t step, bool first,
                      bool last) {
  note(streams_, cycle, {std::move(values), step, first, last});
}

void EdgeFeed::swap_in(Cycle cycle) { note(streams_, cycle, {nullptr, 0, true, false}); }

void EdgeFeed::note(Steps& steps, Cycle cycle, Step step) {
  const bool fresh = steps.try_emplace(cycle, std::move(step)).second;
  NNP_ASSERT(fresh, "two steps in cycle {}", cycle);
  last_ = std::max(last_, cycle);
}

const EdgeFeed::Step* EdgeFeed::find(const Steps& steps, Cycle now, Cycles skew) {
  if (now < skew) return nullptr;
  const auto found = steps.find(now - skew);
  return found == steps.end() ? nullptr : &found->second;
}

Cycle EdgeFeed::end() const { return last_ + most_skew(); }

void EdgeFeed::forget_before(Cycle now) {
  const Cycle until = now - std::min(now, most_skew());
  for (Steps* steps : {&loads_, &streams_}) steps->erase(steps->begin(), steps->lower_bound(until));
}

ArrayInputs EdgeFeed::at(Cycle now) const {
  ArrayInputs inputs(design_);
  for (std::uint32_t row = 0; row < design_.rows; ++row)
    if (const Step* step = find(streams_, now, skew(row)); step != nullptr && step->values != nullptr)
      inputs.left[row] = left_operand(design_, *step->values, step->step, row);
  for (std::uint32_t col = 0; col < design_.cols; ++col) {
    if (const Step* step = find(streams_, now, skew(col))) {
      if (step->values != nullptr) inputs.top[col] = top_operand(design_, *step->values, step->step, col);
      inputs.control[col].first = step->first;
      inputs.control[col].last = step->last;
    }
    inputs.control[col].shift = find(loads_, now, skew(col)) != nullptr;
    for (std::uint32_t lane = 0; lane < design_.lanes(); ++lane)
      if (const Step* step = find(loads_, now, skew(lane) + skew(col)))
        inputs.load[std::size_t{lane} * design_.cols + col] =
            load_operand(design_, *step->values, step->step, lane, col);
  }
  return inputs;
}

}  // namespace nnp::sim
