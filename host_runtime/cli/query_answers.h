// SPDX-License-Identifier: Apache-2.0
// The questions of nnpsim query, one function each: print the answer, return the exit code.
#pragma once

#include <nlohmann/json.hpp>

#include "host_runtime/cli/options.h"
#include "traces/format/trace_file.h"
#include "traces/query/filter.h"

namespace nnp::cli {

int answer_at_cycle(const traces::TraceFile&, const QueryOptions&, const traces::Filter&);
int answer_stalls(const traces::TraceFile&, const QueryOptions&, const traces::Filter&);
int answer_critical_path(const traces::TraceFile&, const QueryOptions&, const traces::Filter&);

// ---- what the answers share

void print_json(const nlohmann::ordered_json&);
/// The first keys of every answer: schema, network, chip, cycles, complete.
nlohmann::ordered_json answer_head(const traces::TraceFile&);
nlohmann::ordered_json json_of(const traces::TraceFile&, const sim::StateRecord&);

}  // namespace nnp::cli
