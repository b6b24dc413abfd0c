// SPDX-License-Identifier: Apache-2.0
// A decoded Perfetto trace as tracks with slices and samples, the way its viewer puts them together.
#pragma once

#include "tests/unit/traces/text_proto.h"

namespace nnp::test {

struct PerfettoSlice {
  std::string category, name;
  std::uint64_t begin = 0, end = 0;  // ns
  std::map<std::string, std::string> notes;
  std::vector<std::string> flows_from, flows_to;
};
struct PerfettoTrack {
  std::string name, description, unit;  // unit: of a counter
  std::uint64_t parent = 0;
  bool is_process = false, is_counter = false;
  long rank = -1;
  std::vector<PerfettoSlice> slices;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> samples;
};

/// By uuid. Throws std::runtime_error where the packets break a rule of the format: an unknown field, track
/// or number of a name, a slice that is not closed, time that runs backwards on a track.
std::map<std::uint64_t, PerfettoTrack> read_perfetto(const TextMessage& trace);

}  // namespace nnp::test
