// SPDX-License-Identifier: Apache-2.0
// Where a byte of the channel lies: rank, bank group, bank, row and burst column, cut from the address by a
// text of fields.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "models/dram/dram_config.h"

namespace nnp::dram {

struct DramLocation {
  std::uint32_t bank = 0;  // over all ranks and groups: (rank * groups + group) * banks + bank
  std::uint32_t row = 0;
  std::uint32_t column = 0;  // burst within the row
  bool operator==(const DramLocation&) const = default;
};

class AddressMap {
 public:
  /// `fields`, highest bits first, separated by colons: row, bank, bankgroup, column, rank. bankgroup may be
  /// left out where there is one group; rank, where it is left out, is the highest. Below the last field lie
  /// the bytes of a burst.
  /// A field may be split: column[6:2] is its bits 6 down to 2, and all bits come once.
  /// A field may be hashed: bank^row is the bank exclusive-or the lowest bits of the row, bank^row[4:2] other
  /// ones, bank^row^column several; what is hashed with is not hashed itself.
  /// Throws std::invalid_argument.
  AddressMap(std::string_view fields, const DramOrganization&);

  /// Of burst number address / burst_bytes.
  DramLocation locate(std::uint64_t burst) const {
    std::array<std::uint64_t, kFields> value;
    for (std::size_t i = 0; i < kFields; ++i) {
      const Field& field = fields_[i];
      value[i] = burst >> field.pieces[0].shift & field.pieces[0].mask;
      if (field.split) value[i] = joined(field, burst);
    }
    for (const Hash& hash : hashes_)
      value[hash.field] ^= (value[hash.source] >> hash.shift & hash.mask) << hash.place;
    return {static_cast<std::uint32_t>((value[kRank] << group_bits_ | value[kGroup]) << bank_bits_ |
                                       value[kBank]),
            static_cast<std::uint32_t>(value[kRow]), static_cast<std::uint32_t>(value[kColumn])};
  }
  /// How many bursts from this one on lie in the same row, one after the other.
  std::uint32_t run_length(const DramLocation& at) const { return run_ - (at.column & (run_ - 1)); }

 private:
  enum : std::size_t { kRow, kBank, kGroup, kColumn, kRank, kFields };
  static constexpr std::size_t kMaxPieces = 8;
  struct Piece {
    std::uint32_t shift = 0;  // in the burst number
    std::uint64_t mask = 0;
    std::uint32_t place = 0;  // in the field
  };
  struct Field {
    std::array<Piece, kMaxPieces> pieces;
    std::uint32_t count = 0;
    bool split = false;  // more than a shift and a mask
  };
  struct Hash {
    std::size_t field, source;
    std::uint32_t shift, place;  // in the source, in the field
    std::uint64_t mask;
  };
  class Parser;
  static std::uint64_t joined(const Field&, std::uint64_t burst);

  std::array<Field, kFields> fields_;
  std::vector<Hash> hashes_;
  std::uint32_t bank_bits_, group_bits_;
  std::uint32_t run_ = 1;  // aligned bursts that differ in their column alone
};

}  // namespace nnp::dram
