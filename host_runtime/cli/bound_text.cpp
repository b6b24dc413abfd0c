// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/bound_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/table.h"

namespace nnp::cli {
namespace {

using bounds::Cause;
using bounds::Resource;

struct Part {
  Cause cause;
  Cycles cycles;
};

std::vector<Part> largest_first(const bounds::Gap& gap) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < bounds::kCauses; ++i)
    if (gap.parts[i] > 0) parts.push_back({static_cast<Cause>(i), gap.parts[i]});
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& left, const Part& right) { return left.cycles > right.cycles; });
  return parts;
}

/// 766 k, 1.53 M; 9,812 below 10 k.
std::string short_count(Cycles cycles) {
  const auto value = static_cast<double>(cycles);
  if (value < 1e4) return count_text(cycles);
  if (value < 1e6) return fmt::format("{:.0f} k", value / 1e3);
  return fmt::format("{:.{}f} M", value / 1e6, value < 1e7 ? 2 : value < 1e8 ? 1 : 0);
}

std::string resource_line(const bounds::LayerBounds& bounds, Resource resource, const std::string& how) {
  const double cycles = bounds.cycles_of[static_cast<std::size_t>(resource)];
  if (cycles <= 0) return "";
  return fmt::format("  {:<9}{:>13}  {}{}\n", to_string(resource),
                     count_text(static_cast<std::uint64_t>(std::ceil(cycles - 1e-6))), how,
                     resource == bounds.bound_by ? "  <- the bound" : "");
}

/// Why weights come more than once.
std::string fetches_text(const bounds::LayerWork& work) {
  constexpr const char* kRows = "an instruction takes only so many rows";
  if (work.parts == 1) return fmt::format("weights ({} times: {})", work.weight_fetches, kRows);
  return fmt::format("weights ({} times: the batch goes in {} parts{})", work.weight_fetches, work.parts,
                     work.weight_fetches > work.parts ? fmt::format(", and {}", kRows) : "");
}

std::string memory_how(const bounds::LayerWork& work) {
  std::string text = fmt::format("{} at least: ", size_text(static_cast<double>(work.bytes())));
  std::string list;
  const auto add = [&](Bytes bytes, const std::string& what) {
    if (bytes > 0)
      list += fmt::format("{}{} {}", list.empty() ? "" : ", ", size_text(static_cast<double>(bytes)), what);
  };
  add(work.weight_bytes, work.weight_fetches > 1 ? fetches_text(work) : "weights");
  add(work.parameter_bytes, "parameters"), add(work.input_bytes, "input"), add(work.output_bytes, "output");
  return text + list;
}

}  // namespace

const char* explanation(Cause cause) {
  switch (cause) {
    case Cause::edge_tiles:
      return "the array streams, but cells in partial tiles have no work, or words come slower than a row a "
             "cycle";
    case Cause::fill_drain:
      return "weights shift in, sums leave the accumulators, or a pipeline runs empty, and nothing streams "
             "meanwhile";
    case Cause::not_overlapped:
      return "another resource works for this layer, and the one that bounds it waits until that is done";
    case Cause::refetch:
      return "device memory moves bytes a second time, or bytes that no mapping would need";
    case Cause::refresh:
      return "device memory refreshes instead of moving data (split as over the whole run)";
    case Cause::dram:
      return "device memory opens and closes rows or turns its bus around (split as over the whole run)";
    case Cause::latency:
      return "requests are on their way to device memory and back: too few in flight to keep it busy";
    case Cause::bank_conflict:
      return "other streams hold the buffer's banks";
    case Cause::vector:
      return "the vector unit works, at less than its lanes' rate or while the array waits for it";
    case Cause::host:
      return "data cross the host link";
    case Cause::sync:
      return "instructions are fetched, dispatched or set up, or a token is on its way";
    case Cause::later_layers:
      return "units work for later layers already, which have it `ahead`";
    case Cause::unexplained:
    case Cause::count:
      break;
  }
  return "not explained";
}

std::string bound_cell(const RunRecord& run, std::size_t layer) {
  if (!run.bounds || run.bounds->layers[layer].cycles == 0) return "-";
  const bounds::LayerBounds& bounds = run.bounds->layers[layer];
  return fmt::format("{} {}", count_text(bounds.cycles), to_string(bounds.bound_by));
}

std::string bound_sentence(const RunRecord& run) {
  if (!run.bounds || run.bounds->cycles == 0) return "";
  const bounds::Gap& gap = run.gap.all;
  std::string text =
      fmt::format("{} cycles; no mapping on this chip needs fewer than {} ({})", short_count(gap.count),
                  short_count(run.bounds->cycles),
                  run.bounds->by_host_link ? "the host link" : in_words(run.bounds->sum.bound_by));
  std::string list;
  for (const Part& part : largest_first(gap))
    if (const double of_gap = share(static_cast<double>(part.cycles), static_cast<double>(gap.cycles));
        of_gap >= 0.045)
      list += fmt::format("{}{:.0f} % {}", list.empty() ? "" : ", ", of_gap * 100, in_words(part.cause));
  return text + (list.empty() ? "" : "; of the difference " + list) + ".\n";
}

std::string layer_gap_text(const RunRecord& run, std::size_t layer) {
  const bounds::LayerBounds& bounds = run.bounds->layers[layer];
  const bounds::Gap& gap = run.gap.layers[layer];
  const bounds::LayerWork& work = bounds.work;
  std::string text = "Bounds: what each resource alone needs, in core cycles\n";
  text += resource_line(bounds, Resource::compute,
                        fmt::format("{} MACs over {} cells", count_text(work.macs),
                                    count_text(static_cast<std::uint64_t>(peak_macs_per_cycle(run)))));
  text +=
      resource_line(bounds, Resource::vector, fmt::format("elements over {} lanes", run.chip.vector.lanes));
  text += resource_line(bounds, Resource::memory, memory_how(work));
  constexpr const char* kPorts[] = {"the array's reads", "the drain's writes or lanes",
                                    "the vector unit's writes", "what is loaded", "what is stored"};
  text += resource_line(
      bounds, Resource::ports,
      bounds.port ? kPorts[static_cast<std::size_t>(*bounds.port)] : "all words over all banks");
  text += fmt::format("\nCount: {} cycles were this layer's turn", count_text(gap.count));
  text += gap.ahead > 0 ? fmt::format(", and {} of its bound were done before, in the turns of others\n",
                                      count_text(gap.ahead))
                        : "\n";
  text += fmt::format("\nGap: {} cycles above the bound{}\n", count_text(gap.cycles),
                      gap.ahead > 0 ? " (count + ahead - bound)" : "");
  for (const Part& part : largest_first(gap))
    text +=
        fmt::format("  {:<15}{:>11}  {:>6}  {}\n", to_string(part.cause), count_text(part.cycles),
                    percent_text(share(static_cast<double>(part.cycles), static_cast<double>(gap.cycles))),
                    explanation(part.cause));
  return text;
}

}  // namespace nnp::cli
