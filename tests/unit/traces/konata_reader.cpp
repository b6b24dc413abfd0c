// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/traces/konata_reader.h"

#include <fmt/format.h>

#include <sstream>
#include <stdexcept>

namespace nnp::test {
namespace {

struct Row {
  KonataOp op;
  bool retired = false;
  std::map<int, bool> open;  // by lane
};

class Reader {
 public:
  std::vector<KonataOp> read(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line); ++number_) take(line);
    std::vector<KonataOp> ops;
    for (Row& row : rows_) {
      require(row.retired, "an instruction has no R");
      ops.push_back(std::move(row.op));
    }
    return ops;
  }

 private:
  void require(bool holds, const std::string& rule) const {
    if (!holds) throw std::runtime_error(fmt::format("line {}: {}", number_, rule));
  }
  std::uint64_t value(const std::string& word) const {
    require(!word.empty() && word.find_first_not_of("0123456789") == std::string::npos,
            "not a number: " + word);
    return std::stoull(word);
  }
  Row& row(const std::string& word) {
    const std::uint64_t id = value(word);
    require(id < rows_.size(), "an instruction that I has not introduced");
    require(!rows_[id].retired, "a command after R");
    return rows_[id];
  }

  void take(const std::string& line) {
    std::vector<std::string> words;
    std::istringstream fields(line);
    for (std::string word; std::getline(fields, word, '\t');) words.push_back(word);
    const auto has = [&](std::size_t count) { require(words.size() == count, "number of fields"); };
    if (number_ == 1) return require(line == "Kanata\t0004", "not the head");
    if (words[0] == "C=")
      return has(2), require(number_ == 2, "C= only behind the head"), void(now_ = value(words[1]));
    if (words[0] == "C") {
      has(2);
      require(value(words[1]) > 0, "time stands still");
      now_ += value(words[1]);
    } else if (words[0] == "I") {
      has(4);
      require(value(words[1]) == rows_.size(), "ids do not count up");
      rows_.emplace_back();
      rows_.back().op.instruction = value(words[2]), rows_.back().op.thread = value(words[3]);
      rows_.back().op.begin = now_;
    } else if (words[0] == "L") {
      has(4);
      require(value(words[2]) <= 1, "kind of label");
      (words[2] == "0" ? row(words[1]).op.label : row(words[1]).op.detail) += words[3];
    } else if (words[0] == "S") {
      has(4);
      Row& at = row(words[1]);
      const int lane = static_cast<int>(value(words[2]));
      require(!at.open[lane], "a stage inside another");
      at.open[lane] = true;
      at.op.lanes[lane].push_back({words[3], now_, 0});
    } else if (words[0] == "E") {
      has(4);
      Row& at = row(words[1]);
      const int lane = static_cast<int>(value(words[2]));
      require(at.open[lane] && at.op.lanes[lane].back().name == words[3], "E of a stage that is not open");
      at.open[lane] = false;
      at.op.lanes[lane].back().end = now_;
    } else if (words[0] == "R") {
      has(4);
      Row& at = row(words[1]);
      require(words[3] == "0", "nothing is flushed");
      require(value(words[2]) == retired_++, "retire ids do not count up");
      for (const auto& [lane, open] : at.open) require(!open, "R while a stage is open");
      at.retired = true;
      at.op.retired = now_;
    } else if (words[0] == "W") {
      has(4);
      require(value(words[2]) < rows_.size(), "a producer that I has not introduced");
      require(words[3] == "0", "kind of dependency");
      row(words[1]).op.producers.push_back({value(words[2]), now_});
    } else {
      require(false, "unknown command " + words[0]);
    }
  }

  std::vector<Row> rows_;
  std::uint64_t number_ = 1, now_ = 0, retired_ = 0;
};

}  // namespace

std::vector<KonataOp> read_konata(const std::string& text) { return Reader().read(text); }

}  // namespace nnp::test
