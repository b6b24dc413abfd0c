// SPDX-License-Identifier: Apache-2.0
// What follows from the rows, in sentences: crossovers and one conclusion.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "host_runtime/cli/compare_record.h"
#include "host_runtime/cli/figures.h"

namespace nnp::cli {
namespace {

using comparison::Row;
using comparison::Status;

/// Inferences a second without transfers, so that a GPU's rows and the chip's mean the same.
std::optional<double> without_transfers(const Row& row) {
  if (!row.batch || !row.throughput_per_s) return std::nullopt;
  if (row.without_transfers_s && *row.without_transfers_s > 0)
    return static_cast<double>(*row.batch) / *row.without_transfers_s;
  return row.throughput_per_s;
}

std::string sentence_of(const CrossoverRecord& record, const std::string& chip) {
  const std::string rival = fmt::format("{} in {} ({})", record.device, record.precision, record.source);
  if (!record.of.comparable) return fmt::format("{} and {} have no batch in common.", rival, chip);
  if (!record.of.batch)
    return fmt::format("{} does not overtake {} at any batch measured; transfers not counted on either side.",
                       rival, chip);
  if (!record.of.interpolated)
    return fmt::format("{} is ahead of {} from the smallest batch measured on, {}; transfers not counted.",
                       rival, chip, *record.of.batch);
  return fmt::format(
      "{} overtakes {} at batch {}, by interpolation at about {:.1f}; transfers not counted on either side.",
      rival, chip, *record.of.batch, *record.of.interpolated);
}

/// The runner's fastest row at the batch.
const Row* best(const std::vector<Row>& rows, const std::string& runner, std::int64_t batch) {
  const Row* found = nullptr;
  for (const Row& row : rows)
    if (row.runner == runner && row.batch == batch && row.status != Status::published &&
        row.throughput_per_s && (found == nullptr || *row.throughput_per_s > *found->throughput_per_s))
      found = &row;
  return found;
}

std::string conclusion(const CompareRecord& record) {
  const auto chip = std::ranges::find_if(record.rows, [](const Row& row) {
    return row.runner == "chip" && row.has_figures() && row.throughput_per_s;
  });
  if (chip == record.rows.end()) return "";
  std::vector<std::string> parts;
  for (const char* runner : {"onednn", "ort", "cuda"})
    if (const Row* rival = best(record.rows, runner, *chip->batch))
      parts.push_back(fmt::format("{:.3g} times what {} does on {} in {}{}",
                                  *without_transfers(*chip) / *without_transfers(*rival), rival->runner,
                                  rival->device, rival->precision,
                                  rival->caveat.empty() ? "" : fmt::format(" ({})", rival->caveat)));
  std::string text = fmt::format("At batch {} {} does {} inferences a second in {}, simulated", *chip->batch,
                                 record.chip, rate_text(*chip->throughput_per_s), chip->precision);
  if (parts.empty()) return text + "; nothing was measured beside it.";
  return fmt::format("{}; without transfers that is {}.", text, fmt::join(parts, ", "));
}

}  // namespace

std::vector<CrossoverRecord> crossovers_of(const std::vector<Row>& rows) {
  comparison::Throughputs chip;
  std::map<std::pair<std::string, std::string>, comparison::Throughputs> rivals;
  std::map<std::pair<std::string, std::string>, std::string> sources;
  for (const Row& row : rows) {
    const auto rate = without_transfers(row);
    if (!rate || !row.has_figures()) continue;
    if (row.runner == "chip") chip[*row.batch] = *rate;
    if (row.runner != "cuda") continue;
    double& kept = rivals[{row.device, row.precision}][*row.batch];
    if (*rate > kept) kept = *rate, sources[{row.device, row.precision}] = row.conditions;
  }
  std::vector<CrossoverRecord> records;
  for (const auto& [key, rates] : rivals) {
    const std::string source = sources[key];
    records.push_back({key.first, key.second, source.substr(0, source.find_first_of(":,")),
                       comparison::crossover(chip, rates)});
  }
  return records;
}

std::vector<std::string> CompareRecord::sentences() const {
  std::vector<std::string> list;
  for (const CrossoverRecord& record : crossovers) list.push_back(sentence_of(record, chip));
  if (std::string text = conclusion(*this); !text.empty()) list.push_back(std::move(text));
  return list;
}

}  // namespace nnp::cli
