// SPDX-License-Identifier: Apache-2.0
// A case in a child process, which sends its result through a pipe.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "compiler/frontend/tensor_file.h"
#include "host_runtime/conformance/conformance.h"
#include "isa/program/byte_stream.h"

namespace nnp::conformance {
namespace {

std::vector<std::uint8_t> bytes_of(const CaseResult& result) {
  isa::ByteWriter out;
  out.put(result.name), out.put(result.outcome), out.put(result.reason);
  out.put(result.chip_nodes), out.put(result.nodes);
  out.put(static_cast<std::uint64_t>(result.operators.size()));
  for (const std::string& name : result.operators) out.put(name);
  return out.take();
}

CaseResult result_of(const std::vector<std::uint8_t>& bytes) {
  isa::ByteReader in(bytes);
  CaseResult result;
  result.name = in.get_string(), result.outcome = in.get<Outcome>(), result.reason = in.get_string();
  result.chip_nodes = in.get<std::uint64_t>(), result.nodes = in.get<std::uint64_t>();
  const auto count = in.get_count(sizeof(std::uint64_t));
  for (std::uint64_t i = 0; i < count; ++i) result.operators.push_back(in.get_string());
  return result;
}

[[noreturn]] void be_child(const std::filesystem::path& folder, Backend& backend, unsigned seconds,
                           int pipe_end) {
  alarm(seconds);  // its signal ends the process
  const auto bytes = bytes_of(run_case(folder, backend));
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t written = write(pipe_end, bytes.data() + at, bytes.size() - at);
    if (written <= 0) break;
    at += static_cast<std::size_t>(written);
  }
  _exit(0);
}

CaseResult broken(const std::filesystem::path& folder, const std::string& reason) {
  CaseResult result;
  result.name = folder.filename().string(), result.outcome = Outcome::failed, result.reason = reason;
  try {
    result.operators = compiler::summarise_model(folder / "model.onnx").operators;
  } catch (const std::exception&) {
    // then nobody knows them
  }
  return result;
}

}  // namespace

CaseResult run_case_apart(const std::filesystem::path& folder, Backend& backend, unsigned seconds) {
  int ends[2];
  if (pipe(ends) != 0) return broken(folder, "no pipe to a child process");
  const pid_t child = fork();
  if (child < 0) return close(ends[0]), close(ends[1]), broken(folder, "no child process");
  if (child == 0) be_child(folder, backend, seconds, ends[1]);
  close(ends[1]);
  std::vector<std::uint8_t> bytes;
  std::array<std::uint8_t, 4096> part;
  for (ssize_t count = 0; (count = read(ends[0], part.data(), part.size())) > 0;)
    bytes.insert(bytes.end(), part.begin(), part.begin() + count);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
    return broken(folder, WTERMSIG(status) == SIGALRM ? fmt::format("no end after {} s", seconds)
                                                      : fmt::format("ended by signal {}", WTERMSIG(status)));
  try {
    return result_of(bytes);
  } catch (const std::out_of_range&) {
    return broken(folder, "the child process said nothing");
  }
}

}  // namespace nnp::conformance
