// SPDX-License-Identifier: Apache-2.0
#include "traces/format/pyramid.h"

#include <algorithm>

#include "traces/format/bytes.h"

namespace nnp::traces {
namespace {

constexpr std::size_t kTop = 64;  // the coarsest level has at most so many buckets

using Counts = std::vector<std::uint32_t>;

Counts joined(const Counts& fine) {
  Counts coarse(ceil_div<std::size_t>(fine.size(), Pyramid::kStep), 0);
  for (std::size_t i = 0; i < fine.size(); ++i) coarse[i / Pyramid::kStep] += fine[i];
  return coarse;
}

/// Rounded to the nearest of 0 .. 255.
std::uint8_t share(std::uint64_t cycles, Cycles of) {
  return static_cast<std::uint8_t>((cycles * 510 + of) / (2 * of));
}

}  // namespace

void Pyramid::add(const sim::StateRecord& record) {
  end_ = record.start + record.length;
  while (ceil_div(end_, bucket_) > kMostBuckets) widen();
  Counts& counts = cycles_[code_of(record.state.state, record.state.cause)];
  const std::size_t last = (end_ - 1) / bucket_;
  if (counts.size() <= last) counts.resize(last + 1, 0);
  Cycle at = record.start;
  for (std::size_t bucket = record.start / bucket_; bucket <= last; ++bucket) {
    const Cycle next = std::min<Cycle>((bucket + 1) * bucket_, end_);
    counts[bucket] += static_cast<std::uint32_t>(next - at);
    at = next;
  }
}

void Pyramid::widen() {
  bucket_ *= kStep;
  for (Counts& counts : cycles_) counts = joined(counts);
}

std::vector<RawChunk> Pyramid::chunks(std::uint16_t unit) const {
  std::vector<RawChunk> levels;
  std::array<Counts, kStateCodes> counts = cycles_;
  for (Cycles width = bucket_; end_ > 0; width *= kStep) {
    const std::size_t buckets = ceil_div(end_, width);
    RawChunk level;
    level.head.type = ChunkType::pyramid;
    level.head.unit = unit;
    level.head.records = static_cast<std::uint32_t>(buckets);
    level.head.end_cycle = end_;
    level.head.first_number = width;
    std::vector<StateCode> codes;
    for (std::size_t code = 0; code < kStateCodes; ++code)
      if (!counts[code].empty()) codes.push_back(static_cast<StateCode>(code));
    append(level.payload, static_cast<std::uint32_t>(codes.size()));
    level.payload.insert(level.payload.end(), codes.begin(), codes.end());
    for (const StateCode code : codes)
      for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        const Cycles of = std::min<Cycle>(width, end_ - bucket * width);
        level.payload.push_back(bucket < counts[code].size() ? share(counts[code][bucket], of) : 0);
      }
    levels.push_back(std::move(level));
    if (buckets <= kTop) break;
    for (Counts& count : counts) count = joined(count);
  }
  return levels;
}

PyramidLevel decode_pyramid(const ChunkHead& head, const std::vector<std::uint8_t>& payload) {
  if (payload.size() < 4) throw std::runtime_error("it is too short");
  const std::size_t codes = get<std::uint32_t>(payload.data());
  if (codes > kStateCodes || payload.size() != 4 + codes + codes * std::size_t{head.records})
    throw std::runtime_error("its size does not fit its buckets");
  if (head.first_number == 0) throw std::runtime_error("its buckets have no cycles");
  PyramidLevel level;
  level.bucket_cycles = head.first_number;
  level.codes.assign(payload.begin() + 4, payload.begin() + 4 + static_cast<std::ptrdiff_t>(codes));
  auto at = payload.begin() + 4 + static_cast<std::ptrdiff_t>(codes);
  for (std::size_t i = 0; i < codes; ++i, at += head.records)
    level.shares.emplace_back(at, at + head.records);
  return level;
}

}  // namespace nnp::traces
