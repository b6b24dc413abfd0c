// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/errors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <new>

#include "compiler/compile_error.h"
#include "compiler/frontend/import_apart.h"
#include "compiler/frontend/topology.h"
#include "compiler/mapping/mapping_file.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/cli/precision_file.h"
#include "host_runtime/comparison/gpu_results.h"
#include "host_runtime/device/device.h"
#include "host_runtime/executor/program_check.h"
#include "host_runtime/reference/node_error.h"
#include "isa/program/assembler.h"
#include "isa/program/program_file.h"
#include "models/chips/chip_file.h"
#include "sim/kernel/simulation.h"
#include "sim/units/dram/request_trace.h"
#include "sim/units/engine/chip_state.h"
#include "sim/units/engine/tokens.h"
#include "sim/units/matrix/registers/sum_watch.h"
#include "traces/format/container.h"

namespace nnp::cli {
namespace {

ErrorReport say(int code, std::string_view message) { return {code, fmt::format("nnpsim: {}", message)}; }

/// Messages that already begin with "file:line:col:" stay at the start of their lines, for editors.
ErrorReport say_lines(int code, std::string_view message) { return {code, std::string(message)}; }

}  // namespace

std::string instead_of(std::string_view name, const std::vector<std::string>& candidates,
                       std::string_view what) {
  const std::string near = models::nearest_name(name, candidates);
  return near.empty() ? fmt::format(". {}: {}", what, fmt::join(candidates, ", "))
                      : fmt::format("; did you mean {}?", near);
}

ErrorReport describe_current_exception() {
  try {
    throw;
  } catch (const UsageError& error) {
    return say(kUsage, error.what());
  } catch (const PrecisionFileError& error) {
    return say_lines(kUsage, error.what());
  } catch (const compiler::MappingFileError& error) {
    return say_lines(kUsage, error.what());
  } catch (const FileFault& error) {
    return say(kFile, error.what());
  } catch (const comparison::ResultsFileError& error) {
    return say(kFile, error.what());
  } catch (const models::ChipFileError& error) {
    return say(kFile, error.what());
  } catch (const models::ChipError& error) {
    return say_lines(kUsage, error.what());
  } catch (const sim::TraceError& error) {
    return say_lines(kFile, error.what());
  } catch (const isa::AssemblyError& error) {
    return say_lines(kFile, error.what());
  } catch (const compiler::TopologyFileError& error) {
    return say_lines(kFile, error.what());
  } catch (const compiler::ImportLimitError& error) {
    return say(kStuck, error.what());
  } catch (const compiler::ModelFileError& error) {
    return say(kFile, error.what());
  } catch (const compiler::CompileError& error) {
    return say(kUsage, error.what());
  } catch (const reference::NodeError& error) {
    return say(kUsage, error.what());
  } catch (const isa::FileError& error) {
    return say(kFile, error.what());
  } catch (const traces::TraceFileError& error) {
    return say(kFile, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return say(kFile, fmt::format("{}: {}", error.path1().string(), error.code().message()));
  } catch (const sim::DeadlockError& error) {
    return say(kStuck, error.what());
  } catch (const LimitReached& error) {
    return say(kStuck, error.what());
  } catch (const sim::CycleLimitError& error) {
    return say(kStuck, error.what());
  } catch (const executor::HostLimitError& error) {
    return say(kStuck, error.what());
  } catch (const sim::TokenError& error) {
    return say(kStuck, error.what());
  } catch (const sim::ProgramFault& error) {
    return say(kStuck, error.what());
  } catch (const sim::ArrayFault& error) {
    return say(kCheckFailed, error.what());
  } catch (const device::InterruptedError&) {
    return say(interrupt_exit_code(), "interrupted");
  } catch (const std::bad_alloc&) {
    return say(kStuck, "out of memory");
  } catch (const std::exception& error) {
    return say(kInternal, fmt::format("internal error: {}", error.what()));
  } catch (...) {
    return say(kInternal, "internal error");
  }
}

int report_current_exception() {
  const ErrorReport report = describe_current_exception();
  fmt::print(stderr, "{}\n", report.text);
  return report.code;
}

}  // namespace nnp::cli
