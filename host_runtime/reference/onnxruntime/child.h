// SPDX-License-Identifier: Apache-2.0
// The process that runs runner.js, and its messages.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace nnp::reference {

extern const char* const kOnnxRuntimeRunner;  // the text of runner.js

struct Message {
  std::string json;
  std::vector<std::vector<std::uint8_t>> parts;  // sent behind the text, one after the other
};

class RunnerProcess {
 public:
  /// Throws OnnxRuntimeError when it does not start.
  RunnerProcess(const std::filesystem::path& node, const std::filesystem::path& package);
  ~RunnerProcess();
  RunnerProcess(const RunnerProcess&) = delete;
  RunnerProcess& operator=(const RunnerProcess&) = delete;

  /// Throws OnnxRuntimeError when the process has ended; its message says how, and what it said last.
  void send(const Message&);
  std::string receive_text();
  std::vector<std::uint8_t> receive_bytes(std::size_t count);

 private:
  void send_bytes(const void* data, std::size_t size);
  [[noreturn]] void report_end();

  pid_t pid_ = -1;
  int to_ = -1, from_ = -1, errors_ = -1;
};

}  // namespace nnp::reference
