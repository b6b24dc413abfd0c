// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/executor/program_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>

#include "compiler/ir/graph_stream.h"
#include "compiler/tiling/sub_batch.h"
#include "host_runtime/executor/host_constants.h"
#include "host_runtime/reference/work.h"
#include "isa/program/program_file.h"

namespace nnp::executor {
namespace {

bool is_of_type(const ir::Value& value, isa::ElementType type) {
  switch (value.type) {
    case ir::DType::u8:
    case ir::DType::s8:
    case ir::DType::s16:
    case ir::DType::i32:
    case ir::DType::bf16:
    case ir::DType::f32:
      return ir::element_type(value.type) == type;
    default:
      return false;  // the device has no such type
  }
}

class Checker {
 public:
  Checker(const isa::Program& program, const ir::Graph& graph)
      : program_(program), graph_(graph), there_(graph.values.size(), false) {
    for (std::size_t id = 0; id < graph.values.size(); ++id) by_name_[graph.values[id].name] = id;
  }

  std::vector<std::string> run() {
    if (program_.layers.size() != graph_.nodes.size()) {
      fault("{} layers, but its graph has {} nodes", program_.layers.size(), graph_.nodes.size());
      return faults_;
    }
    check_tiles();
    check_parts();
    for (const ir::ValueId id : graph_.inputs) there_[id] = true;
    std::size_t launch = 0;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const ir::Node& node = graph_.nodes[i];
      const isa::LayerInfo& layer = program_.layers[i];
      if (layer.name != node.name || layer.on_host != node.on_host)
        fault("layer {} is '{}' {}, but its graph has '{}' {}", i, layer.name, where(layer.on_host),
              node.name, where(node.on_host));
      if (node.on_host)
        run_on_host(node);
      else if (i == 0 || graph_.nodes[i - 1].on_host)
        run_launch(launch++);
    }
    if (launch != program_.launches.size())
      fault("{} launches, but its graph needs {}", program_.launches.size(), launch);
    for (const ir::ValueId id : graph_.outputs)
      if (!there_[id] && !graph_.values[id].constant)
        fault("output '{}' is not computed", graph_.values[id].name);
    return faults_;
  }

 private:
  template <typename... Args>
  void fault(fmt::format_string<Args...> format, Args&&... args) {
    faults_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }
  static const char* where(bool on_host) { return on_host ? "on the host" : "on the chip"; }

  /// A sum takes at least one multiplication, so a layer's sums are no more than those.
  void check_tiles() {
    struct Extent {
      std::uint64_t m = 0, n = 0;
    };
    std::vector<Extent> extents(program_.layers.size());
    for (const isa::TileInfo& tile : program_.tiles) {
      Extent& extent = extents[tile.layer];
      extent.m = std::max(extent.m, std::uint64_t{tile.m0} + tile.m);
      extent.n = std::max(extent.n, std::uint64_t{tile.n0} + tile.n);
    }
    for (std::size_t i = 0; i < extents.size(); ++i) {
      const auto& [m, n] = extents[i];
      if (m == 0 && n == 0) continue;
      const std::uint64_t most = ir::macs(graph_, graph_.nodes[i]);
      if (m == 0 || n == 0 || static_cast<double>(m) * static_cast<double>(n) > static_cast<double>(most))
        fault("layer {} '{}': its tiles cover {} x {} sums of {} multiplications", i, program_.layers[i].name,
              m, n, most);
    }
  }

  void check_parts() {
    if (program_.sub_batch == 0) return;
    if (const std::string why = compiler::fault_of_parts(graph_, program_.batch); !why.empty())
      fault("a batch of {} in parts of {}, but {}", program_.batch, program_.sub_batch, why);
  }

  void run_on_host(const ir::Node& node) {
    for (const ir::ValueId id : node.inputs)
      if (id != ir::kNoValue && !there_[id] && !graph_.values[id].constant)
        fault("'{}', which the host runs, reads '{}', which no launch brings", node.name,
              graph_.values[id].name);
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) there_[id] = true;
  }

  void run_launch(std::size_t index) {
    if (index >= program_.launches.size()) return;  // their number is told at the end
    for (const isa::HostTensor& tensor : program_.launches[index].inputs) {
      const auto id = matching(index, tensor);
      if (id && !there_[*id]) fault("launch {}: '{}' is not computed by then", index, tensor.value);
    }
    for (const isa::HostTensor& tensor : program_.launches[index].outputs)
      if (const auto id = matching(index, tensor)) there_[*id] = true;
  }

  std::optional<std::size_t> matching(std::size_t launch, const isa::HostTensor& tensor) {
    const auto found = by_name_.find(tensor.value);
    if (found == by_name_.end()) {
      fault("launch {}: its graph has no value '{}'", launch, tensor.value);
      return std::nullopt;
    }
    const ir::Value& value = graph_.values[found->second];
    if (value.shape == tensor.shape && is_of_type(value, tensor.type)) return found->second;
    fault("launch {}: tensor '{}' is [{}], but in its graph {} [{}]", launch, tensor.value,
          fmt::join(tensor.shape, ", "), ir::to_string(value.type), fmt::join(value.shape, ", "));
    return std::nullopt;
  }

  const isa::Program& program_;
  const ir::Graph& graph_;
  std::vector<bool> there_;  // on the host, at this place of the walk
  std::map<std::string, std::size_t> by_name_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_against_graph(const isa::Program& program, const ir::Graph& graph) {
  return Checker(program, graph).run();
}

ir::Graph graph_of(const isa::Program& program, const isa::ArchSpec& arch, const std::string& chip,
                   const std::string& file, GraphConstants constants) {
  if (program.arch_hash != isa::hash(arch))
    throw isa::FileError(
        fmt::format("{}: compiled for chip {} (architecture {:016x}), and {} has architecture {:016x}: name "
                    "the chip with --chip, or compile the network again",
                    file, program.chip, program.arch_hash, chip, isa::hash(arch)));
  ir::Graph graph;
  try {
    graph = constants == GraphConstants::all ? ir::deserialize(program.graph)
                                             : ir::deserialize(program.graph, host_values);
    program.graph.let_go();
  } catch (const std::runtime_error& error) {
    throw isa::FileError(fmt::format("{}: its graph cannot be read: {}", file, error.what()));
  }
  if (const auto faults = check_against_graph(program, graph); !faults.empty())
    throw isa::FileError(fmt::format("{}: the program and its graph do not fit: {}", file, faults.front()));
  return graph;
}

void require_bounded(const ir::Graph& graph, const HostLimits& limits) {
  const reference::Work work = reference::work_of(graph);
  if (limits.bytes != 0 && work.bytes > limits.bytes)
    throw HostLimitError(
        fmt::format("the values of the program's graph take {:.0f} bytes; the host allows {:.0f}", work.bytes,
                    limits.bytes));
  if (limits.operations != 0 && work.operations > limits.operations)
    throw HostLimitError(fmt::format("the program's graph asks for {:.3g} operations; the host allows {:.3g}",
                                     work.operations, limits.operations));
}

}  // namespace nnp::executor
