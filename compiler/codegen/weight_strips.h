// SPDX-License-Identifier: Apache-2.0
// Constant weights in device memory: strips as WLOAD fetches them, and where they lie.
#pragma once

#include <functional>

#include "compiler/codegen/layer_emitter.h"

namespace nnp::compiler {

/// Row k of a strip: weight n of [begin, end) lies at `first + (n - begin) * stride`, all others are zero.
struct WeightRow {
  const std::uint8_t* first;
  std::int64_t stride;  // bytes
  std::int64_t begin, end;
};
using WeightRows = std::function<WeightRow(std::int64_t k)>;

/// Where the strips of one set of weights (of a slice of a layer) lie. Each is a constant of its own, unless
/// the chip aligns the end of the weights: then they follow each other without gaps, and the last one's WLOAD
/// fetches its whole block.
class StripPlaces {
 public:
  StripPlaces(ProgramParts& parts, const isa::ArchSpec& arch, ir::DType weights)
      : parts_(parts), arch_(arch), type_(weights) {}
  /// The k x n weights of a strip in the tile order that WLOAD fetches, `element_bytes` each; zeros where the
  /// program is to have no contents.
  std::vector<std::uint8_t> pack(const WeightRows&, Bytes element_bytes, std::int64_t k,
                                 std::int64_t n) const;
  /// `strips` by any key, in the order of their WLOADs.
  void add(const std::vector<std::pair<std::int64_t, std::vector<std::uint8_t>>>& strips);
  /// Emits the WLOAD of strip `key`, k x n weights, and counts its bytes as the layer's.
  void wload(StreamBuilder& builder, std::uint16_t layer, std::int64_t key, std::int64_t k,
             std::int64_t n) const;

 private:
  struct Place {
    Address address;
    bool block;  // the last of its set
  };
  ProgramParts& parts_;
  const isa::ArchSpec& arch_;
  ir::DType type_;
  std::map<std::int64_t, Place> places_;
};

}  // namespace nnp::compiler
