// SPDX-License-Identifier: Apache-2.0
// Work on foreign bytes in a child process: what it writes comes back, and neither a crash nor hunger nor
// endlessness reaches the caller. The child is a copy (fork), so the caller must have no other thread that
// the work needs.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "compiler/ir/graph_stream.h"

namespace nnp::compiler {

struct ProcessLimits {
  std::uint64_t memory_bytes = 0;  // beyond what the caller has, and of what is written; 0: no limit
  unsigned seconds = 0;            // of wall clock; 0: no limit
  std::function<void()> poll;  // called every few milliseconds of waiting; may throw, which ends the child
};

/// The bytes that a child has written, mapped: no second copy of them is made.
class WrittenBytes {
 public:
  WrittenBytes() = default;
  explicit WrittenBytes(int file);  // takes the descriptor
  WrittenBytes(WrittenBytes&&) noexcept;
  WrittenBytes& operator=(WrittenBytes&&) noexcept;
  ~WrittenBytes();
  std::span<const std::uint8_t> span() const { return bytes_; }

 private:
  std::span<const std::uint8_t> bytes_;
};

enum class ProcessEnd : std::uint8_t { done, out_of_time, out_of_memory, crashed };

struct Apart {
  ProcessEnd end = ProcessEnd::crashed;
  int number = 0;  // crashed: the signal, or the exit code where there is no signal
  bool signal = false;
  WrittenBytes bytes;  // when done
};

/// Runs `work` in a child, which ends with it; exceptions that leave it are a crash, std::bad_alloc is
/// out_of_memory. Throws std::system_error where the system has no process or memory file to give.
Apart run_apart(const ProcessLimits&, const std::function<void(const ir::ByteSink&)>& work);

/// "signal 11, Segmentation fault" or "exit code 1".
std::string describe_crash(const Apart&);

}  // namespace nnp::compiler
