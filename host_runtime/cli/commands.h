// SPDX-License-Identifier: Apache-2.0
// One function a command, one file a function. Each returns an exit code or throws; the result goes to
// stdout.
#pragma once

#include "host_runtime/cli/options.h"

namespace nnp::cli {

int run(const RunOptions&);
int compile(const CompileOptions&);
int quantize(const QuantizeOptions&);
int exec(const ExecOptions&);
int assemble(const AsmOptions&);
int disassemble(const DisasmOptions&);
int query(const QueryOptions&);
int export_trace(const ExportOptions&);
int report(const PageOptions&);
int whatif(const WhatifOptions&);
int compare_runners(const CompareOptions&);
int explain(const ExplainOptions&);
int dram(const DramOptions&);
int conformance_tests(const ConformanceOptions&);
int gpu_bench_networks(const GpuBenchOptions&);
int lessons(const LabOptions&);
int list_chips(const ListOptions&);
int list_networks(const ListOptions&);
int doctor(const ListOptions&);

}  // namespace nnp::cli
