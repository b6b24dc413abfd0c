// SPDX-License-Identifier: Apache-2.0
// nnpsim compile NETWORK -o FILE.nnp.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/cli/mapping_choice.h"
#include "host_runtime/cli/run_flow.h"
#include "isa/program/program_file.h"

namespace nnp::cli {
namespace {

std::size_t host_layers(const isa::Program& program) {
  return static_cast<std::size_t>(std::count_if(program.layers.begin(), program.layers.end(),
                                                [](const auto& layer) { return layer.on_host; }));
}

void print_json(const isa::Program& program, const std::string& file) {
  const nlohmann::ordered_json object{
      {"schema", "nnpsim.compile/1"},
      {"network", program.network},
      {"chip", program.chip},
      {"precision", isa::to_string(program.precision)},
      {"batch", program.batch},
      {"sub_batch", program.sub_batch == 0 ? program.batch : program.sub_batch},
      {"file", file},
      {"instructions", program.instructions.size()},
      {"launches", program.launches.size()},
      {"layers", program.layers.size()},
      {"host_layers", host_layers(program)},
      {"constant_bytes", program.constants.size()},
      {"device_bytes", program.device_bytes},
      {"host_bytes", program.host_bytes}};
  fmt::print("{}\n", object.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

void print_text(const isa::Program& program, const std::string& file) {
  const std::string parts = program.sub_batch == 0 ? "" : fmt::format(", {} at a time", program.sub_batch);
  fmt::print("{} for {}, {}, batch {}{}: {}\n", program.network, program.chip,
             isa::to_string(program.precision), program.batch, parts, file);
  fmt::print("  layers         {} ({} on the host)\n", program.layers.size(), host_layers(program));
  fmt::print("  instructions   {} in {} launch{}\n", count_text(program.instructions.size()),
             program.launches.size(), program.launches.size() == 1 ? "" : "es");
  fmt::print("  device memory  {}, constants {}\n", size_text(static_cast<double>(program.device_bytes)),
             size_text(static_cast<double>(program.constants.size())));
}

}  // namespace

int compile(const CompileOptions& options) {
  const models::ChipSpec chip = load_chip(options.chip);
  require_writable(options.output);
  if (!options.mapping_output.empty()) require_writable(options.mapping_output);
  Progress progress(!options.report.quiet);
  const compiler::CompiledNetwork compiled =
      compile_network(options.network, chip, options.seed, options.verify, progress);
  progress.erase();
  stop_if_interrupted();
  isa::write_program(compiled.program, options.output);
  if (!options.mapping_output.empty())
    replace_file(options.mapping_output, mapping_file_text(compiled, chip));
  if (options.report.json)
    print_json(compiled.program, options.output);
  else if (!options.report.quiet)
    print_text(compiled.program, options.output);
  return kOk;
}

}  // namespace nnp::cli
