// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/inputs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "compiler/compile.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/npy.h"
#include "host_runtime/cli/option_values.h"

namespace nnp::cli {
namespace {

constexpr std::string_view kRandom = "random:";

std::string described(ir::DType type, const ir::Shape& shape) {
  return fmt::format("{} {}", numpy_name(type), fmt::join(shape, "x"));
}

std::string listed(const ir::Graph& graph) {
  std::string text;
  for (const ir::ValueId id : graph.inputs)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", graph.values[id].name,
                        described(graph.values[id].type, graph.values[id].shape));
  return text;
}

/// A file's whole numbers in the input's type; nothing where one does not fit, and for other files.
std::optional<ir::Tensor> as_type(const ir::Tensor& given, ir::DType type) {
  if (given.type() == type) return given;
  if (given.type() != ir::DType::i64) return std::nullopt;
  return ir::with_element_type(type, [&](auto element) -> std::optional<ir::Tensor> {
    using T = decltype(element);
    ir::Tensor tensor(type, given.shape());
    const auto from = given.data<std::int64_t>();
    const auto to = tensor.data<T>();
    for (std::size_t i = 0; i < from.size(); ++i) {
      if constexpr (std::is_integral_v<T>) {
        to[i] = static_cast<T>(from[i]);
        if (static_cast<std::int64_t>(to[i]) != from[i]) return std::nullopt;
      } else {
        to[i] = static_cast<T>(static_cast<float>(from[i]));
      }
    }
    return tensor;
  });
}

}  // namespace

InputChoice::InputChoice(const ExecutionChoice& choice) : seed_(choice.seed) {
  bool random = false;
  for (const std::string& text : choice.inputs) {
    if (text.starts_with(kRandom)) {
      seed_ = parse_whole("--input random", text.substr(kRandom.size()), 0), random = true;
      continue;
    }
    // NAME=FILE unless the whole word is a file: names may hold anything, and so may paths.
    std::error_code error;
    const std::size_t equals = text.find('=');
    const bool named = equals != std::string::npos && !std::filesystem::exists(text, error);
    const std::string path = named ? text.substr(equals + 1) : text;
    files_.push_back({text, named ? std::optional(text.substr(0, equals)) : std::nullopt, read_npy(path)});
  }
  if (random && choice.inputs.size() > 1)
    throw UsageError("--input random:SEED stands alone: it makes all inputs");
}

std::vector<ir::Tensor> InputChoice::tensors_for(const ir::Graph& graph) const {
  if (files_.empty()) return compiler::random_inputs(graph, seed_);
  std::vector<std::string> names;
  for (const ir::ValueId id : graph.inputs) names.push_back(graph.values[id].name);
  std::vector<std::optional<ir::Tensor>> found(names.size());
  for (const Given& given : files_) {
    if (!given.name && names.size() != 1)
      throw UsageError(fmt::format("--input {}: say which input it is, NAME=FILE.npy; the network takes {}",
                                   given.text, listed(graph)));
    const auto at = given.name ? std::find(names.begin(), names.end(), *given.name) : names.begin();
    if (at == names.end())
      throw UsageError(fmt::format("--input {}: no input '{}'{}", given.text, *given.name,
                                   instead_of(*given.name, names, "The network takes")));
    const auto index = static_cast<std::size_t>(at - names.begin());
    const ir::Value& value = graph.values[graph.inputs[index]];
    auto tensor = as_type(given.tensor, value.type);
    if (given.tensor.shape() != value.shape || !tensor)
      throw UsageError(fmt::format("--input {}: the file holds {}, input '{}' is {}", given.text,
                                   described(given.tensor.type(), given.tensor.shape()), value.name,
                                   described(value.type, value.shape)));
    if (found[index])
      throw UsageError(fmt::format("--input {}: input '{}' was given before", given.text, value.name));
    found[index] = std::move(tensor);
  }
  std::vector<ir::Tensor> tensors;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (!found[i])
      throw UsageError(fmt::format("no --input for '{}'; the network takes {}", names[i], listed(graph)));
    tensors.push_back(std::move(*found[i]));
  }
  return tensors;
}

}  // namespace nnp::cli
