// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/errors.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>
#include <new>

#include "compiler/compile_error.h"
#include "compiler/frontend/topology.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/interrupt.h"
#include "host_runtime/cli/precision_file.h"
#include "host_runtime/device/device.h"
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

int say(int code, std::string_view message) {
  fmt::print(stderr, "nnpsim: {}\n", message);
  return code;
}

/// Messages that already begin with "file:line:col:" stay at the start of their lines, for editors.
int say_lines(int code, std::string_view message) {
  fmt::print(stderr, "{}\n", message);
  return code;
}

}  // namespace

std::string instead_of(std::string_view name, const std::vector<std::string>& candidates,
                       std::string_view what) {
  const std::string near = models::nearest_name(name, candidates);
  return near.empty() ? fmt::format(". {}: {}", what, fmt::join(candidates, ", "))
                      : fmt::format("; did you mean {}?", near);
}

int report_current_exception() {
  try {
    throw;
  } catch (const UsageError& error) {
    return say(kUsage, error.what());
  } catch (const PrecisionFileError& error) {
    return say_lines(kUsage, error.what());
  } catch (const FileFault& error) {
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
  } catch (const compiler::ModelFileError& error) {
    return say(kFile, error.what());
  } catch (const compiler::CompileError& error) {
    return say(kUsage, error.what());
  } catch (const isa::FileError& error) {
    return say(kFile, error.what());
  } catch (const traces::TraceFileError& error) {
    return say(kFile, error.what());
  } catch (const std::filesystem::filesystem_error& error) {
    return say(kFile, fmt::format("{}: {}", error.path1().string(), error.code().message()));
  } catch (const sim::DeadlockError& error) {
    return say(kStuck, error.what());
  } catch (const sim::TokenError& error) {
    return say(kStuck, error.what());
  } catch (const sim::AddressError& error) {
    return say(kStuck, error.what());
  } catch (const sim::ArrayFault& error) {
    return say(kCheckFailed, error.what());
  } catch (const device::InterruptedError&) {
    say(kOk, "interrupted");
    return interrupt_exit_code();
  } catch (const std::bad_alloc&) {
    return say(kStuck, "out of memory");
  } catch (const std::exception& error) {
    return say(kInternal, fmt::format("internal error: {}", error.what()));
  } catch (...) {
    return say(kInternal, "internal error");
  }
}

}  // namespace nnp::cli
