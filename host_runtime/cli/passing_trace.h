// SPDX-License-Identifier: Apache-2.0
// A trace file for this command's own use.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <random>
#include <system_error>

namespace nnp::cli {

/// A name in the folder for temporary files; whatever has it goes with its owner.
class PassingTrace {
 public:
  PassingTrace()
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("nnpsim-{:016x}.npt", std::random_device{}() * 0x9E3779B97F4A7C15ull)) {}
  ~PassingTrace() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  PassingTrace(const PassingTrace&) = delete;
  PassingTrace& operator=(const PassingTrace&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace nnp::cli
