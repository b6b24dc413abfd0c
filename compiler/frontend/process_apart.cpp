// SPDX-License-Identifier: Apache-2.0
// Linux: fork, resource limits, a memory file for the result, a pipe whose closing tells the child's end.
#include "compiler/frontend/process_apart.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <malloc.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <new>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

namespace nnp::compiler {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int kBetweenMs = 10;             // two looks at a working child
constexpr int kHungry = 75, kFailed = 70;  // the child's exit codes

// AddressSanitizer reserves terabytes of addresses for its shadow: there the resident set is watched instead
// of the address space being bounded.
#ifdef __SANITIZE_ADDRESS__
constexpr bool kBoundAddresses = false;
#else
constexpr bool kBoundAddresses = true;
#endif

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::generic_category(), what);
}

class Descriptor {
 public:
  Descriptor(int number, const char* what) : number_(number) {
    if (number < 0) throw_errno(what);
  }
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { reset(); }
  int get() const { return number_; }
  int release() { return std::exchange(number_, -1); }
  void reset() {
    if (number_ >= 0) close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

struct Pages {
  std::uint64_t addresses = 0, resident = 0;  // bytes
};

Pages pages_of(pid_t process) {
  Pages pages;
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  file >> pages.addresses >> pages.resident;
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return {pages.addresses * page, pages.resident * page};
}

rlim_t processors() { return std::max(1u, std::thread::hardware_concurrency()); }

void limit(__rlimit_resource resource, rlim_t value) {
  rlimit now = {};
  getrlimit(resource, &now);
  now.rlim_cur = std::min(value, now.rlim_max);
  setrlimit(resource, &now);
}

// ---- the child

void write_all(int file, std::span<const std::uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw std::bad_alloc();  // the memory file is at its limit
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

/// The child goes with its parent, dies of Ctrl-C at once, and leaves no core file.
void obey(const ProcessLimits& limits, pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(kFailed);
  for (const int signal : {SIGINT, SIGTERM, SIGXCPU}) std::signal(signal, SIG_DFL);
  std::signal(SIGXFSZ, SIG_IGN);
  limit(RLIMIT_CORE, 0);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);  // what is freed is used again: a new page costs more than its copy,
  mallopt(M_TRIM_THRESHOLD, 1 << 30);  // and all goes with the child
  if (limits.seconds != 0) limit(RLIMIT_CPU, rlim_t{limits.seconds} * processors() + 1);
  if (limits.memory_bytes == 0) return;
  limit(RLIMIT_FSIZE, limits.memory_bytes);
  if (kBoundAddresses) limit(RLIMIT_AS, pages_of(getpid()).addresses + limits.memory_bytes);
  // At once, not by an exception through libraries that do not expect one.
  std::set_new_handler([] { _exit(kHungry); });
}

[[noreturn]] void be_child(const ProcessLimits& limits, pid_t parent, int file,
                           const std::function<void(const ir::ByteSink&)>& work) {
  try {
    obey(limits, parent);
    work([file](std::span<const std::uint8_t> bytes) { write_all(file, bytes); });
    _exit(0);
  } catch (const std::bad_alloc&) {
    _exit(kHungry);
  } catch (...) {
    _exit(kFailed);
  }
}

// ---- the parent

/// A child that is ended and waited for, whatever happens.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ != 0) end();
  }
  int end() {
    kill(pid_, SIGKILL);
    return wait();
  }
  int wait() {
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return status;
  }
  pid_t pid() const { return pid_; }

 private:
  pid_t pid_;
};

/// Waits for the pipe to close; what made the child end when that was here.
std::optional<ProcessEnd> watch(const Child& child, int alive, const ProcessLimits& limits) {
  const auto start = Clock::now();
  const std::uint64_t resident = kBoundAddresses ? 0 : pages_of(getpid()).resident;
  while (true) {
    pollfd waiting{alive, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, kBetweenMs);
    if (limits.poll) limits.poll();
    if (ready > 0) return std::nullopt;
    if (limits.seconds != 0 && Clock::now() - start > std::chrono::seconds(limits.seconds))
      return ProcessEnd::out_of_time;
    if (!kBoundAddresses && limits.memory_bytes != 0 &&
        pages_of(child.pid()).resident > resident + limits.memory_bytes)
      return ProcessEnd::out_of_memory;
  }
}

Apart ended_with(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {ProcessEnd::done, 0, false, {}};
  if (WIFEXITED(status) && WEXITSTATUS(status) == kHungry) return {ProcessEnd::out_of_memory, 0, false, {}};
  if (WIFEXITED(status)) return {ProcessEnd::crashed, WEXITSTATUS(status), false, {}};
  if (WTERMSIG(status) == SIGXCPU) return {ProcessEnd::out_of_time, 0, false, {}};
  return {ProcessEnd::crashed, WTERMSIG(status), true, {}};
}

}  // namespace

Apart run_apart(const ProcessLimits& limits, const std::function<void(const ir::ByteSink&)>& work) {
  Descriptor file(memfd_create("nnpsim", MFD_CLOEXEC), "memfd_create");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw_errno("pipe");
  Descriptor alive(ends[0], "pipe"), held(ends[1], "pipe");
  const pid_t parent = getpid(), pid = fork();
  if (pid < 0) throw_errno("fork");
  if (pid == 0) be_child(limits, parent, file.get(), work);
  Child child(pid);
  held.reset();
  if (const auto end = watch(child, alive.get(), limits)) {
    child.end();
    return {*end, 0, false, {}};
  }
  Apart result = ended_with(child.wait());
  if (result.end == ProcessEnd::done) result.bytes = WrittenBytes(file.release());
  return result;
}

std::string describe_crash(const Apart& apart) {
  return apart.signal ? fmt::format("signal {}, {}", apart.number, strsignal(apart.number))
                      : fmt::format("exit code {}", apart.number);
}

WrittenBytes::WrittenBytes(int number) {
  const Descriptor file(number, "memfd");
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) throw_errno("fstat");
  if (status.st_size == 0) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  void* at = mmap(nullptr, size, PROT_READ, MAP_SHARED, file.get(), 0);
  if (at == MAP_FAILED) throw_errno("mmap");
  bytes_ = {static_cast<const std::uint8_t*>(at), size};
}

WrittenBytes::WrittenBytes(WrittenBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

WrittenBytes& WrittenBytes::operator=(WrittenBytes&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

WrittenBytes::~WrittenBytes() {
  if (!bytes_.empty()) munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace nnp::compiler
