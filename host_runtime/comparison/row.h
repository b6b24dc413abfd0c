// SPDX-License-Identifier: Apache-2.0
// One line of a comparison: what a machine did with a network at a batch, and how that is known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nnp::comparison {

enum class Status : std::uint8_t { measured, simulated, published, skipped };
const char* to_string(Status);

struct Row {
  std::string runner, device;  // runner: chip, onednn, ort, cuda, published
  Status status = Status::skipped;
  std::string reason;                 // why skipped
  std::optional<std::int64_t> batch;  // absent: of no one batch
  std::string precision;
  std::optional<double> latency_s;         // of the whole batch
  std::optional<double> throughput_per_s;  // inferences
  std::optional<double> peak_fraction;     // useful operations over the peak's
  std::string caveat;                      // what its values lack, in words: "not exact"
  std::string conditions;                  // of this figure, in words: where from, how often
  std::string method;                      // of all such figures: what was timed
  std::optional<double> peak_operations_per_s;
  std::string peak_source;  // whose peak that is
  std::optional<unsigned> threads;

  // What is beside the latency, or inside it.
  std::optional<double> without_transfers_s;     // the latency without those over the host link
  std::optional<double> upload_s, download_s;    // transfers that are not in the latency
  std::optional<double> host_layers_s;           // layers that the host computes; not in the latency
  std::optional<std::uint64_t> memory_bytes;     // to and from the machine's memory
  bool memory_bytes_are_least = false;           // a lower bound, not a count
  std::optional<std::uint64_t> host_link_bytes;  // both ways

  /// Both.
  std::string source() const { return method.empty() ? conditions : conditions + "; " + method; }
  bool has_figures() const { return status != Status::skipped; }
};

/// Sets throughput and, where the peak is known, its fraction, from the latency. `macs` of the whole batch.
void complete(Row&, double macs);

Row skipped_row(std::string runner, std::string device, std::string precision, std::string reason);

}  // namespace nnp::comparison
