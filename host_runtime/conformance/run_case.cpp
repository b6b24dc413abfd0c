// SPDX-License-Identifier: Apache-2.0
// One case: its data sets through a backend. ONNX's tests give everything as inputs of the run: shape
// operands (the shape of a Reshape, the axes of a Squeeze), which a compiler with static shapes must know,
// and weights, bounds and scales, which a chip wants as constants. So a model that is refused, or of which
// the host gets a part, is tried again with its integer inputs bound as constants, then with all inputs after
// the first; the way that leaves most to the chip counts. A wrong value in any way is a failure.
#include <fmt/format.h>

#include <algorithm>

#include "compiler/compile_error.h"
#include "compiler/frontend/tensor_file.h"
#include "host_runtime/conformance/conformance.h"
#include "host_runtime/conformance/tolerance.h"

namespace nnp::conformance {
namespace {

namespace fs = std::filesystem;

struct NamedTensor {
  std::string name;
  ir::Tensor tensor;
};

/// input_0.pb, input_1.pb, ... or output_*: as many as there are.
std::vector<ir::Tensor> read_tensors(const fs::path& folder, const std::string& stem) {
  std::vector<ir::Tensor> tensors;
  for (std::size_t i = 0; fs::exists(folder / fmt::format("{}_{}.pb", stem, i)); ++i)
    tensors.push_back(compiler::read_tensor_file(folder / fmt::format("{}_{}.pb", stem, i)));
  return tensors;
}

std::vector<fs::path> data_sets(const fs::path& folder) {
  std::vector<fs::path> sets;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_directory() && entry.path().filename().string().starts_with("test_data_set_"))
      sets.push_back(entry.path());
  }
  std::ranges::sort(sets);
  return sets;
}

bool is_integer(const ir::Tensor& tensor) {
  return ir::with_element_type(tensor.type(),
                               [](auto element) { return std::is_integral_v<decltype(element)>; });
}

using Binding = bool (*)(std::size_t index, const ir::Tensor&);
constexpr Binding kBindings[] = {
    [](std::size_t, const ir::Tensor&) { return false; },
    [](std::size_t, const ir::Tensor& tensor) { return is_integer(tensor) && tensor.shape().size() <= 1; },
    [](std::size_t index, const ir::Tensor&) { return index > 0; },
    [](std::size_t, const ir::Tensor&) { return true; },
};

Execution run_bound(const fs::path& model, const std::vector<NamedTensor>& inputs, Backend& backend,
                    Binding binding) {
  compiler::ImportOptions options;
  std::vector<ir::Tensor> rest;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (binding(i, inputs[i].tensor))
      options.constants.emplace(inputs[i].name, inputs[i].tensor);
    else
      rest.push_back(inputs[i].tensor);
  }
  return backend.run(model, options, rest);
}

/// Whether a greater share of a's nodes ran on the chip than of b's.
bool leaves_more_to_the_chip(const Execution& a, const Execution& b) {
  return a.chip_nodes * b.nodes > b.chip_nodes * a.nodes || (a.chip_nodes > 0 && b.chip_nodes == 0);
}

/// First the way that leaves most to the chip, then the others that the backend does not refuse; where it
/// refuses all, the first refusal. Everything bound leaves nothing to run: only where nothing else is taken.
std::vector<Execution> run_model(const fs::path& model, const std::vector<NamedTensor>& inputs,
                                 Backend& backend) {
  std::exception_ptr refusal;
  std::vector<Execution> runs;
  for (const Binding binding : kBindings) {
    const bool all_bound = binding == kBindings[std::size(kBindings) - 1];
    if (!runs.empty() && (all_bound || runs.front().chip_nodes == runs.front().nodes)) break;
    try {
      runs.push_back(run_bound(model, inputs, backend, binding));
    } catch (const compiler::CompileError&) {
      if (refusal == nullptr) refusal = std::current_exception();
      continue;
    }
    if (leaves_more_to_the_chip(runs.back(), runs.front())) std::swap(runs.front(), runs.back());
  }
  if (runs.empty()) std::rethrow_exception(refusal);
  return runs;
}

