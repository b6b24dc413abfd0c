// SPDX-License-Identifier: Apache-2.0
#include "traces/export/perfetto.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>
#include <set>
#include <unordered_map>
#include <utility>

#include "traces/export/perfetto_stream.h"
#include "traces/query/words.h"

namespace nnp::traces {
namespace {

using Note = PerfettoStream::Note;
using Slice = PerfettoStream::Slice;
using Track = PerfettoStream::Track;

constexpr std::size_t kLayerRank = 0, kInstructionRank = 1, kCounterRank = 1u << 20;  // below a unit

/// Rows for spans that may overlap: each span takes the lowest row that is free. Spans in order of start.
class Rows {
 public:
  std::size_t take(Cycle start, Cycle end) {
    for (; !taken_.empty() && taken_.top().first <= start; taken_.pop()) free_.insert(taken_.top().second);
    if (free_.empty()) free_.insert(rows_++);
    const std::size_t row = *free_.begin();
    free_.erase(free_.begin());
    taken_.push({end, row});
    return row;
  }

 private:
  using Entry = std::pair<Cycle, std::size_t>;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> taken_;  // by end
  std::set<std::size_t> free_;
  std::size_t rows_ = 0;
};

class Exporter {
 public:
  Exporter(const TraceFile& file, Window window, std::ostream& to)
      : file_(file), info_(file.info()), window_(window), stream_(to) {}

  void run() {
    declare_units();
    for (std::uint16_t unit = 0; unit < info_.units.size(); ++unit)
      for (const sim::InstructionSpan& span : drawn_instructions(unit)) arrows_from_[span.instruction];
    for (std::uint16_t unit = 0; unit < info_.units.size(); ++unit) {
      const Window own = on_unit_axis(info_, unit, window_);
      const auto states = file_.states(unit, own.from, own.to);
      put_states(unit, states);
      put_layers(unit, states);
    }
    for (std::uint16_t unit = 0; unit < info_.units.size(); ++unit) put_instructions(unit);
    put_counters();
  }

 private:
  void declare_units() {
    chip_ = stream_.process(info_.chip,
                            fmt::format("{} on {}, {}, batch {}. 1 ns is one core cycle. {}", info_.network,
                                        info_.chip, info_.precision, info_.batch, info_.chip_description));
    for (std::size_t unit = 0; unit < info_.units.size(); ++unit)
      units_.push_back(stream_.track(chip_, info_.units[unit].name, info_.units[unit].description, unit + 1));
  }

  /// A slice from start to end on the core's axis, cut at the window; nothing where it lies outside.
  void put(Track track, Cycle start, Cycle end, const Slice& slice) {
    stream_.begin(track, window_.clip(start), slice);
    stream_.end(track, window_.clip(end));
  }

  void put_states(std::uint16_t unit, const std::vector<sim::StateRecord>& states) {
    std::vector<std::uint64_t> arrows_here;
    for (std::size_t i = 0; i < states.size(); ++i) {
      const sim::StateRecord& r = states[i];
      const Cycle start = on_core_axis(info_, unit, r.start),
                  end = on_core_axis(info_, unit, r.start + r.length);
      if (!window_.meets(start, std::max(end, start + 1)))
        continue;  // a memory state may be no core cycle long
      if (r.state.state != sim::State::idle) {
        Slice slice = slice_of(unit, r);
        slice.flows_to_here = std::move(arrows_here);
        put(units_[unit], start, end, slice);
      }
      arrows_here.clear();
      const auto from = arrows_from_.find(r.ended_by.number);
      const bool next_is_drawn =
          i + 1 < states.size() && states[i + 1].state.state != sim::State::idle && end < window_.to;
      if (r.state.state == sim::State::wait && r.ended_by.kind == sim::Release::Kind::retired &&
          next_is_drawn && from != arrows_from_.end()) {
        from->second.push_back(++last_arrow_);
        arrows_here.push_back(last_arrow_);
      }
    }
  }

  Slice slice_of(std::uint16_t unit, const sim::StateRecord& r) const {
    Slice slice{to_string(r.state.state), to_string(r.state.state)};
    if (r.state.state == sim::State::wait) slice.name = to_string(r.state.cause);
    add_common(slice, "layer", layer_word(info_, r.state.layer));
    if (r.state.instruction != sim::kNoInstruction) {
      slice.notes.push_back({"instruction", r.state.instruction});
      add_common(slice, "text", file_.instruction_text(r.state.instruction));
    }
    add_common(slice, "resource", unit_word(info_, r.state.resource));
    if (r.state.state == sim::State::wait)
      slice.notes.push_back({"ended_by", 0, release_words(info_, r.ended_by), Note::Kind::text});
    if (info_.units[unit].memory_clock) slice.notes.push_back({"memory_cycles", r.length});
    return slice;
  }
  static void add_common(Slice& slice, const char* name, std::string text) {
    if (!text.empty()) slice.notes.push_back({name, 0, std::move(text), Note::Kind::common_text});
  }

