// SPDX-License-Identifier: Apache-2.0
#include "tests/support/bank_model.h"

#include <algorithm>
#include <stdexcept>

namespace nnp::test {

std::vector<BankModel::Cell> BankModel::cells(const BankStream& stream, std::size_t sequence,
                                              Cycle start) const {
  std::vector<Cell> result;
  result.reserve(stream.length);
  for (Cycles i = 0; i < stream.length; ++i)
    result.push_back({start + i, static_cast<std::uint32_t>((stream.first_words[sequence] + i) % banks_)});
  return result;
}

std::uint32_t& BankModel::holder(const Cell& cell) {
  const std::size_t index = cell.cycle * banks_ + cell.bank;
  if (index >= taken_.size()) taken_.resize(2 * index + 1, 0);
  return taken_[index];
}

std::vector<Cycles> BankModel::lags(const BankStream& stream) const {
  std::vector<Cycles> result(stream.first_words.size(), 0);
  std::vector<bool> own((stream.length + stream.first_words.size()) * banks_);
  const auto index = [&](const Cell& cell) { return cell.cycle * banks_ + cell.bank; };
  for (std::size_t sequence = stream.first_words.size(); sequence-- > 0;) {
    const auto meets = [&](Cycles lag) {
      const auto wanted = cells(stream, sequence, lag);
      return std::any_of(wanted.begin(), wanted.end(), [&](const Cell& cell) { return own[index(cell)]; });
    };
    while (meets(result[sequence])) ++result[sequence];
    for (const Cell& cell : cells(stream, sequence, result[sequence])) own[index(cell)] = true;
  }
  return result;
}

BankPlacement BankModel::place(const BankStream& stream) {
  const std::vector<Cycles> lag = lags(stream);
  BankPlacement result;
  for (result.start = stream.earliest;; ++result.start) {
    const Sequence* longest = nullptr;
    for (std::size_t sequence = 0; sequence < lag.size(); ++sequence)
      for (const Cell& cell : cells(stream, sequence, result.start + lag[sequence])) {
        if (holder(cell) == 0) continue;
        const Sequence& other = placed_[holder(cell) - 1];
        if (longest == nullptr || other.end > longest->end ||
            (other.end == longest->end && other.unit < longest->unit))
          longest = &other;
      }
    if (longest == nullptr) break;
    result.blocker = longest->unit;
  }
  for (std::size_t sequence = 0; sequence < lag.size(); ++sequence) {
    const Cycle start = result.start + lag[sequence];
    placed_.push_back({stream.unit, start + stream.length});
    result.end = std::max(result.end, start + stream.length);
    for (const Cell& cell : cells(stream, sequence, start)) {
      if (holder(cell) != 0) throw std::logic_error("two accesses of one bank in one cycle");
      holder(cell) = static_cast<std::uint32_t>(placed_.size());
    }
  }
  result.conflict_cycles = result.start - stream.earliest;
  return result;
}

}  // namespace nnp::test
