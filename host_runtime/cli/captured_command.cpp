// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/captured_command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "host_runtime/cli/command_line.h"
#include "host_runtime/cli/errors.h"

namespace nnp::cli {
namespace {

struct Closed {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// stdout goes to a file without a name while this lives.
class Captured {
 public:
  Captured() : file_(std::tmpfile()), home_(dup(STDOUT_FILENO)) {
    std::fflush(stdout);
    if (!file_ || home_ < 0 || dup2(fileno(file_.get()), STDOUT_FILENO) < 0)
      throw FileFault("a temporary file cannot be made");
  }
  ~Captured() {
    std::fflush(stdout);
    if (home_ >= 0) dup2(home_, STDOUT_FILENO), close(home_);
  }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  std::string text() {
    std::fflush(stdout);
    std::string text(static_cast<std::size_t>(lseek(STDOUT_FILENO, 0, SEEK_END)), '\0');
    std::size_t at = 0;
    for (ssize_t got = 1; at < text.size() && got > 0; at += static_cast<std::size_t>(got))
      got = std::max<ssize_t>(
          0, pread(STDOUT_FILENO, text.data() + at, text.size() - at, static_cast<off_t>(at)));
    if (at < text.size()) throw FileFault("a temporary file cannot be read");
    return text;
  }

 private:
  std::unique_ptr<std::FILE, Closed> file_;
  int home_;
};

}  // namespace

std::string output_of_command(const std::vector<std::string>& arguments) {
  std::vector<const char*> words{"nnpsim"};
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  Captured captured;
  const int code = parse_command_line(static_cast<int>(words.size()), words.data())();
  if (code != 0)
    throw UsageError(fmt::format("`nnpsim {}` ended with exit code {}", fmt::join(arguments, " "), code));
  return captured.text();
}

}  // namespace nnp::cli
