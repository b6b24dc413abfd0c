// SPDX-License-Identifier: Apache-2.0
#include "traces/export/perfetto_stream.h"

namespace nnp::traces {
namespace {

namespace trace {
constexpr std::uint32_t packet = 1;
}
namespace trace_packet {
constexpr std::uint32_t timestamp = 8, sequence_id = 10, track_event = 11, interned_data = 12,
                        sequence_flags = 13, track_descriptor = 60;
constexpr std::uint64_t flag_first = 1, flag_needs_interned = 2;
}  // namespace trace_packet
namespace track_descriptor {
constexpr std::uint32_t uuid = 1, name = 2, process = 3, parent_uuid = 5, counter = 8, child_ordering = 11,
                        sibling_order_rank = 12, description = 14;
constexpr std::uint64_t by_rank = 3;  // of ChildTracksOrdering
}  // namespace track_descriptor
namespace process_descriptor {
constexpr std::uint32_t pid = 1, process_name = 6;
}
namespace counter_descriptor {
constexpr std::uint32_t unit_name = 6;
}
namespace track_event {
constexpr std::uint32_t category_iids = 3, debug_annotations = 4, type = 9, name_iid = 10, track_uuid = 11,
                        counter_value = 30, flow_ids = 47, terminating_flow_ids = 48;
constexpr std::uint64_t slice_begin = 1, slice_end = 2, counter = 4;
}  // namespace track_event
namespace debug_annotation {
constexpr std::uint32_t name_iid = 1, uint_value = 3, string_value = 6, string_value_iid = 17;
}
namespace interned {
constexpr std::uint32_t iid = 1, text = 2;
/// Fields of InternedData, by our tables.
constexpr std::uint32_t fields[] = {1 /*event_categories*/, 2 /*event_names*/, 3 /*debug_annotation_names*/,
                                    29 /*debug_annotation_string_values*/};
}  // namespace interned

constexpr std::uint64_t kSequence = 1;  // one writer

}  // namespace

PerfettoStream::Track PerfettoStream::process(const std::string& name, const std::string& description) {
  WireMessage process;
  process.varint(process_descriptor::pid, 1);
  process.text(process_descriptor::process_name, name);
  WireMessage track;
  track.varint(track_descriptor::uuid, ++last_track_);
  track.text(track_descriptor::name, name);
  track.message(track_descriptor::process, process);
  track.varint(track_descriptor::child_ordering, track_descriptor::by_rank);
  track.text(track_descriptor::description, description);
  put_track(track);
  return last_track_;
}

PerfettoStream::Track PerfettoStream::track(Track parent, const std::string& name,
                                            const std::string& description, std::size_t rank) {
  WireMessage track;
  track.varint(track_descriptor::uuid, ++last_track_);
  track.text(track_descriptor::name, name);
  track.varint(track_descriptor::parent_uuid, parent);
  track.varint(track_descriptor::child_ordering, track_descriptor::by_rank);
  track.varint(track_descriptor::sibling_order_rank, rank);
  track.text(track_descriptor::description, description);
  put_track(track);
  return last_track_;
}

PerfettoStream::Track PerfettoStream::counter(Track parent, const std::string& name, const std::string& unit,
                                              std::size_t rank) {
  WireMessage counter;
  counter.text(counter_descriptor::unit_name, unit);
  WireMessage track;
  track.varint(track_descriptor::uuid, ++last_track_);
  track.text(track_descriptor::name, name);
  track.varint(track_descriptor::parent_uuid, parent);
  track.message(track_descriptor::counter, counter);
  track.varint(track_descriptor::sibling_order_rank, rank);
  put_track(track);
  return last_track_;
}

void PerfettoStream::begin(Track track, std::uint64_t time, const Slice& slice) {
  WireMessage event;
  event.varint(track_event::type, track_event::slice_begin);
  event.varint(track_event::track_uuid, track);
  event.varint(track_event::category_iids, number_of(categories, slice.category));
  event.varint(track_event::name_iid, number_of(names, slice.name));
  for (const Note& one : slice.notes) event.message(track_event::debug_annotations, note(one));
  for (const std::uint64_t flow : slice.flows_from_here) event.fixed64(track_event::flow_ids, flow);
  for (const std::uint64_t flow : slice.flows_to_here) event.fixed64(track_event::terminating_flow_ids, flow);
  put_event(time, event);
}

void PerfettoStream::end(Track track, std::uint64_t time) {
  WireMessage event;
  event.varint(track_event::type, track_event::slice_end);
  event.varint(track_event::track_uuid, track);
  put_event(time, event);
}

void PerfettoStream::sample(Track track, std::uint64_t time, std::uint64_t value) {
  WireMessage event;
  event.varint(track_event::type, track_event::counter);
  event.varint(track_event::track_uuid, track);
  event.varint(track_event::counter_value, value);
  put_event(time, event);
}

std::uint64_t PerfettoStream::number_of(Table table, const std::string& text) {
  const auto [entry, is_new] = numbers_[table].try_emplace(text, numbers_[table].size() + 1);
  if (is_new) {
    WireMessage pair;
    pair.varint(interned::iid, entry->second);
    pair.text(interned::text, text);
    interned_.message(interned::fields[table], pair);
  }
  return entry->second;
}

WireMessage PerfettoStream::note(const Note& note) {
  WireMessage annotation;
  annotation.varint(debug_annotation::name_iid, number_of(note_names, note.name));
  switch (note.kind) {
    case Note::Kind::number:
      annotation.varint(debug_annotation::uint_value, note.number);
      break;
    case Note::Kind::text:
      annotation.text(debug_annotation::string_value, note.text);
      break;
    case Note::Kind::common_text:
      annotation.varint(debug_annotation::string_value_iid, number_of(note_texts, note.text));
      break;
  }
  return annotation;
}

void PerfettoStream::put_track(const WireMessage& descriptor) {
  WireMessage packet;
  packet.message(trace_packet::track_descriptor, descriptor);
  put_packet(std::move(packet));
}

void PerfettoStream::put_event(std::uint64_t time, const WireMessage& event) {
  WireMessage packet;
  packet.varint(trace_packet::timestamp, time);
  if (!interned_.empty()) packet.message(trace_packet::interned_data, interned_);
  interned_ = {};
  packet.message(trace_packet::track_event, event);
  put_packet(std::move(packet));
}

void PerfettoStream::put_packet(WireMessage packet) {
  packet.varint(trace_packet::sequence_id, kSequence);
  packet.varint(trace_packet::sequence_flags,
                first_ ? trace_packet::flag_first : trace_packet::flag_needs_interned);
  first_ = false;
  WireMessage file;
  file.message(trace::packet, packet);
  to_.write(file.bytes().data(), static_cast<std::streamsize>(file.bytes().size()));
}

}  // namespace nnp::traces
