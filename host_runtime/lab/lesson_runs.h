// SPDX-License-Identifier: Apache-2.0
// A lesson's runs, made in a folder that has its files, and what expressions say of them.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host_runtime/lab/lesson.h"

namespace nnp::lab {

/// Runs nnpsim with these words in the current folder; what stdout got. Throws what the command throws.
using Runner = std::function<std::string(const std::vector<std::string>& arguments)>;

class LessonRuns {
 public:
  /// `lesson` must outlive this.
  LessonRuns(const Lesson& lesson, std::filesystem::path folder, Runner);
  ~LessonRuns();
  /// The first call makes all runs, in order. Throws LessonError, and what the runner throws.
  Value evaluate(const std::string& expression);

 private:
  struct Documents;
  const Lesson& lesson_;
  std::filesystem::path folder_;
  Runner runner_;
  std::unique_ptr<Documents> done_;
};

/// The current folder, changed while this lives.
class Visit {
 public:
  explicit Visit(const std::filesystem::path& folder);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  std::filesystem::path home_;
};

}  // namespace nnp::lab
