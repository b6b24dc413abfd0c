// SPDX-License-Identifier: Apache-2.0
// Networks as exporters write them, changed field by field and byte by byte: the import, then, of small ones,
// the whole compiler.
#include <onnx/onnx_pb.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "compiler/compile.h"
#include "compiler/frontend/import_apart.h"
#include "compiler/mapping/by_model.h"
#include "host_runtime/reference/reference.h"
#include "models/chips/chip_file.h"
#include "models/networks/zoo.h"
#include "tests/fuzz/onnx/proto_mutation.h"
#include "tests/support/temporary_folder.h"

namespace nnp::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestFile = 64 * 1024;
constexpr std::int64_t kSmallElements = 1 << 16;  // of a value, for the compiler to go on
constexpr std::uint64_t kMostMemory = std::uint64_t{2} << 30;
constexpr unsigned kMostSeconds = 15;
constexpr std::uint64_t kSmallMacs = 1 << 18;

/// The networks that come along, tiny ones of the zoo, and ONNX's own, PyTorch's exports among them, where
/// Debian's libonnx-testdata is installed.
std::vector<std::string> corpus() {
  std::vector<fs::path> files;
  for (const char* name : {"bert_tiny", "gpt2_tiny", "gpt2_tiny_decode", "gru_tiny", "mobilenet_tiny"})
    files.push_back(models::network_file(name));
  for (const char* root :
       {NNPSIM_SOURCE_DIR "/models/networks/trained", "/usr/share/libonnx-testdata/data"}) {
    if (!fs::exists(root)) continue;
    std::vector<fs::path> found;
    for (const auto& entry : fs::recursive_directory_iterator(root))
      if (entry.path().extension() == ".onnx" && entry.file_size() <= kLargestFile)
        found.push_back(entry.path());
    std::ranges::sort(found);
    files.insert(files.end(), found.begin(), found.end());
  }
  std::vector<std::string> texts;
  for (const fs::path& file : files) texts.push_back(test::read_bytes(file));
  return texts;
}

constexpr std::size_t kOwn = 7;  // of the corpus the first: half of all cases start there

std::string make(Random& random) {
  static const std::vector<std::string> files = corpus();
  static const std::vector<std::string> words = [] {
    std::vector<std::string> list = compiler::supported_operators();
    for (const char* word :
         {"", "Loop", "If", "Bernoulli", "ai.onnx.ml", "SAME_UPPER", "VALID", "bidirectional", "axis", "axes",
          "pads", "keepdims", "to", "%s%n", "../../etc/passwd"})
      list.emplace_back(word);
    return list;
  }();
  const std::size_t own = std::min(kOwn, files.size());
  std::string bytes = files[once_in(random, 2) ? below(random, own) : below(random, files.size())];
  if (!once_in(random, 12)) {
    onnx::ModelProto model;
    model.ParseFromString(bytes);
    for (std::size_t left = 1 + below(random, 5); left != 0; --left) mutate(random, model, words);
    bytes = model.SerializePartialAsString();
    if (!once_in(random, 12)) return bytes;
  }
  damage(random, bytes);
  return bytes;
}

bool is_small(const ir::Graph& graph) {
  std::uint64_t macs = 0;
  for (const ir::Node& node : graph.nodes) macs += ir::macs(graph, node);
  return macs <= kSmallMacs && std::ranges::all_of(graph.values, [](const ir::Value& value) {
           return ir::element_count(value.shape) <= kSmallElements;
         });
}

/// ONNX registers its operators at the first import: here once, not in every child.
void warm_up() {
  try {
    compiler::import_network(NNPSIM_SOURCE_DIR "/models/networks/trained/tiny_cnn.onnx", {{}, 1});
  } catch (const std::exception&) {
    // the cases will say it
  }
}

/// A crash in ONNX's own library is told like any other fault of a file; one that a sanitizer sees is in our
/// code.
ir::Graph imported(const compiler::CompileRequest& request) {
  try {
    return compiler::import_network_apart(request.model, request.import, {kMostMemory, kMostSeconds, {}});
  } catch (const compiler::ModelFileError& error) {
    if (std::string(error.what()).find("crashed (exit code") != std::string::npos)
      throw std::logic_error(error.what());
    throw;
  }
}

void judge(const std::string& bytes) {
  static const test::TemporaryFolder folder;
  static const models::ChipSpec chips[] = {models::load_chip("edge8"), models::load_chip("fp32ref")};
  compiler::CompileRequest request;
  request.model = folder.file("case.onnx", bytes);
  request.import.batch = 1;
  for (const char* name : {"steps", "sequence", "seq_len"}) request.import.dims[name] = 3;
  const ir::Graph graph = imported(request);
  if (ir::serialize(ir::deserialize(ir::serialize(graph))) != ir::serialize(graph))
    throw std::logic_error("the graph does not come back from its bytes");
  if (!is_small(graph)) return;
  const models::ChipSpec& chip = chips[std::hash<std::string>()(bytes) % std::size(chips)];
  request.importer = [&](const fs::path&, const compiler::ImportOptions&) { return graph; };
  request.network = "case", request.chip = chip.name, request.arch = chip.arch, request.calibration_runs = 1;
  request.precision = compiler::default_precision(chip.arch);
  request.map = compiler::map_by_model(chip);
  reference::OneDnn runner;
  compiler::compile(request, runner);
}

}  // namespace
}  // namespace nnp::fuzz

int main(int argc, char** argv) {
  setenv("NNPSIM_CACHE", NNPSIM_TEST_CACHE, 1);
  nnp::fuzz::warm_up();
  return nnp::fuzz::run({"onnx", nnp::fuzz::make, nnp::fuzz::judge}, argc, argv);
}
