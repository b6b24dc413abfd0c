// SPDX-License-Identifier: Apache-2.0
// What the fuzz drivers share: a case is bytes drawn from a seed, judged as the program would treat them.
// Each must end as a success or as an error that a user can read: exit codes below 70, and a message.
#pragma once

#include <cstdint>
#include <functional>
#include <random>
#include <span>
#include <string>

namespace nnp::fuzz {

using Random = std::mt19937_64;

struct Target {
  const char* name;
  std::function<std::string(Random&)> make;       // the bytes of a case
  std::function<void(const std::string&)> judge;  // throws what the program would report
  unsigned seconds = 60;                          // a case that takes longer hangs
};

/// `--cases N --seed S` runs cases 0 (or `--from K`) to N - 1; `--case K` that one alone; `--write FILE`
/// writes its bytes instead of judging them; a FILE is judged itself. A case that crashes, hangs or ends as
/// our own fault prints "NAME --seed S --case K". Returns the exit code.
int run(const Target&, int argc, char** argv);

// ---- drawing

/// Uniform in [0, count).
std::size_t below(Random&, std::size_t count);
/// True once in `n`.
bool once_in(Random&, std::size_t n);
template <typename Container>
auto& any_of(Random& random, Container& things) {
  return things[below(random, std::size(things))];
}
/// A whole number of the kind that breaks programs: powers of two and their neighbours, limits of types,
/// small ones, negative ones.
std::int64_t odd_number(Random&);
/// One or more random edits: bits flipped, bytes replaced, pieces cut, doubled, filled or moved.
void damage(Random&, std::string&);

}  // namespace nnp::fuzz
