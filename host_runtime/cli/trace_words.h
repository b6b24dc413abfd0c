// SPDX-License-Identifier: Apache-2.0
// Units, layers and causes as a command line names them.
#pragma once

#include <string>

#include "traces/query/words.h"

namespace nnp::cli {

using traces::layer_word;
using traces::release_words;
using traces::unit_word;

/// Ids by name; throw UsageError with the nearest name.
std::uint16_t unit_named(const traces::TraceInfo&, const std::string& name);
/// A layer's name, its number, or the name of an ONNX node it came from.
std::uint16_t layer_named(const traces::TraceInfo&, const std::string& name);
sim::Cause cause_named(const std::string& name);

}  // namespace nnp::cli
