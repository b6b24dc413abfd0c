// SPDX-License-Identifier: Apache-2.0
// Judges what leaves an array: each sum stands at the edge in the very cycle in which it must, or the run
// ends with an ArrayFault. Gathers the values by pass.
#pragma once

#include <deque>
#include <memory>
#include <stdexcept>

#include "isa/arch/units.h"
#include "sim/units/matrix/registers/pass_feed.h"

namespace nnp::sim {

/// An array broke the contract of register_array.h: names the pass, the output, the cycle in which it was
/// expected and the one in which it was seen.
struct ArrayFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Where the sums of a pass go.
struct PassSums {
  std::string name;  // of the pass, for messages
  std::uint32_t n = 0;
  std::vector<std::int32_t> values;  // [m][n]; of a sum that comes in parts, their sum
};

class SumWatch {
 public:
  /// `array` names it in messages.
  SumWatch(std::string array, const ArrayDesign& design);

  /// The next sum at `place` (output lane times columns plus column) must stand at the edge in `cycle`; it is
  /// output `which` of the pass, or of a place that the pass does not use.
  void expect(std::size_t place, Cycle cycle, std::shared_ptr<PassSums> pass,
              const std::optional<Leaving>& which);
  /// What stands at the edge in `now`, every cycle in order. Returns the place of a sum that is missing.
  std::optional<std::size_t> see(Cycle now, const ArrayOutputs& outputs);
  /// The sum missing at `place` was seen in `seen`; kNever: it never came, as far as anybody looked.
  [[noreturn]] void report_late(std::size_t place, Cycle seen) const;

  std::uint64_t sums() const { return sums_; }
  std::size_t places() const { return awaited_.size(); }

 private:
  struct Awaited {
    Cycle cycle;
    std::shared_ptr<PassSums> pass;
    std::optional<Leaving> which;
  };
  std::string describe(std::size_t place, const Awaited& sum) const;

  std::string array_;
  std::uint32_t cols_;
  std::vector<std::deque<Awaited>> awaited_;  // [output lane][col]
  std::uint64_t sums_ = 0;
};

}  // namespace nnp::sim
