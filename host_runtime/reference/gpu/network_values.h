// SPDX-License-Identifier: Apache-2.0
// Where the values of a graph lie in a GPU's memory, and in which order: images with channels last,
// everything else as the shape says.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "compiler/ir/graph.h"
#include "host_runtime/reference/gpu/device_memory.h"
#include "host_runtime/reference/gpu/network_program.h"

namespace nnp::gpu {

using Strides = std::vector<std::int64_t>;  // by axis of the shape, in elements

/// A value in device memory.
struct Place {
  Address at = 0;
  Element element = Element::f32;
  ir::Shape shape;
  Strides strides;
  /// Codes: real = scale * (code - zero).
  float scale = 1;
  std::int32_t zero = 0;

  std::int64_t elements() const { return ir::element_count(shape); }
  std::uint64_t bytes() const { return static_cast<std::uint64_t>(elements()) * size_of(element); }
  Source source() const { return {at, element, scale, zero}; }
  /// Elements from the first to the last, those between that are not of the value too.
  std::int64_t extent() const {
    std::int64_t last = 0;
    for (std::size_t i = 0; i < shape.size(); ++i) last += (shape[i] - 1) * strides[i];
    return elements() == 0 ? 0 : last + 1;
  }
  /// The code itself, less its zero point.
  Source codes() const { return {at, element, 1, zero}; }
};

Strides row_major(const ir::Shape&);
Strides channels_last(const ir::Shape&);  // of rank 4
bool is_row_major(const Place&);          // axes of one element may lie anywhere
bool is_channels_last(const Place&);
/// Images, channels last, whose pixels stand `channels` elements apart: NetworkValues::make_images().
bool stands_in(const Place&, std::int64_t channels);

class NetworkValues {
 public:
  NetworkValues(Gpu& gpu, const ir::Graph& graph, NetworkPrecision precision)
      : gpu_(gpu), precision_(precision), places_(graph.values.size()) {
    for (const ir::Value& value : graph.values)
      declared_.push_back({value.name, value.type, value.shape, value.quant, {}});
  }

  NetworkPrecision precision() const { return precision_; }
  /// Of reals, where they are stored as the network's precision says.
  Element real() const;
  Element element_of(const ir::Value&) const;  // throws UnsupportedOperator

  /// Memory for a value of the graph, row-major or channels last.
  Place make(const ir::Value&, bool channels_last);
  /// The same for images that stand in rows of `channels`, channels last; those added hold the code of 0.
  Place make_images(const ir::Value&, std::int64_t channels);
  /// The same for something that is no value.
  Place scratch(const ir::Shape&, Element, bool channels_last = false);
  void set(ir::ValueId id, Place place) { places_[id] = std::move(place); }
  const std::optional<Place>& find(ir::ValueId id) const { return places_[id]; }

  /// Host numbers to the device, in the type of `element`: weights.
  Address upload(std::span<const float>, Element);
  Address upload_bytes(const void*, std::size_t bytes);
  void fill(const Place&, std::uint8_t byte);

  void set_input(ir::ValueId, const ir::Tensor&);
  ir::Tensor download(ir::ValueId) const;
  std::uint64_t weight_bytes() const { return weight_bytes_; }

 private:
  Address memory(std::size_t bytes);
  Gpu& gpu_;
  NetworkPrecision precision_;
  std::vector<std::optional<Place>> places_;
  std::vector<ir::Value> declared_;  // without constants
  std::deque<DeviceMemory> memory_;
  std::uint64_t weight_bytes_ = 0;
};

}  // namespace nnp::gpu
