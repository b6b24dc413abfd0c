// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/temporary_model.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {

namespace fs = std::filesystem;

TemporaryModel::TemporaryModel(const std::string& bytes) {
  std::string name = (fs::temp_directory_path() / "nnpsim-XXXXXX.onnx").string();
  const int file = mkstemps(name.data(), 5);
  if (file < 0) throw FileFault(fmt::format("{}: cannot be written", name));
  close(file);
  path_ = name;
  std::ofstream out(path_, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw FileFault(fmt::format("{}: cannot be written to its end", name));
}

TemporaryModel::~TemporaryModel() {
  std::error_code ignored;
  fs::remove(path_, ignored);
}

std::vector<std::string> input_names(const ir::Graph& graph) {
  std::vector<std::string> names;
  for (const ir::ValueId id : graph.inputs) names.push_back(graph.values[id].name);
  return names;
}

}  // namespace nnp::cli
