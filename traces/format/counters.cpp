// SPDX-License-Identifier: Apache-2.0
#include "traces/format/counters.h"

#include <fmt/format.h>

#include <algorithm>

#include "traces/format/bytes.h"

namespace nnp::traces {
namespace {

/// Steps up and down, in any order, as a series of samples.
std::vector<Sample> series(std::vector<std::pair<Cycle, std::int64_t>> steps) {
  std::sort(steps.begin(), steps.end());
  std::vector<Sample> samples;
  std::int64_t value = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    value += steps[i].second;
    if (i + 1 < steps.size() && steps[i + 1].first == steps[i].first) continue;
    const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0));
    if (samples.empty() || samples.back().value != now) samples.push_back({steps[i].first, now});
  }
  return samples;
}

std::vector<Sample> series_of_windows(const std::vector<Bytes>& windows, Cycles width) {
  std::vector<Sample> samples;
  for (std::size_t i = 0; i < windows.size(); ++i)
    if (samples.empty() ? windows[i] != 0 : samples.back().value != windows[i])
      samples.push_back({i * width, windows[i]});
  if (!samples.empty() && samples.back().value != 0) samples.push_back({windows.size() * width, 0});
  return samples;
}

std::string name_of(std::uint16_t unit, const std::vector<std::string>& names) {
  return unit < names.size() ? names[unit] : unit == sim::kHostLink ? "pcie" : fmt::format("unit{}", unit);
}

void add(std::vector<Bytes>& windows, std::size_t at, Bytes bytes) {
  if (windows.size() <= at) windows.resize(at + 1, 0);
  windows[at] += bytes;
}

}  // namespace

void CounterMaker::see(const sim::InstructionSpan& span) {
  Queue& queue = queues_[span.unit];
  queue.dispatched.push_back(span.dispatched + 1);  // it can be seen in the queue from the next cycle on
  queue.decoded.push_back(span.decoded + 1);
  if (span.instruction >= times_.size()) times_.resize(span.instruction + 1u);
  times_[span.instruction] = {span.started, span.retired, true};
}

void CounterMaker::see(const sim::TransferSpan& span) {
  while (span.answered / window_ >= kMostWindows) widen();
  Windows& windows = windows_[span.server];
  add(span.write ? windows.written : windows.read, span.answered / window_, span.bytes);
}

void CounterMaker::widen() {
  window_ *= 2;
  for (auto& [server, windows] : windows_)
    for (std::vector<Bytes>* list : {&windows.read, &windows.written}) {
      std::vector<Bytes> wide(ceil_div<std::size_t>(list->size(), 2), 0);
      for (std::size_t i = 0; i < list->size(); ++i) wide[i / 2] += (*list)[i];
      *list = std::move(wide);
    }
}

Counter CounterMaker::buffer_counter() const {
  std::vector<std::pair<Cycle, std::int64_t>> steps;
  for (const LiveRange& range : live_ranges_) {
    if (range.writer >= times_.size() || !times_[range.writer].seen) continue;
    const bool read = range.last_reader < times_.size() && times_[range.last_reader].seen;
    const Times& last = times_[read ? range.last_reader : range.writer];
    const auto bytes = static_cast<std::int64_t>(range.bytes);
    steps.push_back({times_[range.writer].started, bytes});
    steps.push_back({std::max(last.retired, times_[range.writer].started), -bytes});
  }
  return {"buffer.live_bytes", "bytes", series(std::move(steps))};
}

std::vector<Counter> CounterMaker::counters(const std::vector<std::string>& unit_names) const {
  std::vector<Counter> counters;
  for (const auto& [unit, queue] : queues_) {
    std::vector<std::pair<Cycle, std::int64_t>> steps;
    for (const Cycle cycle : queue.dispatched) steps.push_back({cycle, 1});
    for (const Cycle cycle : queue.decoded) steps.push_back({cycle, -1});
    counters.push_back({name_of(unit, unit_names) + ".queue", "instructions", series(std::move(steps))});
  }
  const std::string per_window = fmt::format("bytes per {} cycles", window_);
  for (const auto& [server, windows] : windows_) {
    const std::string name = name_of(server, unit_names);
    counters.push_back({name + ".read_bytes", per_window, series_of_windows(windows.read, window_)});
    counters.push_back({name + ".written_bytes", per_window, series_of_windows(windows.written, window_)});
  }
  if (!live_ranges_.empty()) counters.push_back(buffer_counter());
  return counters;
}

// A counter's payload: its name and unit, each with its length before it, then the columns cycle and value.

RawChunk encode(const Counter& counter) {
  std::vector<ColumnWriter> c(2);
  for (const Sample& sample : counter.samples) c[0].put_delta(sample.cycle), c[1].put_delta(sample.value);
  RawChunk chunk;
  for (const std::string* text : {&counter.name, &counter.unit}) {
    append(chunk.payload, static_cast<std::uint16_t>(text->size()));
    chunk.payload.insert(chunk.payload.end(), text->begin(), text->end());
  }
  const auto columns = join(c);
  chunk.payload.insert(chunk.payload.end(), columns.begin(), columns.end());
  chunk.head.type = ChunkType::counter;
  chunk.head.records = static_cast<std::uint32_t>(counter.samples.size());
  if (!counter.samples.empty())
    chunk.head.first_cycle = counter.samples.front().cycle,
    chunk.head.end_cycle = counter.samples.back().cycle + 1;
  return chunk;
}

Counter decode_counter(const ChunkHead& head, std::vector<std::uint8_t> payload) {
  Counter counter;
  for (std::string* text : {&counter.name, &counter.unit}) {
    const std::size_t size = payload.size() < 2 ? payload.size() : get<std::uint16_t>(payload.data());
    if (payload.size() < 2 + size) throw std::runtime_error("a name is longer than its chunk");
    text->assign(payload.begin() + 2, payload.begin() + 2 + static_cast<std::ptrdiff_t>(size));
    payload.erase(payload.begin(), payload.begin() + 2 + static_cast<std::ptrdiff_t>(size));
  }
  auto c = split(payload, 2);
  if (head.records > payload.size()) throw std::runtime_error("it claims more samples than it has bytes");
  for (std::uint32_t i = 0; i < head.records; ++i) {
    const Cycle cycle = c[0].take_delta();
    counter.samples.push_back({cycle, c[1].take_delta()});
  }
  return counter;
}

}  // namespace nnp::traces
