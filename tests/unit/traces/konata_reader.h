// SPDX-License-Identifier: Apache-2.0
// Reads a Konata log by the rules of its format's description, and nothing from our writer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace nnp::test {

struct KonataStage {
  std::string name;
  std::uint64_t begin = 0, end = 0;
};
struct KonataOp {
  std::uint64_t instruction = 0, thread = 0, begin = 0, retired = 0;
  std::string label, detail;
  std::map<int, std::vector<KonataStage>> lanes;
  std::vector<std::pair<std::size_t, std::uint64_t>> producers;  // id and the cycle in which it is told
};

/// In order of ids. Throws std::runtime_error with the line that breaks a rule: an unknown command, ids that
/// do not count up, a cycle count that is not positive, a stage that begins inside another of its lane or
/// ends without having begun, anything after R, an unknown producer, no R, retire ids that do not count up.
std::vector<KonataOp> read_konata(const std::string& text);

}  // namespace nnp::test
