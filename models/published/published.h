// SPDX-License-Identifier: Apache-2.0
// Published figures of GPUs (gpus.toml, which the program carries): peaks of data sheets, and rows that
// others measured. They are shown as ceilings and never called measurements of ours.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nnp::models {

struct PublishedDevice {
  std::string key;                                 // "h100_sxm"
  std::string name;                                // as the driver says it, or its beginning
  std::map<std::string, double> operations_per_s;  // by precision; dense, two operations a MAC
  double memory_bytes_per_s = 0;
  std::string source;
};

struct PublishedRow {
  std::string network, device;  // of the zoo; a PublishedDevice's key
  std::string precision;
  std::optional<std::int64_t> batch;  // absent: whatever was best
  std::optional<double> latency_s, throughput_per_s;
  std::string source;
};

struct Published {
  std::vector<PublishedDevice> devices;
  std::vector<PublishedRow> rows;
  /// Null where it is not known.
  const PublishedDevice* device(std::string_view key) const;
  /// By the driver's name for it.
  const PublishedDevice* device_called(std::string_view name) const;
};

/// Throws std::runtime_error, with the line, for a text that is not as gpus.toml.
Published read_published(std::string_view toml);
/// gpus.toml.
const Published& published();

}  // namespace nnp::models
