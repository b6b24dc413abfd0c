// SPDX-License-Identifier: Apache-2.0
// What query and export say of units, layers, instructions and releases.
#pragma once

#include <string>

#include "traces/format/trace_file.h"

namespace nnp::cli {

/// "matrix", "pcie" for the link, "" for none.
std::string unit_word(const traces::TraceInfo&, std::uint16_t unit);
std::string layer_word(const traces::TraceInfo&, std::uint16_t layer);
/// "ended by instruction 17 of drain, which retired".
std::string release_words(const traces::TraceInfo&, const sim::Release&);

/// Ids by name; throw UsageError with the nearest name.
std::uint16_t unit_named(const traces::TraceInfo&, const std::string& name);
/// A layer's name, its number, or the name of an ONNX node it came from.
std::uint16_t layer_named(const traces::TraceInfo&, const std::string& name);
sim::Cause cause_named(const std::string& name);

}  // namespace nnp::cli
