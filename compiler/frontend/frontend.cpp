// SPDX-License-Identifier: Apache-2.0
// The way of a model: read and check, make shapes static, import node by node, verify.
#include "compiler/frontend/frontend.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/frontend/graph_builder.h"
#include "compiler/frontend/model_file.h"
#include "compiler/frontend/operator_table.h"
#include "compiler/frontend/static_shapes.h"

namespace nnp::compiler {
namespace {

void check_options(const ImportOptions& options) {
  for (const auto& [name, size] : options.dims) {
    if (size <= 0) throw CompileError(fmt::format("--dim {}={}: a size is at least 1", name, size));
  }
  if (options.batch < 0) throw CompileError(fmt::format("--batch {}: a size is at least 1", options.batch));
}

}  // namespace

ir::Graph import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  check_options(options);
  const OnnxModel model = make_static(read_model(path), options);
  GraphBuilder builder(model);
  for (const OnnxNode& node : model.nodes) {
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
