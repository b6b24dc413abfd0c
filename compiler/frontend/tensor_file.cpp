// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/tensor_file.h"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <fstream>
#include <set>

#include "compiler/compile_error.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {
namespace {

template <typename Proto>
Proto parse(const std::filesystem::path& path, const char* what) {
  const google::protobuf::LogSilencer quiet;
  std::ifstream file(path, std::ios::binary);
  Proto proto;
  if (!file || !proto.ParseFromIstream(&file))
    throw ModelFileError(fmt::format("{}: not {}", path.string(), what));
  return proto;
}

}  // namespace

ir::Tensor read_tensor_file(const std::filesystem::path& path) {
  return tensor_from_proto(parse<onnx::TensorProto>(path, "an ONNX tensor"), path.string());
}

ModelSummary summarise_model(const std::filesystem::path& path) {
  const auto model = parse<onnx::ModelProto>(path, "an ONNX model");
  std::set<std::string> constants, operators;
  for (const auto& tensor : model.graph().initializer()) constants.insert(tensor.name());
  ModelSummary summary;
  for (const auto& input : model.graph().input()) {
    if (!constants.contains(input.name())) summary.inputs.push_back(input.name());
  }
  for (const auto& node : model.graph().node()) {
    const bool standard = node.domain().empty() || node.domain() == "ai.onnx";
    operators.insert(standard ? node.op_type() : node.domain() + "." + node.op_type());
  }
  summary.operators.assign(operators.begin(), operators.end());
  return summary;
}

}  // namespace nnp::compiler
