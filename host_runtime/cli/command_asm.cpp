// SPDX-License-Identifier: Apache-2.0
// nnpsim asm FILE.s -o FILE.nnp: assembles, and checks the program's order of accesses for the chip it names.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/output_folder.h"
#include "isa/program/assembler.h"
#include "isa/program/happens_before.h"
#include "isa/program/program_file.h"
#include "isa/program/tables.h"
#include "models/chips/chip_file.h"

namespace nnp::cli {
namespace {

constexpr std::uintmax_t kMostText = std::uintmax_t{1} << 31;

std::string read_text(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error))
    throw FileFault(fmt::format(
        "{}: {}", path, std::filesystem::exists(path, error) ? "not a regular file" : "no such file"));
  const std::uintmax_t size = std::filesystem::file_size(path);
  if (size > kMostText)
    throw FileFault(fmt::format("{}: {} bytes; assembly text has at most {}", path, size, kMostText));
  std::string text(size, '\0');
  std::ifstream file(path, std::ios::binary);
  if (!file.read(text.data(), static_cast<std::streamsize>(size)))
    throw FileFault(fmt::format("{}: cannot be read", path));
  return text;
}

/// --chip, else the preset that the text names, else the default.
models::ChipSpec chip_for(const isa::Program& program, const AsmOptions& options) {
  if (options.chip) return load_chip({*options.chip, options.overrides});
  if (program.chip.empty()) return load_chip({ChipChoice{}.chip, options.overrides});
  const auto presets = models::preset_names();
  if (std::find(presets.begin(), presets.end(), program.chip) == presets.end())
    throw UsageError(
        fmt::format("{}: its chip '{}' is no preset: say where its file is with --chip FILE.toml",
                    options.source, program.chip));
  return load_chip({program.chip, options.overrides});
}

/// A text without .arch_hash is for the chip at hand.
void settle_chip(isa::Program& program, const models::ChipSpec& chip, const std::string& source) {
  const std::uint64_t own = isa::hash(chip.arch);
  if (program.arch_hash == 0) program.arch_hash = own;
  if (program.chip.empty()) program.chip = chip.name;
  if (program.arch_hash != own)
    throw UsageError(
        fmt::format("{}: .arch_hash is {:#x}, but {} has {:#x}: name its chip with --chip and --set, or "
                    "leave .arch_hash out",
                    source, program.arch_hash, chip.name, own));
}

void require_ordered(const isa::Program& program, const isa::ArchSpec& arch, const std::string& source) {
  std::string races;
  for (const isa::Launch& launch : program.launches)
    for (const isa::Race& race : isa::check_happens_before(program, launch, arch))
      races += "\n  " + race.message;
  if (!races.empty())
    throw UsageError(fmt::format(
        "{}: accesses without order (--unchecked writes the program all the same):{}", source, races));
}

}  // namespace

int assemble(const AsmOptions& options) {
  require_writable(options.output);
  isa::Program program = isa::assemble(read_text(options.source), options.source);
  if (const auto faults = isa::check_tables(program); !faults.empty())
    throw FileFault(
        fmt::format("{}: {}", options.source, fmt::join(faults, fmt::format("\n{}: ", options.source))));
  const models::ChipSpec chip = chip_for(program, options);
  settle_chip(program, chip, options.source);
  if (!options.unchecked) require_ordered(program, chip.arch, options.source);
  isa::write_program(program, options.output);
  return kOk;
}

}  // namespace nnp::cli
