// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/weight_strips.h"

#include <algorithm>
#include <cstring>

#include "isa/arch/matrix_shape.h"

namespace nnp::compiler {
namespace {

/// Columns [n0, n0 + n) of a row of weights to `to`, Element by Element.
template <typename Element>
void copy_row(const WeightRow& row, std::int64_t n0, std::int64_t n, std::uint8_t* to) {
  const std::int64_t begin = std::max(n0, row.begin), end = std::min(n0 + n, row.end);
  const std::uint8_t* from = row.first + (begin - row.begin) * row.stride;
  to += (begin - n0) * static_cast<std::int64_t>(sizeof(Element));
  for (std::int64_t i = begin; i < end; ++i, from += row.stride, to += sizeof(Element))
    std::memcpy(to, from, sizeof(Element));
}

}  // namespace

void StripPlaces::add(const std::vector<std::pair<std::int64_t, std::vector<std::uint8_t>>>& strips) {
  if (arch_.weight_align_bytes == 1) {
    for (const auto& [key, bytes] : strips) places_[key] = {parts_.add_constant(bytes), false};
    return;
  }
  std::vector<std::uint8_t> all;
  for (const auto& [key, bytes] : strips) {
    places_[key] = {all.size(), &key == &strips.back().first};
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  all.resize(round_up<Bytes>(all.size(), arch_.weight_align_bytes), 0);
  const Address base = parts_.add_constant(all, arch_.weight_align_bytes);
  for (const auto& [key, bytes] : strips) places_[key].address += base;
}

void StripPlaces::wload(StreamBuilder& builder, std::uint16_t layer, std::int64_t key, std::int64_t k,
                        std::int64_t n) const {
  const auto [address, block] = places_.at(key);
  builder.emit(
      isa::Queue::weight, isa::Opcode::wload,
      {{isa::field::w_dram, static_cast<std::int64_t>(address)}, {isa::field::w_k, k}, {isa::field::w_n, n}},
      {}, static_cast<std::uint8_t>(weight_flags(type_) | (block ? isa::kFlagBlock : 0)));
  const Bytes bytes = isa::WeightStrip(arch_, static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(n),
                                       {isa::WeightLayout::Order::tiles, ir::size_of(type_), 0})
                          .bytes();
  parts_.layers[layer].weight_bytes += bytes + (block ? isa::rest_of_block(address + bytes, arch_) : 0);
}

std::vector<std::uint8_t> StripPlaces::pack(const WeightRows& rows, Bytes element_bytes, std::int64_t k,
                                            std::int64_t n) const {
  const isa::WeightStrip strip(arch_, static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(n),
                               {isa::WeightLayout::Order::tiles, element_bytes, 0});
  std::vector<std::uint8_t> bytes(strip.bytes(), 0);
  if (!parts_.contents) return bytes;
  const auto copy = element_bytes == 4   ? copy_row<std::uint32_t>
                    : element_bytes == 2 ? copy_row<std::uint16_t>
                                         : copy_row<std::uint8_t>;
  for (std::uint64_t first = 0; first < strip.tiles(); first += strip.n_tiles())
    for (std::uint64_t i = 0; i < strip.tile_rows(first); ++i) {
      const WeightRow row = rows(static_cast<std::int64_t>(first / strip.n_tiles() * arch_.array_rows + i));
      for (std::uint64_t tile = first; tile < first + strip.n_tiles(); ++tile)
        copy(row, static_cast<std::int64_t>((tile - first) * arch_.array_cols),
             static_cast<std::int64_t>(strip.tile_cols(tile)),
             bytes.data() + strip.tile_offset(tile) + i * strip.row_stride(tile));
    }
  return bytes;
}

}  // namespace nnp::compiler
