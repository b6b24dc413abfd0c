// SPDX-License-Identifier: Apache-2.0
#include "models/published/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "models/chips/toml_reader.h"
#include "models/published/published_text.h"

namespace nnp::models {
namespace {

[[noreturn]] void refuse(const Entry& entry, const std::string& what) {
  throw std::runtime_error(
      fmt::format("gpus.toml:{}: {} = {}: {}", entry.place.line, entry.path, shown(entry.value), what));
}

std::string text_of(const Entry& entry) {
  if (const auto* text = std::get_if<std::string>(&entry.value); text != nullptr && !text->empty())
    return *text;
  refuse(entry, "must be a text");
}

double number_of(const Entry& entry) {
  double value = 0;
  if (const auto* whole = std::get_if<std::int64_t>(&entry.value)) value = static_cast<double>(*whole);
  if (const auto* real = std::get_if<double>(&entry.value)) value = *real;
  if (!(value > 0)) refuse(entry, "must be a number above 0");
  return value;
}

/// The element with the key, new where there is none.
template <typename T>
T& named(std::vector<std::pair<std::string, T>>& list, const std::string& key) {
  const auto found = std::ranges::find_if(list, [&](const auto& each) { return each.first == key; });
  return found != list.end() ? found->second : list.emplace_back(key, T{}).second;
}

void take(PublishedDevice& device, const std::string& key, const Entry& entry) {
  if (key == "name")
    device.name = text_of(entry);
  else if (key == "source")
    device.source = text_of(entry);
  else if (key == "memory")
    device.memory_bytes_per_s = number_of(entry);
  else if (key == "int8" || key == "bf16" || key == "fp16" || key == "tf32" || key == "fp32")
    device.operations_per_s[key] = number_of(entry);
  else
    refuse(entry, "no such key");
}

void take(PublishedRow& row, const std::string& key, const Entry& entry) {
  if (key == "network")
    row.network = text_of(entry);
  else if (key == "device")
    row.device = text_of(entry);
  else if (key == "precision")
    row.precision = text_of(entry);
  else if (key == "source")
    row.source = text_of(entry);
  else if (key == "batch")
    row.batch = static_cast<std::int64_t>(number_of(entry));
  else if (key == "latency_s")
    row.latency_s = number_of(entry);
  else if (key == "throughput_per_s")
    row.throughput_per_s = number_of(entry);
  else
    refuse(entry, "no such key");
}

}  // namespace

const PublishedDevice* Published::device(std::string_view key) const {
  const auto found = std::ranges::find_if(devices, [&](const auto& each) { return each.key == key; });
  return found == devices.end() ? nullptr : &*found;
}

const PublishedDevice* Published::device_called(std::string_view name) const {
  const auto found =
      std::ranges::find_if(devices, [&](const auto& each) { return name.starts_with(each.name); });
  return found == devices.end() ? nullptr : &*found;
}

Published read_published(std::string_view toml) {
  std::vector<Entry> entries;
  std::vector<Problem> problems;
  read_toml(toml, entries, problems);
  if (!problems.empty())
    throw std::runtime_error(
        fmt::format("gpus.toml:{}: {}", problems.front().place.line, problems.front().message));
  std::vector<std::pair<std::string, PublishedDevice>> devices;
  std::vector<std::pair<std::string, PublishedRow>> rows;
  for (const Entry& entry : entries) {
    if (entry.keys.size() != 3) refuse(entry, "must be in [device.NAME] or [row.NAME]");
    if (entry.keys[0] == "device")
      take(named(devices, entry.keys[1]), entry.keys[2], entry);
    else if (entry.keys[0] == "row")
      take(named(rows, entry.keys[1]), entry.keys[2], entry);
    else
      refuse(entry, "must be in [device.NAME] or [row.NAME]");
  }
  Published result;
  for (auto& [key, device] : devices) {
    device.key = key;
    if (device.name.empty() || device.source.empty() || device.memory_bytes_per_s == 0)
      throw std::runtime_error(fmt::format("gpus.toml: [device.{}] lacks name, memory or source", key));
    result.devices.push_back(std::move(device));
  }
  for (auto& [key, row] : rows) {
    if (row.network.empty() || row.precision.empty() || row.source.empty() || !result.device(row.device))
      throw std::runtime_error(
          fmt::format("gpus.toml: [row.{}] lacks network, precision, source or a known device", key));
    if (!row.latency_s && !row.throughput_per_s)
      throw std::runtime_error(fmt::format("gpus.toml: [row.{}] has no figure", key));
    result.rows.push_back(std::move(row));
  }
  return result;
}

const Published& published() {
  static const Published kPublished = read_published(kPublishedGpus);
  return kPublished;
}

}  // namespace nnp::models