  /// States beside each other that work for one layer make one slice.
  void put_layers(std::uint16_t unit, const std::vector<sim::StateRecord>& states) {
    Track track = 0;
    for (std::size_t first = 0, last = 0; first < states.size(); first = last) {
      const std::uint16_t layer = states[first].state.layer;
      for (last = first; last < states.size() && states[last].state.layer == layer;) ++last;
      const Cycle start = on_core_axis(info_, unit, states[first].start);
      const Cycle end = on_core_axis(info_, unit, states[last - 1].start + states[last - 1].length);
      if (layer >= info_.layers.size() || !window_.meets(start, end)) continue;
      if (track == 0)
        track = stream_.track(units_[unit], "layers", "which layer the unit works or waits for", kLayerRank);
      put(track, start, end, {"layer", info_.layers[layer].name, {}, {}, {}});
    }
  }

  /// From the queue to the retirement, by start.
  std::vector<sim::InstructionSpan> drawn_instructions(std::uint16_t unit) const {
    auto spans = file_.instructions(unit, window_.from, window_.to);
    std::erase_if(spans, [&](const sim::InstructionSpan& span) {
      return span.retired < span.decoded || !window_.meets(span.decoded, span.retired + 1);
    });
    std::stable_sort(spans.begin(), spans.end(),
                     [](const auto& a, const auto& b) { return a.decoded < b.decoded; });
    return spans;
  }

  void put_instructions(std::uint16_t unit) {
    Rows rows;
    std::vector<Track> tracks;
    for (const sim::InstructionSpan& span : drawn_instructions(unit)) {
      const std::size_t row = rows.take(span.decoded, span.retired + 1);
      if (row == tracks.size())
        tracks.push_back(stream_.track(
            units_[unit], row == 0 ? "instructions" : fmt::format("instructions {}", row + 1),
            "from the queue to the retirement; a further row where they overlap", kInstructionRank + row));
      const std::string text = file_.instruction_text(span.instruction);
      Slice slice{"instruction", text.substr(0, text.find(' '))};
      slice.notes = {
          {"instruction", span.instruction}, {"dispatched", span.dispatched}, {"ready", span.ready},
          {"started", span.started},         {"ended", span.ended},           {"retired", span.retired}};
      add_common(slice, "text", text);
      add_common(slice, "layer", layer_word(info_, span.layer));
      if (const auto arrows = arrows_from_.find(span.instruction); arrows != arrows_from_.end())
        slice.flows_from_here = std::exchange(arrows->second, {});
      put(tracks[row], span.decoded, span.retired + 1, slice);
    }
  }

  void put_counters() {
    std::size_t rank = 0;
    for (const Counter& counter : file_.counters()) {
      Track parent = chip_;
      const std::string owner = counter.name.substr(0, counter.name.find('.'));
      for (std::size_t unit = 0; unit < info_.units.size(); ++unit)
        if (info_.units[unit].name == owner) parent = units_[unit];
      const Track track = stream_.counter(parent, counter.name, counter.unit, kCounterRank + rank++);
      const Sample* before = nullptr;  // its value holds when the window opens
      for (const Sample& sample : counter.samples) {
        if (sample.cycle < window_.from) {
          before = &sample;
          continue;
        }
        if (sample.cycle >= window_.to) break;
        if (before != nullptr && sample.cycle > window_.from)
          stream_.sample(track, window_.from, before->value);
        before = nullptr;
        stream_.sample(track, sample.cycle, sample.value);
      }
      if (before != nullptr) stream_.sample(track, window_.from, before->value);
    }
  }

  const TraceFile& file_;
  const TraceInfo& info_;
  Window window_;
  PerfettoStream stream_;
  Track chip_ = 0;
  std::vector<Track> units_;
  std::unordered_map<std::uint32_t, std::vector<std::uint64_t>> arrows_from_;  // by drawn instruction
  std::uint64_t last_arrow_ = 0;
};

}  // namespace

void write_perfetto(const TraceFile& file, Window window, std::ostream& to) {
  Exporter(file, window, to).run();
}

}  // namespace nnp::traces
