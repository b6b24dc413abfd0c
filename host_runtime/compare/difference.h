// SPDX-License-Identifier: Apache-2.0
// Counts how two tensors differ, over as many pairs as one comparison looks at, and remembers the first pair
// that does in words: "layer 'conv17' accumulator: 3 of 100,352 values differ, largest by 2, first at [5,
// 13]: chip 12, onednn 10".
#pragma once

#include "host_runtime/compare/comparison.h"

namespace nnp::compare {

class Difference {
 public:
  /// `what` names the pair ("layer 'conv1'", "output 0"). Elements must be equal; a wrong type or shape is
  /// one mismatch. Returns whether all were equal. i64 values are compared as they are, floats by value with
  /// NaN equal to NaN.
  bool add(const std::string& what, const ir::Tensor& chip, const std::string& judge_name,
           const ir::Tensor& judge);
  /// The same for float32 sums that may differ by `bounds`, element by element.
  bool add_within(const std::string& what, const ir::Tensor& chip, const std::string& judge_name,
                  const ir::Tensor& judge, const ir::Tensor& bounds);
  /// A mismatch that is not in a number: something missing.
  void add_fault(const std::string& text);

  /// Fills counts, status (passed or failed) and reason.
  void settle(Comparison&) const;

 private:
  struct Unequal;  // elements of one pair
  /// Returns whether there are none.
  bool add_unequal(const std::string& what, const char* how, const Unequal&, std::size_t elements);

  std::string first_;
  std::uint64_t compared_ = 0, mismatches_ = 0, unequal_tensors_ = 0;
  double max_abs_error_ = 0;
  double bound_ = 0, most_of_bound_ = -1;  // of the difference that is most of its bound
};

/// "[0, 3, 1]": where element `index` lies.
std::string index_text(std::size_t index, const ir::Shape&);

/// Every tensor holds one value all over, and at least one has two elements: agreement about it says little.
bool all_one_value(const std::vector<ir::Tensor>&);

/// Turns a pass into a mistrusted one.
void mistrust(Comparison&, const std::string& reason);

}  // namespace nnp::compare
