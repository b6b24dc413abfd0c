// SPDX-License-Identifier: Apache-2.0
// The loop over the cases. What is present is kept where a signal handler and the sanitizers find it.
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "tests/fuzz/support/fuzz.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
/// No case may allocate half a GiB at once or make the process larger than 4 GiB. calloc may be refused: the
/// chip's memories are allocated untouched. Signals are told apart from what the sanitizer finds.
extern "C" const char* __asan_default_options() {
  return "max_allocation_size_mb=512:hard_rss_limit_mb=4096:allocator_may_return_null=1:quarantine_size_mb="
         "32:"
         "handle_segv=0:handle_sigbus=0:handle_sigfpe=0:handle_sigill=0";
}
#endif

namespace nnp::fuzz {
namespace {

// A handler reaches nothing but globals.
std::array<char, 200> reproducer{};
int report_file = STDERR_FILENO;
const pid_t own_process = getpid();  // a child's end is its parent's business

void print_reproducer(const char* what) {
  for (const char* text : {static_cast<const char*>(reproducer.data()), ": ", what, "\n"})
    if (write(report_file, text, std::strlen(text)) < 0) return;
}

/// What the program says on stderr by the way is not wanted ten thousand times.
void silence_stderr() {
  report_file = dup(STDERR_FILENO);
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_set_report_fd(reinterpret_cast<void*>(static_cast<std::intptr_t>(report_file)));  // NOLINT
#endif
  if (std::freopen("/dev/null", "w", stderr) == nullptr) std::fputs("stderr stays\n", stdout);
}

extern "C" void on_signal(int signal) {
  if (getpid() == own_process) print_reproducer(signal == SIGALRM ? "does not end" : "crashes");
  std::signal(signal, SIG_DFL);
  raise(signal);
}

void catch_crashes() {
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_set_death_callback([] { print_reproducer("crashes"); });
#endif
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGALRM}) std::signal(signal, on_signal);
}

struct Options {
  std::uint64_t seed = 1, from = 0, cases = 300;
  std::optional<std::uint64_t> one;
  std::string write, file;
};

std::uint64_t number(const char* text) {
  std::uint64_t value = 0;
  const char* end = text + std::strlen(text);
  if (const auto [stop, error] = std::from_chars(text, end, value); error != std::errc() || stop != end)
    throw cli::UsageError(fmt::format("'{}' is no whole number", text));
  return value;
}

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const bool last = i + 1 == argc;
    if (word == "--cases" && !last)
      options.cases = number(argv[++i]);
    else if (word == "--from" && !last)
      options.from = number(argv[++i]);
    else if (word == "--seed" && !last)
      options.seed = number(argv[++i]);
    else if (word == "--case" && !last)
      options.one = number(argv[++i]);
    else if (word == "--write" && !last)
      options.write = argv[++i];
    else if (!word.starts_with("-"))
      options.file = word;
    else
      throw cli::UsageError(
          fmt::format("{}: --cases N, --from K, --seed S, --case K, --write FILE, or a file", word));
  }
  return options;
}

/// Independent streams for all (seed, case).
Random random_of(std::uint64_t seed, std::uint64_t one) {
  std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                      static_cast<std::uint32_t>(one), static_cast<std::uint32_t>(one >> 32)};
  return Random(mixed);
}

class Session {
 public:
  Session(const Target& target, bool verbose) : target_(target), verbose_(verbose) {}

  void judge(const std::string& bytes) {
    alarm(target_.seconds);
    const cli::ErrorReport report = outcome(bytes);
    alarm(0);
    ++exits_[report.code];
    if (verbose_)
      fmt::print("{}: exit {}{}{}\n", reproducer.data(), report.code, report.text.empty() ? "" : ", ",
                 report.text);
    const bool silent = report.code != cli::kOk && report.text.size() <= std::strlen("nnpsim: ");
    if (report.code < cli::kInternal && !silent) return;
    ++findings_;
    print_reproducer(silent ? "no message" : report.text.c_str());
  }
  int finish(double seconds) const {
    std::string text;
    for (const auto& [code, count] : exits_) text += fmt::format(", exit {}: {}", code, count);
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    fmt::print("{}{}; {} findings, {:.0f} s, at most {} MiB\n", target_.name, text, findings_, seconds,
               usage.ru_maxrss / 1024);
    return findings_ == 0 ? 0 : 1;
  }

 private:
  cli::ErrorReport outcome(const std::string& bytes) {
    try {
      target_.judge(bytes);
      return {cli::kOk, ""};
    } catch (...) {
      return cli::describe_current_exception();
    }
  }
  const Target& target_;
  bool verbose_;
  std::map<int, std::uint64_t> exits_;
  std::uint64_t findings_ = 0;
};

void name_case(const std::string& text) {
  std::strncpy(reproducer.data(), text.c_str(), reproducer.size() - 1);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw cli::FileFault(path + ": cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

int run_cases(const Target& target, const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  catch_crashes();
  if (!options.one && options.file.empty()) silence_stderr();
  Session session(target, options.one.has_value() || !options.file.empty());
  const std::uint64_t first = options.one.value_or(options.from),
                      end = options.one ? first + 1 : options.cases;
  if (!options.file.empty()) {
    name_case(fmt::format("{} {}", target.name, options.file));
    session.judge(read_file(options.file));
  }
  for (std::uint64_t one = first; options.file.empty() && one < end; ++one) {
    name_case(fmt::format("fuzz_{} --seed {} --case {}", target.name, options.seed, one));
    Random random = random_of(options.seed, one);
    const std::string bytes = target.make(random);
    if (options.write.empty())
      session.judge(bytes);
    else
      std::ofstream(options.write, std::ios::binary) << bytes;
  }
  return session.finish(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
}

}  // namespace

int run(const Target& target, int argc, char** argv) {
  try {
    return run_cases(target, parse(argc, argv));
  } catch (...) {
    return cli::report_current_exception();
  }
}

}  // namespace nnp::fuzz
