// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "tests/fuzz/support/fuzz.h"

namespace nnp::fuzz {

std::size_t below(Random& random, std::size_t count) { return random() % count; }

bool once_in(Random& random, std::size_t n) { return below(random, n) == 0; }

std::int64_t odd_number(Random& random) {
  using Limits = std::numeric_limits<std::int64_t>;
  constexpr std::int64_t kEdges[] = {0,
                                     1,
                                     -1,
                                     2,
                                     3,
                                     4,
                                     7,
                                     8,
                                     16,
                                     64,
                                     255,
                                     -2,
                                     -5,
                                     127,
                                     -128,
                                     32767,
                                     65535,
                                     2147483647,
                                     -2147483648,
                                     4294967295,
                                     Limits::max(),
                                     Limits::min(),
                                     1 << 20,
                                     1'000'000'007};
  switch (below(random, 4)) {
    case 0:
      return static_cast<std::int64_t>(below(random, 17));
    case 1:
      return (std::int64_t{1} << below(random, 63)) + static_cast<std::int64_t>(below(random, 3)) - 1;
    case 2:
      return static_cast<std::int64_t>(random() >> below(random, 64));
    default:
      return any_of(random, kEdges);
  }
}

namespace {

void edit(Random& random, std::string& bytes) {
  const std::size_t at = below(random, bytes.size());
  const std::size_t length = std::min(bytes.size() - at, std::size_t{1} << below(random, 8));
  switch (below(random, 7)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(random, 8)));
      return;
    case 1:
      bytes[at] = static_cast<char>(random());
      return;
    case 2:
      bytes.erase(at, length);
      return;
    case 3:
      bytes.insert(at, bytes.substr(at, length));
      return;
    case 4:
      bytes.replace(at, length, std::string(length, once_in(random, 2) ? '\0' : '\xff'));
      return;
    case 5: {
      const std::string moved = bytes.substr(at, length);
      bytes.erase(at, length);
      bytes.insert(below(random, bytes.size() + 1), moved);
      return;
    }
    default: {
      std::uint64_t number = static_cast<std::uint64_t>(odd_number(random));
      for (std::size_t i = at; i < std::min(at + 8, bytes.size()); ++i, number >>= 8)
        bytes[i] = static_cast<char>(number);
    }
  }
}

}  // namespace

void damage(Random& random, std::string& bytes) {
  for (std::size_t left = 1 + below(random, 4); left != 0 && !bytes.empty(); --left) edit(random, bytes);
  if (once_in(random, 20)) bytes.resize(below(random, bytes.size() + 1));
}

}  // namespace nnp::fuzz
