// SPDX-License-Identifier: Apache-2.0
// Remembers how long programs took, in a file: a search asks the same again with each run.
#pragma once

#include <filesystem>
#include <mutex>
#include <string>
#include <unordered_map>

#include "compiler/mapping/evaluator.h"

namespace nnp::executor {

/// Of this program's own executable, hexadecimal: another build may count other cycles. Empty where its
/// linker wrote none.
std::string build_id();

class KeptTimes : public compiler::Evaluator {
 public:
  /// Asks `other` what `file` does not have, a line a program; lines that are not whole are as if not there.
  /// A file that cannot be read or written only costs the time that it would save.
  KeptTimes(compiler::Evaluator& other, std::filesystem::path file);
  Cycles cycles(const isa::Program&) override;

 private:
  compiler::Evaluator& other_;
  std::filesystem::path file_;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Cycles> known_;
};

}  // namespace nnp::executor
