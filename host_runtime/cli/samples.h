// SPDX-License-Identifier: Apache-2.0
// Many inputs of a network: those that quantisation calibrates on, and those that it is judged by. A file
// holds one input, or several along its first axis.
#pragma once

#include "host_runtime/cli/input_files.h"
#include "host_runtime/cli/options.h"

namespace nnp::cli {

using Samples = std::vector<std::vector<ir::Tensor>>;  // each in the order of the graph's inputs

inline constexpr std::uint64_t kRandomSamples = 8;  // where nobody says how many

class SampleChoice {
 public:
  /// `files`: [NAME=]FILE.npy each, read now. `count`: at most so many of them, or so many random ones.
  /// `seed`: of the random ones, which are drawn where there are no files. Throws UsageError or FileFault.
  SampleChoice(const std::string& option, const std::vector<std::string>& files,
               std::optional<std::uint64_t> count, std::uint64_t seed);
  bool has_files() const { return !files_.empty(); }
  /// An input [n, ...] of the network takes from a file of shape [n, ...] one sample, of [s, n, ...] or
  /// [s n, ...] s of them; several files of one input follow each other. Throws UsageError: other shapes or
  /// types, inputs without a file, inputs with different numbers of samples.
  Samples samples_for(const ir::Graph&) const;

 private:
  std::string option_;
  std::vector<InputFile> files_;
  std::optional<std::uint64_t> count_;
  std::uint64_t seed_;
};

}  // namespace nnp::cli
