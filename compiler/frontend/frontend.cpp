// SPDX-License-Identifier: Apache-2.0
// The way of a model: read and check, make shapes static, import node by node, verify.
#include "compiler/frontend/frontend.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "compiler/frontend/graph_builder.h"
#include "compiler/frontend/model_file.h"
#include "compiler/frontend/operator_table.h"
#include "compiler/frontend/static_shapes.h"
#include "compiler/frontend/topology.h"

namespace nnp::compiler {
namespace {

void check_options(const ImportOptions& options) {
  for (const auto& [name, size] : options.dims) {
    if (size <= 0) throw CompileError(fmt::format("--dim {}={}: a size is at least 1", name, size));
  }
  if (options.batch < 0) throw CompileError(fmt::format("--batch {}: a size is at least 1", options.batch));
}

ir::Graph import_topology(const std::filesystem::path& path, const ImportOptions& options) {
  if (options.batch != 0)
    throw CompileError(fmt::format("--batch {}: the layers of a topology have the sizes that {} says",
                                   options.batch, path.string()));
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw ModelFileError(fmt::format("{}: no such file", path.string()));
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw ModelFileError(fmt::format("{}: cannot be read", path.string()));
  return topology_graph(parse_topology(text, path.string()), options.seed);
}

}  // namespace

bool is_topology(const std::filesystem::path& path) { return path.extension() == ".csv"; }

ir::Graph import_network(const std::filesystem::path& path, const ImportOptions& options) {
  return is_topology(path) ? import_topology(path, options) : import_onnx(path, options);
}

ir::Graph import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  check_options(options);
  OnnxModel model = make_static(read_model(path), options);
  GraphBuilder builder(model);
  for (const OnnxNode& node : model.nodes) {
    const bool is_read = std::ranges::any_of(
        node.outputs, [&](const std::string& name) { return !name.empty() && builder.is_used(name); });
    if (!is_read) continue;
    const OperatorImporter import = find_importer(node.op);
    if (import == nullptr) refuse(node, "is supported only where its inputs are constant");
    import(builder, node);
  }
  ir::Graph graph = builder.finish();
  if (const auto faults = ir::verify(graph); !faults.empty()) {
    throw CompileError(fmt::format("{}: {}", path.string(), fmt::join(faults, "; ")));
  }
  return graph;
}

}  // namespace nnp::compiler
