// SPDX-License-Identifier: Apache-2.0
// Expressions over the JSON of a lesson's runs: what a lesson claims, and what an answer is held against.
//
//   one.cycles                              the value `cycles` of the run `one`
//   one.layers[name="conv1"].macs           of the elements whose member is equal
//   one.layers[2].macs, one.layers[*].macs  the third; all
//   sum(...) count(...) min(...) max(...)   over all values of a path, none included (its sum and count are
//   0) ceil(x) floor(x) round(x, digits)
//   + - * / and, at the outside, == != < <= > >=; numbers, "words", parentheses
//
// Where one value is wanted, a path must have exactly one.
#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "host_runtime/lab/value.h"

namespace nnp::lab {

/// The JSON of a run by its key; throws LessonError where there is none.
using Documents = std::function<const nlohmann::ordered_json&(const std::string& key)>;

/// Throws LessonError: a fault in the text, or a path that leads nowhere.
Value evaluate(std::string_view expression, const Documents&);

}  // namespace nnp::lab
