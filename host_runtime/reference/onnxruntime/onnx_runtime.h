// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime as a judge: it runs a model file in a process of its own, every node as the file says. It is
// no part of this project and never needed; where it is not installed `missing` says so.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "compiler/ir/tensor.h"

namespace nnp::reference {

class RunnerProcess;

/// It cannot run, refuses a model, or its process ended.
struct OnnxRuntimeError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class OnnxRuntime {
 public:
  /// Why it cannot run here: no node on the PATH (NNPSIM_NODE names another), or no npm package
  /// onnxruntime-node below the folder NNPSIM_ONNXRUNTIME, else $XDG_CACHE_HOME/nnpsim/onnxruntime, else
  /// ~/.cache/nnpsim/onnxruntime, where scripts/install-onnxruntime puts it.
  static std::optional<std::string> missing();

  /// Starts the process and loads a model. Throws OnnxRuntimeError where `missing` has a reason, and with
  /// ONNX Runtime's words for a model it refuses.
  explicit OnnxRuntime(const std::filesystem::path& model);
  /// For timing: with all of its graph optimisations, on so many threads.
  OnnxRuntime(const std::filesystem::path& model, unsigned threads);
  ~OnnxRuntime();

  const std::string& version() const { return version_; }
  /// All outputs of the model by name. Throws OnnxRuntimeError.
  std::map<std::string, ir::Tensor> run(const std::vector<std::string>& names,
                                        const std::vector<ir::Tensor>& inputs);
  /// Seconds of each of `repeats` runs behind `warm_up` ones, measured in its process around ONNX Runtime's
  /// call. Throws OnnxRuntimeError.
  std::vector<double> time(const std::vector<std::string>& names, const std::vector<ir::Tensor>& inputs,
                           unsigned warm_up, unsigned repeats);

 private:
  std::unique_ptr<RunnerProcess> process_;
  std::string version_;
};

}  // namespace nnp::reference
