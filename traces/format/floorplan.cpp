// SPDX-License-Identifier: Apache-2.0
#include "traces/format/floorplan.h"

namespace nnp::traces {
namespace {

struct Place {
  const char* unit;
  std::array<int, 4> box;
};
constexpr Place kPlaces[] = {
    {"host_dma", {2, 20, 12, 12}},  {"command_processor", {2, 4, 12, 12}}, {"load_dma", {18, 38, 16, 8}},
    {"store_dma", {38, 38, 16, 8}}, {"weight_dma", {66, 38, 16, 8}},       {"vector", {18, 4, 20, 10}},
    {"drain", {42, 4, 20, 10}},     {"matrix", {66, 4, 32, 28}},
};
constexpr int kMemoryTop = 50, kMemoryHeight = 8, kWidth = 96, kLeft = 2;

}  // namespace

std::array<int, 4> floorplan_box(const std::string& unit, std::size_t channel, std::size_t channels) {
  for (const Place& place : kPlaces)
    if (unit == place.unit) return place.box;
  if (!unit.starts_with("dram") || channels == 0) return {};
  const int width = kWidth / static_cast<int>(channels);
  return {kLeft + width * static_cast<int>(channel), kMemoryTop, width > 1 ? width - 1 : 1, kMemoryHeight};
}

}  // namespace nnp::traces
