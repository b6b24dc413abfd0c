// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/mapping_choice.h"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "compiler/mapping/batch_search.h"
#include "compiler/mapping/by_model.h"
#include "compiler/mapping/mapping_file.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/executor/kept_times.h"
#include "host_runtime/executor/launch_timer.h"
#include "models/chips/chip_file.h"
#include "models/networks/cache_folder.h"
#include "sim/chip/systemc_host.h"

namespace nnp::cli {
namespace {

compiler::MappingFile read_mapping(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (!file) throw FileFault(fmt::format("{}: cannot be read", path));
  return compiler::parse_mapping(text, path);
}

/// Times on the chip itself, and stops when the user does.
class ChipTimer : public compiler::Evaluator {
 public:
  explicit ChipTimer(const models::ChipSpec& chip)
      : timer_([&chip] { return sim::make_device(chip, {.values = false}, sim::Host::plain); }) {}
  Cycles cycles(const isa::Program& program) override {
    stop_if_interrupted();
    return timer_.cycles(program);
  }

 private:
  executor::LaunchTimer timer_;
};

/// What this build has timed on this chip; nothing where nothing is timed, or there is no place for it.
std::optional<std::filesystem::path> times_file(compiler::Effort effort, const models::ChipSpec& chip) try {
  const std::string build = executor::build_id();
  if (effort == compiler::Effort::model || build.empty()) return std::nullopt;
  return models::cache_folder() / "times" /
         fmt::format("{}-{:016x}.txt", build.substr(0, 16), models::full_hash(chip));
} catch (const std::runtime_error&) {
  return std::nullopt;
}

/// What a search is given, for as long as it lasts.
class Searching {
 public:
  Searching(const MappingChoice& choice, const models::ChipSpec& chip) : timer_(chip) {
    if (const auto file = times_file(choice.search, chip)) kept_.emplace(timer_, *file);
    const unsigned all = std::max(1u, std::thread::hardware_concurrency());
    options_ = compiler::search_by_model(chip, choice.search,
                                         kept_ ? static_cast<compiler::Evaluator*>(&*kept_) : &timer_,
                                         choice.jobs > 0 ? choice.jobs : all);
  }
  const compiler::SearchOptions& options() const { return options_; }

 private:
  ChipTimer timer_;
  std::optional<executor::KeptTimes> kept_;
  compiler::SearchOptions options_;
};

}  // namespace

std::vector<compiler::LayerChoice> search(const compiler::PlacedPart& part,
                                          const compiler::CodegenOptions& fixed, const MappingChoice& choice,
                                          const models::ChipSpec& chip) {
  const Searching searching(choice, chip);
  return compiler::search_mappings(part.graph(), part.plan(), chip.arch, fixed, searching.options());
}

decltype(compiler::CompileRequest::map) mapper(const MappingChoice& choice, const models::ChipSpec& chip,
                                               Progress& progress) {
  compiler::MappingFile file;
  if (!choice.file.empty()) file = read_mapping(choice.file);
  return [file = std::move(file), choice, &chip, &progress](const ir::Graph& graph,
                                                            const compiler::CodegenOptions& options) {
    compiler::require_legal(file, graph, options.batch, chip.arch);
    compiler::CodegenOptions fixed = options;
    fixed.mapping = file.mapping;
    progress.phase("searching mappings");
    const Searching searching(choice, chip);
    return compiler::map_network(graph, chip.arch, fixed, searching.options());
  };
}

std::string mapping_file_text(const compiler::CompiledNetwork& compiled, const models::ChipSpec& chip) {
  const isa::Program& program = compiled.program;
  const std::string title = fmt::format("{} on {}, {}, batch {}", program.network, program.chip,
                                        isa::to_string(program.precision), program.batch);
  const compiler::PlacedPart part(compiled.quantised, chip.arch, program.batch, compiled.mapping.sub_batch);
  return compiler::mapping_text(compiled.mapping, title, part, chip.arch);
}

}  // namespace nnp::cli
