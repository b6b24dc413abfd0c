// SPDX-License-Identifier: Apache-2.0
#include "tests/support/nnpsim_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

constexpr auto kBetween = std::chrono::milliseconds(5);

/// The environment of this process with the zoo's cache set.
std::vector<std::string> environment() {
  std::vector<std::string> variables{std::string("NNPSIM_CACHE=") + NNPSIM_TEST_CACHE};
  for (char** variable = environ; *variable != nullptr; ++variable)
    if (!std::string_view(*variable).starts_with("NNPSIM_CACHE=")) variables.emplace_back(*variable);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (std::string& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// A child whose output goes to files: pipes could fill and block it.
class Child {
 public:
  explicit Child(const std::vector<std::string>& arguments) {
    std::vector<std::string> words{NNPSIM_BINARY}, variables = environment();
    words.insert(words.end(), arguments.begin(), arguments.end());
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, folder_.file("out", "").c_str(), O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, folder_.file("err", "").c_str(), O_WRONLY, 0);
    const int error = posix_spawn(&pid_, words[0].c_str(), &actions, nullptr, pointers(words).data(),
                                  pointers(variables).data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error(fmt::format("{} does not start: error {}", words[0], error));
  }
  bool ended() {
    if (!ended_) ended_ = waitpid(pid_, &status_, WNOHANG) == pid_;
    return ended_;
  }
  void send(int signal) { kill(pid_, signal); }
  Outcome wait() {
    if (!ended_) ended_ = waitpid(pid_, &status_, 0) == pid_;
    const int exit = WIFEXITED(status_) ? WEXITSTATUS(status_) : 128 + WTERMSIG(status_);
    return {exit, read_bytes(folder_.path("out")), read_bytes(folder_.path("err"))};
  }

 private:
  TemporaryFolder folder_;
  pid_t pid_ = 0;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace

Outcome run_nnpsim(const std::vector<std::string>& arguments) { return Child(arguments).wait(); }

Outcome signal_nnpsim(const std::vector<std::string>& arguments, const std::function<bool()>& ready,
                      int signal) {
  Child child(arguments);
  while (!child.ended() && !ready()) std::this_thread::sleep_for(kBetween);
  if (!child.ended()) child.send(signal);
  return child.wait();
}

std::string reproducer(const std::vector<std::string>& arguments) {
  std::string line = NNPSIM_BINARY;
  for (const std::string& argument : arguments) line += " '" + argument + "'";
  return line;
}

}  // namespace nnp::test
