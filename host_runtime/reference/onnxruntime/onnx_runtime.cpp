// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>

#include "host_runtime/reference/onnxruntime/child.h"

namespace nnp::reference {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// Empty when there is none.
fs::path node_program() {
  const std::string given = variable("NNPSIM_NODE"), path = variable("PATH");
  if (!given.empty()) return access(given.c_str(), X_OK) == 0 ? fs::path(given) : fs::path();
  for (std::size_t begin = 0; begin < path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    const fs::path program = fs::path(path.substr(begin, end - begin)) / "node";
    if (access(program.c_str(), X_OK) == 0) return program;
    begin = end + 1;
  }
  return {};
}

fs::path install_folder() {
  if (const std::string given = variable("NNPSIM_ONNXRUNTIME"); !given.empty()) return given;
  if (const std::string cache = variable("XDG_CACHE_HOME"); !cache.empty())
    return fs::path(cache) / "nnpsim/onnxruntime";
  return fs::path(variable("HOME")) / ".cache/nnpsim/onnxruntime";
}
fs::path package_folder() { return fs::absolute(install_folder() / "node_modules/onnxruntime-node"); }

struct TypeName {
  ir::DType type;
  const char* name;
};
constexpr TypeName kTypes[] = {
    {ir::DType::f32, "float32"}, {ir::DType::i64, "int64"},   {ir::DType::i32, "int32"},
    {ir::DType::u8, "uint8"},    {ir::DType::s8, "int8"},     {ir::DType::s16, "int16"},
    {ir::DType::b8, "bool"},     {ir::DType::u16, "uint16"},  {ir::DType::u32, "uint32"},
    {ir::DType::u64, "uint64"},  {ir::DType::f16, "float16"}, {ir::DType::f64, "float64"},
};

std::string name_of(ir::DType type) {
  const auto row = std::ranges::find_if(kTypes, [&](const TypeName& t) { return t.type == type; });
  if (row == std::end(kTypes))
    throw OnnxRuntimeError(fmt::format("ONNX Runtime's node package has no {}", ir::to_string(type)));
  return row->name;
}
ir::DType type_named(const std::string& name) {
  const auto row = std::ranges::find_if(kTypes, [&](const TypeName& t) { return name == t.name; });
  if (row == std::end(kTypes)) throw OnnxRuntimeError("ONNX Runtime gave a tensor of " + name);
  return row->type;
}

Json exchange(RunnerProcess& process, const Message& message) {
  process.send(message);
  Json reply = Json::parse(process.receive_text());
  if (reply.contains("error")) throw OnnxRuntimeError("ONNX Runtime: " + reply["error"].get<std::string>());
  return reply;
}

/// The request's "inputs", their bytes as the message's parts.
Json described(const std::vector<std::string>& names, const std::vector<ir::Tensor>& inputs,
               Message& message) {
  Json list = Json::array();
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const auto bytes = inputs[i].bytes();
    list.push_back({{"name", names.at(i)},
                    {"type", name_of(inputs[i].type())},
                    {"shape", inputs[i].shape()},
                    {"bytes", bytes.size()}});
    message.parts.emplace_back(bytes.begin(), bytes.end());
  }
  return list;
}

std::unique_ptr<RunnerProcess> started() {
  if (const auto reason = OnnxRuntime::missing()) throw OnnxRuntimeError(*reason);
  return std::make_unique<RunnerProcess>(node_program(), package_folder());
}

std::string loaded_version(RunnerProcess& process, Json request, const fs::path& model) {
  request["model"] = fs::absolute(model).string();
  return exchange(process, {request.dump(), {}})["version"].get<std::string>();
}

}  // namespace

std::optional<std::string> OnnxRuntime::missing() {
  if (node_program().empty())
    return variable("NNPSIM_NODE").empty() ? "node is not on the PATH"
                                           : "NNPSIM_NODE=" + variable("NNPSIM_NODE") + " is no program";
  std::error_code error;
  if (!fs::exists(package_folder() / "package.json", error))
    return fmt::format("ONNX Runtime is not installed in {} (scripts/install-onnxruntime)",
                       install_folder().string());
  return std::nullopt;
}

OnnxRuntime::OnnxRuntime(const fs::path& model)
    : process_(started()), version_(loaded_version(*process_, Json::object(), model)) {}

OnnxRuntime::OnnxRuntime(const fs::path& model, unsigned threads)
    : process_(started()),
      version_(loaded_version(*process_, Json{{"fast", true}, {"threads", threads}}, model)) {}

OnnxRuntime::~OnnxRuntime() = default;

std::map<std::string, ir::Tensor> OnnxRuntime::run(const std::vector<std::string>& names,
                                                   const std::vector<ir::Tensor>& inputs) {
  Message message;
  message.json = Json{{"inputs", described(names, inputs, message)}}.dump();
  std::map<std::string, ir::Tensor> outputs;
  const Json reply = exchange(*process_, message);
  for (const Json& output : reply.at("outputs")) {
    ir::Tensor tensor(type_named(output["type"]), output["shape"].get<ir::Shape>());
    const auto bytes = process_->receive_bytes(output["bytes"].get<std::size_t>());
    if (bytes.size() != tensor.bytes().size())
      throw OnnxRuntimeError("ONNX Runtime gave a tensor of another size than its shape");
    if (!bytes.empty()) std::memcpy(tensor.bytes().data(), bytes.data(), bytes.size());
    outputs[output["name"].get<std::string>()] = std::move(tensor);
  }
  return outputs;
}

std::vector<double> OnnxRuntime::time(const std::vector<std::string>& names,
                                      const std::vector<ir::Tensor>& inputs, unsigned warm_up,
                                      unsigned repeats) {
  Message message;
  message.json = Json{{"inputs", described(names, inputs, message)},
                      {"time", {{"warm_up", warm_up}, {"repeats", repeats}}}}
                     .dump();
  return exchange(*process_, message).at("seconds").get<std::vector<double>>();
}

}  // namespace nnp::reference
