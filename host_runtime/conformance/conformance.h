// SPDX-License-Identifier: Apache-2.0
// ONNX's backend test cases: a folder a case, with model.onnx and test_data_set_*/input_*.pb, output_*.pb.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host_runtime/conformance/backend.h"

namespace nnp::conformance {

enum class Outcome : std::uint8_t {
  passed,       // and at least one node ran on the chip
  on_host,      // passed, but no node ran on the chip
  unsupported,  // refused with a reason
  failed,       // another result than expected, or a crash
};
const char* to_string(Outcome);

struct CaseResult {
  std::string name;
  std::vector<std::string> operators;  // of the model, sorted
  Outcome outcome = Outcome::failed;
  std::string reason;                       // of unsupported and failed
  std::uint64_t chip_nodes = 0, nodes = 0;  // of all data sets
};

/// Folders of cases under `root`, at any depth, whose path holds `filter`; sorted. Throws std::runtime_error
/// when there is none.
std::vector<std::filesystem::path> find_cases(const std::filesystem::path& root, const std::string& filter);

/// All data sets of one case. Never throws.
CaseResult run_case(const std::filesystem::path& folder, Backend&);

/// The same in a process of its own: a crash or more than `seconds` of time is a failure like others.
CaseResult run_case_apart(const std::filesystem::path& folder, Backend&, unsigned seconds);

}  // namespace nnp::conformance
