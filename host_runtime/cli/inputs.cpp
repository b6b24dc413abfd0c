// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/inputs.h"

#include <fmt/format.h>

#include "compiler/compile.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/option_values.h"

namespace nnp::cli {
namespace {

constexpr std::string_view kRandom = "random:";

}  // namespace

InputChoice::InputChoice(const ExecutionChoice& choice) : seed_(choice.seed) {
  bool random = false;
  for (const std::string& text : choice.inputs) {
    if (text.starts_with(kRandom))
      seed_ = parse_whole("--input random", text.substr(kRandom.size()), 0), random = true;
    else
      files_.push_back(read_input_file("--input", text));
  }
  if (random && choice.inputs.size() > 1)
    throw UsageError("--input random:SEED stands alone: it makes all inputs");
}

std::vector<ir::Tensor> InputChoice::tensors_for(const ir::Graph& graph) const {
  if (files_.empty()) return compiler::random_inputs(graph, seed_);
  std::vector<std::optional<ir::Tensor>> found(graph.inputs.size());
  for (const InputFile& file : files_) {
    const std::size_t index = input_of(file, graph);
    const ir::Value& value = graph.values[graph.inputs[index]];
    auto tensor = as_type(file.tensor, value.type);
    if (file.tensor.shape() != value.shape || !tensor)
      throw UsageError(fmt::format("--input {}: the file holds {}, input '{}' is {}", file.text,
                                   described(file.tensor.type(), file.tensor.shape()), value.name,
                                   described(value.type, value.shape)));
    if (found[index])
      throw UsageError(fmt::format("--input {}: input '{}' was given before", file.text, value.name));
    found[index] = std::move(tensor);
  }
  std::vector<ir::Tensor> tensors;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i]) refuse_missing_input("--input", graph.values[graph.inputs[i]].name, graph);
    tensors.push_back(std::move(*found[i]));
  }
  return tensors;
}

}  // namespace nnp::cli
