// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/input_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/npy.h"

namespace nnp::cli {
namespace {

std::string listed(const ir::Graph& graph) {
  std::string text;
  for (const ir::ValueId id : graph.inputs)
    text += fmt::format("{}{} ({})", text.empty() ? "" : ", ", graph.values[id].name,
                        described(graph.values[id].type, graph.values[id].shape));
  return text;
}

}  // namespace

std::string described(ir::DType type, const ir::Shape& shape) {
  return fmt::format("{} {}", numpy_name(type), fmt::join(shape, "x"));
}

InputFile read_input_file(const std::string& option, const std::string& text) {
  // NAME=FILE unless the whole word is a file: names may hold anything, and so may paths.
  std::error_code error;
  const std::size_t equals = text.find('=');
  const bool named = equals != std::string::npos && !std::filesystem::exists(text, error);
  const std::string path = named ? text.substr(equals + 1) : text;
  return {option, text, named ? std::optional(text.substr(0, equals)) : std::nullopt, read_npy(path)};
}

std::size_t input_of(const InputFile& file, const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::ValueId id : graph.inputs) names.push_back(graph.values[id].name);
  if (!file.name && names.size() == 1) return 0;
  if (!file.name)
    throw UsageError(fmt::format("{} {}: say which input it is, NAME=FILE.npy; the network takes {}",
                                 file.option, file.text, listed(graph)));
  const auto at = std::find(names.begin(), names.end(), *file.name);
  if (at == names.end())
    throw UsageError(fmt::format("{} {}: no input '{}'{}", file.option, file.text, *file.name,
                                 instead_of(*file.name, names, "The network takes")));
  return static_cast<std::size_t>(at - names.begin());
}

void refuse_missing_input(const std::string& option, const std::string& name, const ir::Graph& graph) {
  throw UsageError(fmt::format("no {} for '{}'; the network takes {}", option, name, listed(graph)));
}

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

}  // namespace nnp::cli
