// SPDX-License-Identifier: Apache-2.0
// What the child sends: one byte that says what follows, then the graph's bytes or an exception's message.
#include "compiler/frontend/import_apart.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <new>

namespace nnp::compiler {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kLeastBytes = 1024 * kMiB, kBytesAFileByte = 8;
constexpr unsigned kLeastSeconds = 60;
constexpr std::uint64_t kBytesASecond = 8 * kMiB;
constexpr std::uint64_t kMostSeconds = 1'000'000, kMostMiB = std::uint64_t{1} << 32;

enum class Reply : std::uint8_t { graph, compile_error, file_error, other };

std::uint64_t from_environment(const char* variable, std::uint64_t otherwise, std::uint64_t most) {
  const char* text = std::getenv(variable);
  if (text == nullptr || *text == '\0') return otherwise;
  std::uint64_t value = 0;
  const char* end = text + std::strlen(text);
  const auto [stop, error] = std::from_chars(text, end, value);
  if (error != std::errc() || stop != end || value > most)
    throw CompileError(fmt::format("{}={}: a whole number from 0 (no limit) to {}", variable, text, most));
  return value;
}

void send(const ir::ByteSink& sink, Reply reply, std::string_view message) {
  const auto kind = static_cast<std::uint8_t>(reply);
  sink({&kind, 1});
  sink({reinterpret_cast<const std::uint8_t*>(message.data()), message.size()});
}

void import_and_send(const std::filesystem::path& path, const ImportOptions& options,
                     const ir::ByteSink& sink) {
  try {
    const ir::Graph graph = import_network(path, options);
    send(sink, Reply::graph, {});
    ir::serialize(graph, sink);
  } catch (const CompileError& error) {
    send(sink, Reply::compile_error, error.what());
  } catch (const ModelFileError& error) {
    send(sink, Reply::file_error, error.what());
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    send(sink, Reply::other, error.what());
  }
}

/// The child worked on foreign bytes: what it sends is believed as little.
ir::Graph graph_of(std::span<const std::uint8_t> bytes, const std::string& file) {
  try {
    return ir::deserialize(bytes);
  } catch (const std::runtime_error& error) {
    throw ModelFileError(fmt::format("{}: its import sent no graph: {}", file, error.what()));
  }
}

ir::Graph receive(std::span<const std::uint8_t> bytes, const std::string& file) {
  if (bytes.empty()) throw ModelFileError(fmt::format("{}: its import ended without a result", file));
  const auto rest = bytes.subspan(1);
  const auto message = [&] { return std::string(rest.begin(), rest.end()); };
  switch (static_cast<Reply>(bytes.front())) {
    case Reply::graph:
      return graph_of(rest, file);
    case Reply::compile_error:
      throw CompileError(message());
    case Reply::file_error:
      throw ModelFileError(message());
    case Reply::other:
      break;
  }
  throw std::runtime_error(message());
}

}  // namespace

ProcessLimits import_limits(const std::filesystem::path& path) {
  std::error_code error;
  std::uint64_t size = std::filesystem::file_size(path, error);
  if (error) size = 0;  // the import says what is wrong
  ProcessLimits limits;
  limits.seconds = static_cast<unsigned>(
      from_environment(kImportSeconds, kLeastSeconds + size / kBytesASecond, kMostSeconds));
  limits.memory_bytes =
      kMiB * from_environment(kImportMemory, (kLeastBytes + kBytesAFileByte * size) / kMiB, kMostMiB);
  return limits;
}

ir::Graph import_network_apart(const std::filesystem::path& path, const ImportOptions& options,
                               const ProcessLimits& limits) {
  if (is_topology(path)) return import_network(path, options);
  const Apart apart =
      run_apart(limits, [&](const ir::ByteSink& sink) { import_and_send(path, options, sink); });
  switch (apart.end) {
    case ProcessEnd::done:
      return receive(apart.bytes.span(), path.string());
    case ProcessEnd::out_of_time:
      throw ImportLimitError(fmt::format("importing {} took more than {} s; {}=N allows N seconds",
                                         path.string(), limits.seconds, kImportSeconds));
    case ProcessEnd::out_of_memory:
      throw ImportLimitError(fmt::format("importing {} needs more than {} MiB; {}=N allows N MiB",
                                         path.string(), limits.memory_bytes / kMiB, kImportMemory));
    case ProcessEnd::crashed:
      break;
  }
  throw ModelFileError(fmt::format("{}: importing it crashed ({})", path.string(), describe_crash(apart)));
}

}  // namespace nnp::compiler
