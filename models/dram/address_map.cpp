// SPDX-License-Identifier: Apache-2.0
#include "models/dram/address_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <stdexcept>

#include "models/dram/nearest.h"

namespace nnp::dram {
namespace {

std::uint32_t bits_of(std::uint32_t power_of_two) {
  return static_cast<std::uint32_t>(std::countr_zero(power_of_two));
}
std::uint64_t ones(std::uint32_t bits) { return (std::uint64_t{1} << bits) - 1; }
constexpr const char* kNames[] = {"row", "bank", "bankgroup", "column", "rank"};

}  // namespace

/// From the lowest field up.
class AddressMap::Parser {
 public:
  Parser(AddressMap& map, std::string_view text, const DramOrganization& o)
      : map_(map),
        text_(text),
        width_{bits_of(o.rows), bits_of(o.banks), bits_of(o.bank_groups), bits_of(o.bursts_per_row()),
               bits_of(o.ranks)} {}

  void run() {
    std::string_view rest = text_;
    while (true) {
      const std::size_t colon = last_colon(rest);
      take(colon == std::string_view::npos ? rest : rest.substr(colon + 1));
      if (colon == std::string_view::npos) break;
      rest = rest.substr(0, colon);
    }
    if (!named_[kRank]) place({kRank, 0, width_[kRank]});
    for (std::size_t i = 0; i < kFields; ++i) {
      if (width_[i] != 0 && seen_[i] == 0) fail(fmt::format("field '{}' is missing", kNames[i]));
      if (seen_[i] != ones(width_[i]))
        fail(fmt::format("not all of the {} bits of '{}' are there", width_[i], kNames[i]));
    }
    check_hashes();
  }

 private:
  struct Slice {
    std::size_t field;
    std::uint32_t low, bits;
  };

  [[noreturn]] void fail(const std::string& what) const {
    throw std::invalid_argument(
        fmt::format("address map '{}': {}; it lists row, bank, bankgroup, column and rank once each, highest "
                    "bits first, as in "
                    "'row:bank:bankgroup:column', or 'row:column[6:2]:bank^row:bankgroup:column[1:0]' with a "
                    "split and a hash",
                    text_.substr(0, 100), what));
  }

  static std::size_t last_colon(std::string_view text) {
    bool inside = false;
    for (std::size_t i = text.size(); i-- > 0;) {
      if (text[i] == ']') inside = true;
      if (text[i] == '[') inside = false;
      if (text[i] == ':' && !inside) return i;
    }
    return std::string_view::npos;
  }

  std::uint32_t number(std::string_view text, std::string_view whole) const {
    std::uint32_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty())
      fail(fmt::format("'{}' is no range of bits", whole.substr(0, 40)));
    return value;
  }

  // "column", "column[6:2]", "column[3]"
  Slice slice(std::string_view text) const {
    const std::size_t bracket = text.find('[');
    const std::string_view name = text.substr(0, bracket);
    const auto known = std::find(std::begin(kNames), std::end(kNames), name);
    if (known == std::end(kNames)) {
      fail(fmt::format("unknown field '{}', nearest is '{}'", name.substr(0, 40),
                       nearest(name, {std::begin(kNames), std::end(kNames)})));
    }
    const auto field = static_cast<std::size_t>(known - std::begin(kNames));
    if (bracket == std::string_view::npos) return {field, 0, width_[field]};
    if (text.back() != ']') fail(fmt::format("'{}' is no range of bits", text.substr(0, 40)));
    const std::string_view range = text.substr(bracket + 1, text.size() - bracket - 2);
    const std::size_t colon = range.find(':');
    const std::uint32_t high = number(range.substr(0, colon), text);
    const std::uint32_t low = colon == std::string_view::npos ? high : number(range.substr(colon + 1), text);
    if (low > high || high >= width_[field])
      fail(fmt::format("'{}': '{}' has bits {}:0 here, highest first", text.substr(0, 40), name,
                       static_cast<int>(width_[field]) - 1));
    return {field, low, high - low + 1};
  }

  void take(std::string_view item) {
    const std::size_t caret = item.find('^');
    const Slice at = slice(item.substr(0, caret));
    place(at);
    while (item.find('^') != std::string_view::npos) {
      item.remove_prefix(item.find('^') + 1);
      const std::string_view term = item.substr(0, item.find('^'));
      const Slice with = slice(term);
      if (term.find('[') != std::string_view::npos && with.bits > at.bits)
        fail(fmt::format("'{}' has more bits than the {} that it is hashed into", term.substr(0, 40),
                         at.bits));
      const std::uint32_t bits = std::min(with.bits, at.bits);
      if (bits != 0) map_.hashes_.push_back({at.field, with.field, with.low, at.low, ones(bits)});
    }
  }

  void place(const Slice& at) {
    const std::uint64_t bits = ones(at.bits) << at.low;
    if ((seen_[at.field] & bits) != 0 || (named_[at.field] && width_[at.field] == 0))
      fail(fmt::format("field '{}' is there twice", kNames[at.field]));
    seen_[at.field] |= bits;
    named_[at.field] = true;
    Field& field = map_.fields_[at.field];
    if (field.count == kMaxPieces)
      fail(fmt::format("'{}' is in more than {} pieces", kNames[at.field], kMaxPieces));
    field.pieces[field.count++] = {shift_, ones(at.bits), at.low};
    field.split = field.count > 1 || at.low != 0;
    if (at.field == kColumn && shift_ == 0 && at.low == 0) map_.run_ = 1u << at.bits;
    shift_ += at.bits;
  }

  void check_hashes() const {
    for (const Hash& hash : map_.hashes_) {
      for (const Hash& other : map_.hashes_) {
        if (hash.source == other.field)
          fail(fmt::format("'{}' is hashed itself, so nothing can be hashed with it", kNames[hash.source]));
      }
      if (hash.field == kColumn) map_.run_ = 1;
      if (hash.source == kColumn) map_.run_ = std::min(map_.run_, 1u << hash.shift);
    }
  }

  AddressMap& map_;
  std::string_view text_;
  std::array<std::uint32_t, kFields> width_;
  std::array<std::uint64_t, kFields> seen_{};
  std::array<bool, kFields> named_{};
  std::uint32_t shift_ = 0;
};

AddressMap::AddressMap(std::string_view fields, const DramOrganization& organization)
    : bank_bits_(bits_of(organization.banks)), group_bits_(bits_of(organization.bank_groups)) {
  Parser(*this, fields, organization).run();
}

std::uint64_t AddressMap::joined(const Field& field, std::uint64_t burst) {
  std::uint64_t value = 0;
  for (std::uint32_t i = 0; i < field.count; ++i) {
    const Piece& piece = field.pieces[i];
    value |= (burst >> piece.shift & piece.mask) << piece.place;
  }
  return value;
}

}  // namespace nnp::dram
