// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/samples.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/compile.h"
#include "host_runtime/cli/errors.h"

namespace nnp::cli {
namespace {

/// How many samples of an input's shape a file of another shape holds; 0 where it holds none.
std::int64_t samples_in(const ir::Shape& file, const ir::Shape& input) {
  if (file == input) return 1;
  if (file.size() == input.size() + 1 && std::equal(input.begin(), input.end(), file.begin() + 1))
    return file[0];
  const bool same_rest = file.size() == input.size() && !input.empty() &&
                         std::equal(input.begin() + 1, input.end(), file.begin() + 1);
  return same_rest && input[0] > 0 && file[0] % input[0] == 0 ? file[0] / input[0] : 0;
}

/// Part `index` of a file, in the input's shape and type.
std::optional<ir::Tensor> part(const ir::Tensor& file, const ir::Value& input, std::size_t index) {
  ir::Tensor sample(file.type(), input.shape);
  const std::size_t bytes = sample.bytes().size();
  std::ranges::copy(file.bytes().subspan(index * bytes, bytes), sample.bytes().begin());
  return as_type(sample, input.type);
}

}  // namespace

SampleChoice::SampleChoice(const std::string& option, const std::vector<std::string>& files,
                           std::optional<std::uint64_t> count, std::uint64_t seed)
    : option_(option), count_(count), seed_(seed) {
  for (const std::string& text : files) files_.push_back(read_input_file(option, text));
}

Samples SampleChoice::samples_for(const ir::Graph& graph) const {
  Samples samples;
  if (files_.empty()) {
    for (std::uint64_t i = 0; i < count_.value_or(kRandomSamples); ++i)
      samples.push_back(compiler::random_inputs(graph, seed_ + i));
    return samples;
  }
  const std::size_t most = count_ ? static_cast<std::size_t>(*count_) : static_cast<std::size_t>(-1);
  std::vector<std::vector<ir::Tensor>> by_input(graph.inputs.size());
  for (const InputFile& file : files_) {
    const std::size_t index = input_of(file, graph);
    const ir::Value& input = graph.values[graph.inputs[index]];
    const auto refuse = [&] {
      throw UsageError(
          fmt::format("{} {}: the file holds {}, input '{}' is {}; a file holds one such, or several along "
                      "its first axis",
                      option_, file.text, described(file.tensor.type(), file.tensor.shape()), input.name,
                      described(input.type, input.shape)));
    };
    const std::int64_t held = samples_in(file.tensor.shape(), input.shape);
    if (held == 0) refuse();
    for (std::size_t i = 0; i < static_cast<std::size_t>(held) && by_input[index].size() < most; ++i) {
      auto sample = part(file.tensor, input, i);
      if (!sample) refuse();
      by_input[index].push_back(std::move(*sample));
    }
  }
  for (std::size_t i = 0; i < by_input.size(); ++i) {
    const std::string& name = graph.values[graph.inputs[i]].name;
    if (by_input[i].empty()) refuse_missing_input(option_, name, graph);
    if (by_input[i].size() != by_input[0].size())
      throw UsageError(fmt::format("{}: {} inputs for '{}' and {} for '{}'; each sample needs one of both",
                                   option_, by_input[0].size(), graph.values[graph.inputs[0]].name,
                                   by_input[i].size(), name));
  }
  samples.resize(by_input.empty() ? 0 : by_input[0].size());
  for (auto& tensors : by_input)
    for (std::size_t i = 0; i < samples.size(); ++i) samples[i].push_back(std::move(tensors[i]));
  return samples;
}

}  // namespace nnp::cli
