// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/network_choice.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "host_runtime/cli/errors.h"
#include "models/networks/zoo.h"

namespace nnp::cli {
namespace {

/// Names that exporters give the sequence dimension; --seq-len sets them all.
constexpr const char* kSequenceNames[] = {"steps", "seq_len", "sequence", "sequence_length"};

ResolvedNetwork from_file(const NetworkChoice& choice) {
  ResolvedNetwork result;
  result.file = choice.network;
  result.name = result.file.stem().string();
  result.import.batch = choice.batch.value_or(0);
  if (choice.steps)
    for (const char* name : kSequenceNames) result.import.dims[name] = *choice.steps;
  return result;
}

ResolvedNetwork from_zoo(const models::NetworkInfo& info, const NetworkChoice& choice, std::uint64_t seed) {
  if (choice.steps && info.default_steps == 0)
    throw UsageError(fmt::format("--seq-len {}: {} has no sequence", *choice.steps, info.name));
  ResolvedNetwork result;
  result.name = info.name;
  result.import.batch = choice.batch.value_or(info.default_batch);
  if (info.default_steps != 0) result.import.dims["steps"] = choice.steps.value_or(info.default_steps);
  try {
    result.file = models::network_file(info.name, seed);
  } catch (const std::runtime_error& error) {  // the cache folder; its message names the path
    throw FileFault(error.what());
  }
  return result;
}

}  // namespace

ResolvedNetwork resolve_network(const NetworkChoice& choice, std::uint64_t seed) {
  std::vector<std::string> names;
  for (const models::NetworkInfo& info : models::networks()) names.push_back(info.name);
  ResolvedNetwork result;
  if (choice.network.ends_with(".onnx") || choice.network.ends_with(".csv"))
    result = from_file(choice);
  else if (const auto at = std::find(names.begin(), names.end(), choice.network); at != names.end())
    result = from_zoo(models::networks()[static_cast<std::size_t>(at - names.begin())], choice, seed);
  else
    throw UsageError(fmt::format(
        "no network '{}'{}", choice.network,
        instead_of(choice.network, names, "Give a path that ends in .onnx or .csv, or one of the zoo")));
  result.import.seed = seed;
  for (const auto& [name, size] : choice.dims) {
    if (name == "batch" && choice.batch && *choice.batch != size)
      throw UsageError(
          fmt::format("--batch {} and --dim batch={} contradict each other", *choice.batch, size));
    if (name == "batch") result.import.batch = size;
    result.import.dims[name] = size;
  }
  return result;
}

std::uint32_t batch_of(const ir::Graph& graph, const NetworkChoice& choice,
                       const compiler::ImportOptions& import) {
  if (import.batch == 0)
    return graph.inputs.empty() || graph.values[graph.inputs[0]].shape.size() != 4
               ? 1
               : static_cast<std::uint32_t>(graph.values[graph.inputs[0]].shape[0]);
  const bool found = std::any_of(graph.inputs.begin(), graph.inputs.end(), [&](ir::ValueId id) {
    const ir::Shape& shape = graph.values[id].shape;
    return std::find(shape.begin(), shape.end(), import.batch) != shape.end();
  });
  if (!found)
    throw UsageError(fmt::format(
        "--batch {}: the inputs of {} have fixed shapes that it does not change (the first is {})",
        import.batch, choice.network, fmt::join(graph.values[graph.inputs.at(0)].shape, "x")));
  return static_cast<std::uint32_t>(import.batch);
}

}  // namespace nnp::cli