/// A data set; where its tensors cannot be read, the model's own refusal says more: a sequence, a string.
std::vector<ir::Tensor> read_or_refuse(const fs::path& model, const fs::path& set, const std::string& stem) {
  try {
    return read_tensors(set, stem);
  } catch (const std::exception&) {
    static_cast<void>(compiler::import_onnx(model));
    throw;
  }
}

std::string fault(const Execution& execution, const std::vector<ir::Tensor>& expected) {
  if (execution.outputs.size() != expected.size())
    return fmt::format("{} outputs, expected {}", execution.outputs.size(), expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const ir::Tensor& output = execution.outputs[i];
    if (const std::string wrong = difference(output, with_bf16(expected[i], output.type())); !wrong.empty())
      return fmt::format("output {}: {}", i, wrong);
  }
  return {};
}

/// What differs goes into `result`.
void run_set(const fs::path& model, const fs::path& set, const std::vector<std::string>& names,
             Backend& backend, CaseResult& result) {
  const auto tensors = read_or_refuse(model, set, "input"), expected = read_or_refuse(model, set, "output");
  if (tensors.size() != names.size())
    throw compiler::CompileError(fmt::format("{} inputs of {} are given", tensors.size(), names.size()));
  std::vector<NamedTensor> inputs;
  for (std::size_t i = 0; i < names.size(); ++i) inputs.push_back({names[i], tensors[i]});
  const std::vector<Execution> runs = run_model(model, inputs, backend);
  result.chip_nodes += runs.front().chip_nodes, result.nodes += runs.front().nodes;
  for (const Execution& execution : runs) {
    if (const std::string wrong = fault(execution, expected); !wrong.empty() && result.reason.empty())
      result.reason = fmt::format("{}, {}", set.filename().string(), wrong);
  }
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

}  // namespace

const char* to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::passed:
      return "passed";
    case Outcome::on_host:
      return "on host";
    case Outcome::unsupported:
      return "unsupported";
    case Outcome::failed:
      return "failed";
  }
  return "?";
}

std::vector<fs::path> find_cases(const fs::path& root, const std::string& filter) {
  std::vector<fs::path> cases;
  std::error_code error;
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    const bool is_case = at->is_directory() && fs::exists(at->path() / "model.onnx");
    if (is_case && at->path().string().find(filter) != std::string::npos) cases.push_back(at->path());
  }
  if (fs::exists(root / "model.onnx") && root.string().find(filter) != std::string::npos)
    cases.push_back(root);
  if (error || cases.empty())
    throw std::runtime_error(fmt::format("{}: no folder with a model.onnx{}", root.string(),
                                         filter.empty() ? "" : fmt::format(" and '{}' in its path", filter)));
  std::ranges::sort(cases);
  return cases;
}

CaseResult run_case(const fs::path& folder, Backend& backend) {
  CaseResult result;
  result.name = folder.filename().string();
  try {
    const fs::path model = folder / "model.onnx";
    const compiler::ModelSummary summary = compiler::summarise_model(model);
    result.operators = summary.operators;
    const auto sets = data_sets(folder);
    if (sets.empty()) throw compiler::CompileError("no test_data_set_* folder");
    for (const fs::path& set : sets) {
      if (result.reason.empty()) run_set(model, set, summary.inputs, backend, result);
    }
    result.outcome = !result.reason.empty()  ? Outcome::failed
                     : result.chip_nodes > 0 ? Outcome::passed
                                             : Outcome::on_host;
  } catch (const compiler::CompileError& error) {
    result.outcome = Outcome::unsupported, result.reason = first_line(error.what());
  } catch (const compiler::ModelFileError& error) {
    result.outcome = Outcome::unsupported, result.reason = first_line(error.what());
  } catch (const std::exception& error) {
    result.outcome = Outcome::failed, result.reason = first_line(error.what());
  }
  return result;
}

}  // namespace nnp::conformance
