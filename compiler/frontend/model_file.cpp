// SPDX-License-Identifier: Apache-2.0
// Bytes to a checked ModelProto.
#include "compiler/frontend/model_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <google/protobuf/io/zero_copy_stream_impl.h>
#include <google/protobuf/stubs/logging.h>
#include <onnx/checker.h>
#include <onnx/defs/schema.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <new>

#include "compiler/compile_error.h"
#include "compiler/frontend/attribute_guard.h"
#include "compiler/frontend/operator_table.h"
#include "compiler/frontend/quantised_operators.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {
namespace {

bool is_default_domain(const std::string& domain) { return domain.empty() || domain == "ai.onnx"; }

/// A file to read, closed at the end.
struct OpenFile {
  explicit OpenFile(const std::filesystem::path& path)
      : descriptor(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  ~OpenFile() {
    if (descriptor >= 0) close(descriptor);
  }
  int descriptor;
};

void check_size(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw ModelFileError(fmt::format("{}: no such file", path.string()));
  const auto size = std::filesystem::file_size(path, error);
  if (error) throw ModelFileError(fmt::format("{}: {}", path.string(), error.message()));
  if (size > std::numeric_limits<int>::max()) {
    throw ModelFileError(fmt::format("{}: {} bytes; an ONNX file (protobuf) has at most {}", path.string(),
                                     size, std::numeric_limits<int>::max()));
  }
}

/// Straight from the file: weights are copied once, into the message.
onnx::ModelProto parse(const std::filesystem::path& file, const std::string& path) {
  const google::protobuf::LogSilencer quiet;  // the exception below says it better
  const OpenFile input(file);
  if (input.descriptor < 0) throw ModelFileError(fmt::format("{}: cannot be read", path));
  constexpr int kBlockBytes = 1 << 16;
  google::protobuf::io::FileInputStream stream(input.descriptor, kBlockBytes);
  onnx::ModelProto model;
  const bool parsed = model.ParseFromZeroCopyStream(&stream);
  if (stream.GetErrno() != 0) throw ModelFileError(fmt::format("{}: cannot be read", path));
  if (!parsed || stream.ByteCount() == 0)
    throw ModelFileError(fmt::format("{}: not an ONNX model, or cut short", path));
  if (model.ir_version() <= 0 || !model.has_graph() || model.opset_import_size() == 0) {
    throw ModelFileError(fmt::format("{}: not an ONNX model (no version, graph or operator set)", path));
  }
  return model;
}

/// Whether every node's operator is defined in an older set as in the oldest one supported.
bool means_the_same(const onnx::GraphProto& graph, int opset) {
  return std::ranges::all_of(graph.node(), [&](const onnx::NodeProto& node) {
    const onnx::OpSchema* then = onnx::OpSchemaRegistry::Schema(node.op_type(), opset);
    return then != nullptr && then == onnx::OpSchemaRegistry::Schema(node.op_type(), kOldestOpset);
  });
}

void check_structure(const onnx::ModelProto& model, const std::string& path) {
  const auto& graph = model.graph();
  if (graph.sparse_initializer_size() > 0) throw CompileError("sparse initializers are not supported");
  if (model.functions_size() > 0) throw CompileError("model-local functions are not supported");
  const int opset = opset_of(model);
  if (opset > kNewestOpset || (opset < kOldestOpset && !means_the_same(graph, opset))) {
    throw CompileError(
        fmt::format("{}: operator set {}; supported are {} to {}", path, opset, kOldestOpset, kNewestOpset));
  }
}

void check_tensors(const onnx::GraphProto& graph) {
  for (const auto& tensor : graph.initializer()) {
    check_tensor_proto(tensor, fmt::format("initializer '{}'", tensor.name()));
  }
  for (const auto& node : graph.node()) {
    for (const auto& attribute : node.attribute()) {
      const std::string what =
          fmt::format("node '{}' ({}): attribute '{}'", node.name(), node.op_type(), attribute.name());
      if (attribute.has_t()) check_tensor_proto(attribute.t(), what);
      if (attribute.tensors_size() > 0 || attribute.has_sparse_tensor() ||
          attribute.sparse_tensors_size() > 0) {
        throw CompileError(what + " holds a list of tensors or a sparse one, which is not supported");
      }
    }
  }
}

void check_operators(const onnx::GraphProto& graph) {
  std::string faults;
  for (const auto& node : graph.node()) {
    if (is_default_domain(node.domain()) && is_supported(node.op_type())) continue;
    const std::string domain = is_default_domain(node.domain()) ? "" : node.domain() + ".";
    faults += fmt::format("node '{}': operator {}{} is not supported\n", node.name(), domain, node.op_type());
  }
  if (faults.empty()) return;
  throw CompileError(
      fmt::format("{}supported operators: {}", faults, fmt::join(supported_operators(), ", ")));
}

/// Names are optional in ONNX; messages, layers and statistics need them.
void name_nodes(onnx::GraphProto& graph) {
  for (int i = 0; i < graph.node_size(); ++i) {
    auto& node = *graph.mutable_node(i);
    if (node.name().empty()) node.set_name(fmt::format("{}_{}", node.op_type(), i));
  }
}

/// Exporters may leave out the shape of an output, which this ONNX library's checker insists on. All are
/// inferred afresh later.
void complete_outputs(onnx::GraphProto& graph) {
  for (auto& output : *graph.mutable_output()) {
    if (output.type().has_tensor_type()) output.mutable_type()->mutable_tensor_type()->mutable_shape();
  }
}

void run_onnx_checker(const onnx::ModelProto& model, const std::string& path) {
  try {
    onnx::checker::check_model(model);
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    throw ModelFileError(fmt::format("{}: {}", path, error.what()));
  }
}

}  // namespace

int opset_of(const onnx::ModelProto& model) {
  for (const auto& import : model.opset_import()) {
    if (!is_default_domain(import.domain())) continue;
    return static_cast<int>(std::clamp<std::int64_t>(import.version(), 0, std::numeric_limits<int>::max()));
  }
  return 0;
}

onnx::ModelProto read_model(const std::filesystem::path& path) {
  check_size(path);
  onnx::ModelProto model = parse(path, path.string());
  // Later file versions add what we refuse anyway (functions, new types); this ONNX library refuses the
  // number itself.
  model.set_ir_version(std::min<std::int64_t>(model.ir_version(), onnx::IR_VERSION));
  check_structure(model, path.string());
  name_nodes(*model.mutable_graph());
  complete_outputs(*model.mutable_graph());
  check_tensors(model.graph());
  rewrite_quantised_operators(model);
  check_operators(model.graph());
  for (const auto& node : model.graph().node()) guard_attributes(node);
  guard_weights(model.graph());
  run_onnx_checker(model, path.string());
  return model;
}

}  // namespace nnp::compiler
