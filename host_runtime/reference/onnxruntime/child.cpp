// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/onnxruntime/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "host_runtime/reference/onnxruntime/onnx_runtime.h"

namespace nnp::reference {
namespace {

constexpr std::size_t kLongestText = std::size_t{1} << 28;  // of a message; more is no message

std::vector<std::string> environment(const std::filesystem::path& package) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) variables.emplace_back(*variable);
  variables.push_back("NNPSIM_ONNXRUNTIME_PACKAGE=" + package.string());
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// The last line that holds something.
std::string last_line(int file) {
  std::array<char, 4096> tail{};
  const off_t size = lseek(file, 0, SEEK_END);
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(tail.size()));
  const ssize_t count = pread(file, tail.data(), tail.size(), from);
  std::string text(tail.data(), static_cast<std::size_t>(std::max<ssize_t>(0, count)));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

}  // namespace

RunnerProcess::RunnerProcess(const std::filesystem::path& node, const std::filesystem::path& package) {
  int requests[2], replies[2];  // a socket for requests: writing to a dead one is an error, not a signal
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, requests) != 0)
    throw OnnxRuntimeError("no socket to a child process");
  if (pipe2(replies, O_CLOEXEC) != 0) {
    close(requests[0]), close(requests[1]);
    throw OnnxRuntimeError("no pipe to a child process");
  }
  to_ = requests[0], from_ = replies[0];
  errors_ = memfd_create("runner-errors", MFD_CLOEXEC);
  std::vector<std::string> words{node.string(), "-e", kOnnxRuntimeRunner}, variables = environment(package);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, requests[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, replies[1], STDOUT_FILENO);
  if (errors_ >= 0) posix_spawn_file_actions_adddup2(&actions, errors_, STDERR_FILENO);
  const int error = posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                                pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  close(requests[1]), close(replies[1]);
  if (error == 0) return;
  close(to_), close(from_), close(errors_);
  throw OnnxRuntimeError(fmt::format("{} does not start: {}", node.string(), std::strerror(error)));
}

RunnerProcess::~RunnerProcess() {
  close(to_);  // the end of its input: it leaves
  close(from_);
  if (errors_ >= 0) close(errors_);
  if (pid_ > 0) waitpid(pid_, nullptr, 0);
}

void RunnerProcess::report_end() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  const std::string how = WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                                              : fmt::format("exit code {}", WEXITSTATUS(status));
  const std::string said = errors_ < 0 ? "" : last_line(errors_);
  throw OnnxRuntimeError(
      fmt::format("ONNX Runtime's process ended with {}{}", how, said.empty() ? "" : ": " + said));
}

void RunnerProcess::send_bytes(const void* data, std::size_t size) {
  for (std::size_t at = 0; at < size;) {
    const ssize_t count = ::send(to_, static_cast<const char*>(data) + at, size - at, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) report_end();
    at += static_cast<std::size_t>(count);
  }
}

void RunnerProcess::send(const Message& message) {
  const auto length = static_cast<std::uint32_t>(message.json.size());  // hosts here are little-endian
  send_bytes(&length, sizeof length);
  send_bytes(message.json.data(), message.json.size());
  for (const auto& part : message.parts) send_bytes(part.data(), part.size());
}

std::vector<std::uint8_t> RunnerProcess::receive_bytes(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t at = 0; at < count;) {
    const ssize_t got = read(from_, bytes.data() + at, count - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) report_end();
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

std::string RunnerProcess::receive_text() {
  std::uint32_t length = 0;
  const auto head = receive_bytes(sizeof length);
  std::memcpy(&length, head.data(), sizeof length);
  if (length > kLongestText) throw OnnxRuntimeError("ONNX Runtime's process sent no message");
  const auto text = receive_bytes(length);
  return {text.begin(), text.end()};
}

}  // namespace nnp::reference
