// SPDX-License-Identifier: Apache-2.0
// oneDNN in a comparison: the network in float32, bf16 and int8, each where this host's oneDNN can.
#include <fmt/format.h>

#include "compiler/passes/passes.h"
#include "compiler/quantize/prescription.h"
#include "host_runtime/cli/compare_cpu.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/compare/code_agreement.h"
#include "host_runtime/compare/sqnr.h"
#include "host_runtime/reference/onednn/network.h"

namespace nnp::cli {
namespace {

using comparison::Row;
using comparison::Timing;
using reference::OneDnn;
using reference::OneDnnNetwork;

/// The network in one precision.
struct Side {
  const char* precision;
  const ir::Graph& graph;
  std::string method;  // what is timed
  bool has_peak = false;
  std::string caveat = {};  // Row::caveat
};

void skip(const Batch& batch, const char* precision, const std::string& reason, CompareRecord& record) {
  Row row = comparison::skipped_row("onednn", processor_name(), precision, reason);
  row.batch = batch.size;
  record.rows.push_back(std::move(row));
}

std::string share_text(const OneDnnNetwork::Share& of, double seconds, const char* what) {
  if (of.nodes == 0) return "";
  return fmt::format(", {} of the last in {} node{} without {}", percent_text(share(of.seconds, seconds)),
                     of.nodes, of.nodes == 1 ? "" : "s", what);
}

std::string shares_text(const OneDnnNetwork::Shares& shares) {
  return share_text(shares.floats, shares.of_seconds, "an int8 primitive, in float32 between reorders") +
         share_text(shares.loops, shares.of_seconds, "a primitive, by plain loops");
}

void add_rows(const Side& side, const Batch& batch, std::optional<unsigned> runs, CompareRecord& record,
              Progress& progress) {
  if (const auto reason = OneDnnNetwork::obstacle(side.graph))
    return skip(batch, side.precision, *reason, record);
  for (const unsigned threads : thread_counts()) {
    progress.phase(
        fmt::format("timing oneDNN in {} on {} threads, batch {}", side.precision, threads, batch.size));
    OneDnnNetwork network(side.graph, threads);
    const Timing timing = comparison::time_median(comparison::timed([&] {
                                                    stop_if_interrupted();
                                                    network.run(batch.inputs);
                                                  }),
                                                  runs);
    Row row = cpu_row("onednn", batch, side.precision, threads, timing);
    if (!side.caveat.empty()) row.conditions += fmt::format(", {} (below)", side.caveat);
    row.conditions += shares_text(network.shares());
    row.caveat = side.caveat;
    row.method = side.method;
    if (side.has_peak) add_product_peak(row, threads);
    comparison::complete(row, batch.macs);
    record.rows.push_back(std::move(row));
  }
}

/// Its codes beside the naive integers.
compare::Comparison agreement(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs) {
  OneDnnNetwork network(graph, /*threads=*/0);
  compare::AgreementWatch watch(graph, inputs, "oneDNN");
  const auto theirs = network.run(inputs, {[&](ir::ValueId id, const ir::Tensor& value) {
                                             stop_if_interrupted();
                                             watch.see(id, value);
                                           },
                                           {}});
  compare::Comparison verdict = compare::settle("onednn", watch.layers());
  verdict.end_to_end = compare::outputs_apart(graph, reference::Naive().run(graph, inputs), theirs);
  return verdict;
}

std::string agreement_text(const compare::Comparison& verdict) {
  std::string text = fmt::format(
      "beside the naive integers, each layer on its own inputs, {} of {} codes are equal and {} more than {} "
      "LSB apart",
      count_text(verdict.exact), count_text(verdict.compared), count_text(verdict.mismatches),
      compare::kAllowedLsb);
  if (verdict.mismatches != 0)
    text += fmt::format(" (by {:.0f} at most; first {})", verdict.max_abs_error, verdict.reason);
  return text + fmt::format("; outputs are {:.0f} steps apart", verdict.end_to_end.value_or(0));
}

void add_int8(const Batch& batch, std::optional<unsigned> runs, bool with_values, CompareRecord& record,
              Progress& progress) {
  if (batch.compiled.program.precision != isa::Precision::int8)
    return skip(batch, "int8",
                fmt::format("the chip runs this network in {}: there is no int8 one",
                            isa::to_string(batch.compiled.program.precision)),
                record);
  const ir::Graph& graph = batch.compiled.quantised;
  Side side{"int8", graph,
            fmt::format("oneDNN {}'s int8 primitives on the chip's codes, node by node, with quantisation "
                        "and all reorders",
                        OneDnn::version())};
  if (!OneDnn::has_exact_int8()) {
    side.caveat = "not exact";
    side.method += fmt::format(
        "; not exact: without AVX-512 VNNI (here: {}) its kernels add pairs of products in 16 "
        "bits, which saturate",
        OneDnnNetwork::instruction_set());
  }
  if (with_values && !OneDnnNetwork::obstacle(graph)) {
    progress.phase("comparing oneDNN's codes");
    const compare::Comparison verdict = agreement(graph, batch.inputs);
    // Where the sums are exact, only the rounding at the border of two codes may differ.
    if (OneDnn::has_exact_int8() && verdict.mismatches != 0)
      return skip(batch, "int8", "its codes are wrong: " + agreement_text(verdict), record);
    side.method += "; " + agreement_text(verdict);
  }
  add_rows(side, batch, runs, record, progress);
}

void add_bf16(const Batch& batch, std::optional<unsigned> runs, bool with_values, CompareRecord& record,
              Progress& progress) {
  if (const auto reason = OneDnnNetwork::bf16_obstacle()) return skip(batch, "bf16", *reason, record);
  if (compiler::has_prescription(batch.compiled.optimised))
    return skip(batch, "bf16", "the network is quantised already", record);
  const bool chips = batch.compiled.program.precision == isa::Precision::bf16;
  const ir::Graph graph = chips ? batch.compiled.quantised
                                : compiler::lower_to_real(batch.compiled.optimised, isa::Precision::bf16);
  Side side{"bf16", graph, fmt::format("oneDNN {} in bf16, node by node", OneDnn::version())};
  if (!OneDnn::has_native_bf16()) side.method += ", which its kernels widen: no AVX-512 BF16 here";
  if (with_values && !OneDnnNetwork::obstacle(graph)) {
    const auto wide = OneDnnNetwork(batch.compiled.optimised, 0).run(batch.inputs),
               narrow = OneDnnNetwork(graph, 0).run(batch.inputs);
    side.method += fmt::format("; SQNR {:.1f} dB against float32", compare::sqnr_db(wide, narrow));
  }
  add_rows(side, batch, runs, record, progress);
}

}  // namespace

void add_onednn(const Batch& batch, std::optional<unsigned> runs, bool with_values, CompareRecord& record,
                Progress& progress) {
  add_rows({"fp32", batch.compiled.optimised,
            fmt::format("oneDNN {}, node by node; kernels come from its cache and convolution weights lie in "
                        "its layouts, descriptors are made in every run",
                        OneDnn::version()),
            /*has_peak=*/true},
           batch, runs, record, progress);
  add_bf16(batch, runs, with_values, record, progress);
  add_int8(batch, runs, with_values, record, progress);
}

}  // namespace nnp::cli
