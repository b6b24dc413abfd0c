// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/traces/perfetto_reader.h"

#include <fmt/format.h>

#include <stdexcept>

namespace nnp::test {
namespace {

void require(bool holds, const std::string& rule) {
  if (!holds) throw std::runtime_error(rule);
}

void require_known_fields(const TextMessage& message) {
  const auto known = [](const std::string& field) { return field[0] < '0' || field[0] > '9'; };
  for (const auto& [field, values] : message.scalars) require(known(field), "unknown field " + field);
  for (const auto& [field, values] : message.messages) {
    require(known(field), "unknown field " + field);
    for (const TextMessage& value : values) require_known_fields(value);
  }
}

class Reader {
 public:
  std::map<std::uint64_t, PerfettoTrack> read(const TextMessage& trace) {
    require_known_fields(trace);
    bool first = true;
    for (const TextMessage& packet : trace.messages.at("packet")) {
      require(packet.number("sequence_flags") == (first ? 1u : 2u), "only the first packet clears the names");
      require(packet.number("trusted_packet_sequence_id") == 1, "one sequence");
      first = false;
      if (const auto* interned = packet.message("interned_data")) introduce(*interned);
      if (const auto* descriptor = packet.message("track_descriptor")) declare(*descriptor);
      if (const auto* event = packet.message("track_event")) take(*event, packet.number("timestamp"));
    }
    for (const auto& [uuid, track] : tracks_)
      require(!open_[uuid], "a slice is open at the end of " + track.name);
    return tracks_;
  }

 private:
  void introduce(const TextMessage& data) {
    for (const auto& [table, entries] : data.messages)
      for (const TextMessage& entry : entries)
        require(names_[table]
                    .try_emplace(entry.text("iid"), entry.text(entry.has("str") ? "str" : "name"))
                    .second,
                "a number is given twice in " + table);
  }
  const std::string& name(const std::string& table, const std::string& iid) const {
    require(names_.contains(table) && names_.at(table).contains(iid), "number without a name in " + table);
    return names_.at(table).at(iid);
  }

  void declare(const TextMessage& descriptor) {
    PerfettoTrack& track = tracks_[descriptor.number("uuid")];
    require(track.name.empty(), "a track is declared twice");
    track.name = descriptor.text("name");
    if (descriptor.has("description")) track.description = descriptor.text("description");
    if (descriptor.has("parent_uuid")) track.parent = descriptor.number("parent_uuid");
    if (descriptor.has("sibling_order_rank")) track.rank = std::stol(descriptor.text("sibling_order_rank"));
    require(track.parent == 0 || tracks_.contains(track.parent), "a track without its parent");
    track.is_process = descriptor.message("process") != nullptr;
    if (const auto* counter = descriptor.message("counter"))
      track.is_counter = true, track.unit = counter->text("unit_name");
  }

  void take(const TextMessage& event, std::uint64_t time) {
    const std::uint64_t uuid = event.number("track_uuid");
    require(tracks_.contains(uuid), "an event without its track");
    PerfettoTrack& track = tracks_.at(uuid);
    require(time >= last_[uuid], "time runs backwards on " + track.name);
    last_[uuid] = time;
    const std::string& type = event.text("type");
    if (type == "TYPE_COUNTER") {
      track.samples.push_back({time, event.number("counter_value")});
    } else if (type == "TYPE_SLICE_END") {
      require(open_[uuid], "an end without a beginning on " + track.name);
      open_[uuid] = false;
      track.slices.back().end = time;
    } else {
      require(type == "TYPE_SLICE_BEGIN" && !open_[uuid], "a slice inside another on " + track.name);
      open_[uuid] = true;
      track.slices.push_back(slice(event, time));
    }
  }

  PerfettoSlice slice(const TextMessage& event, std::uint64_t time) const {
    PerfettoSlice slice;
    slice.begin = time;
    slice.category = name("event_categories", event.text("category_iids"));
    slice.name = name("event_names", event.text("name_iid"));
    if (const auto notes = event.messages.find("debug_annotations"); notes != event.messages.end())
      for (const TextMessage& note : notes->second) {
        const std::string& key = name("debug_annotation_names", note.text("name_iid"));
        slice.notes[key] = note.has("uint_value") ? note.text("uint_value")
                           : note.has("string_value")
                               ? note.text("string_value")
                               : name("debug_annotation_string_values", note.text("string_value_iid"));
      }
    if (event.has("flow_ids")) slice.flows_from = event.scalars.at("flow_ids");
    if (event.has("terminating_flow_ids")) slice.flows_to = event.scalars.at("terminating_flow_ids");
    return slice;
  }

  std::map<std::string, std::map<std::string, std::string>> names_;  // by table and number
  std::map<std::uint64_t, PerfettoTrack> tracks_;
  std::map<std::uint64_t, bool> open_;
  std::map<std::uint64_t, std::uint64_t> last_;
};

}  // namespace

std::map<std::uint64_t, PerfettoTrack> read_perfetto(const TextMessage& trace) {
  return Reader().read(trace);
}

}  // namespace nnp::test
