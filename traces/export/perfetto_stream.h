// SPDX-License-Identifier: Apache-2.0
// Perfetto's trace format from the writer's side: tracks, slices, counter samples, one packet each. Names and
// texts go out once and are numbered from then on (interned data).
//
// Field numbers are those of perfetto/protos: trace_packet, track_descriptor, track_event, debug_annotation,
// interned_data, counter_descriptor, process_descriptor. There is no clock snapshot: a time stamp is trace
// time.
#pragma once

#include <array>
#include <ostream>
#include <string>
#include <unordered_map>
#include <vector>

#include "traces/export/wire.h"

namespace nnp::traces {

class PerfettoStream {
 public:
  using Track = std::uint64_t;
  explicit PerfettoStream(std::ostream& to) : to_(to) {}

  /// A group of tracks; they are drawn by their rank.
  Track process(const std::string& name, const std::string& description);
  Track track(Track parent, const std::string& name, const std::string& description, std::size_t rank);
  Track counter(Track parent, const std::string& name, const std::string& unit, std::size_t rank);

  /// What a slice has to say about itself. A text that comes up again and again is worth a number.
  struct Note {
    const char* name;
    std::uint64_t number = 0;
    std::string text = {};
    enum class Kind : std::uint8_t { number, text, common_text } kind = Kind::number;
  };
  struct Slice {
    std::string category, name;
    std::vector<Note> notes = {};
    std::vector<std::uint64_t> flows_from_here = {}, flows_to_here = {};  // arrows by id
  };
  /// Slices of a track lie beside each other or inside each other; times in ns.
  void begin(Track, std::uint64_t time, const Slice&);
  void end(Track, std::uint64_t time);
  void sample(Track, std::uint64_t time, std::uint64_t value);

 private:
  enum Table : std::size_t { categories, names, note_names, note_texts, tables };
  std::uint64_t number_of(Table, const std::string& text);
  WireMessage note(const Note&);
  void put_track(const WireMessage& descriptor);
  void put_event(std::uint64_t time, const WireMessage& event);
  void put_packet(WireMessage packet);

  std::ostream& to_;
  std::array<std::unordered_map<std::string, std::uint64_t>, tables> numbers_;
  WireMessage interned_;  // what the next packet has to introduce
  Track last_track_ = 0;
  bool first_ = true;
};

}  // namespace nnp::traces
