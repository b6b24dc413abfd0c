// SPDX-License-Identifier: Apache-2.0
// The import in a child process: the same graphs and the same refusals as here, and nothing that a file does
// reaches this process.
#include "compiler/frontend/import_apart.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <functional>

#include "tests/unit/compiler/hungry_models.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp {
namespace {

using namespace compiler;
using test::OnnxMaker;
using test::TemporaryFile;

ProcessLimits limits(std::uint64_t mib, unsigned seconds) { return {mib << 20, seconds, {}}; }

ir::Graph import_apart(const std::string& bytes, const ProcessLimits& within = limits(1024, 60)) {
  return import_network_apart(TemporaryFile(bytes).path(), {}, within);
}

template <typename Error>
std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "(no such error)";
}

bool no_child_is_left() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

TEST(ImportApart, GivesTheGraphOfAnImportHere) {
  OnnxMaker maker;
  maker.input("x", {1, 16}).floats("w", {16, 8}).output("y").node("MatMul", {"x", "w"}, {"y"});
  EXPECT_EQ(ir::serialize(import_apart(maker.bytes())), ir::serialize(maker.import()));
  EXPECT_TRUE(no_child_is_left());
}

TEST(ImportApart, RefusesInTheSameWords) {
  OnnxMaker unknown;
  unknown.input("x", {4}).output("y").node("Bernoulli", {"x"}, {"y"});
  const std::string refusal = message_of<CompileError>([&] { unknown.import(); });
  EXPECT_NE(refusal.find("Bernoulli"), std::string::npos);
  EXPECT_EQ(message_of<CompileError>([&] { import_apart(unknown.bytes()); }), refusal);
  EXPECT_NE(message_of<ModelFileError>([] { import_apart("no model"); }).find("not an ONNX model"),
            std::string::npos);
  EXPECT_NE(message_of<ModelFileError>([] {
              import_network_apart("/no/such/file.onnx", {}, limits(1024, 60));
            }).find("/no/such/file.onnx: no such file"),
            std::string::npos);
}

TEST(ImportApart, OfAFileThatWantsMoreMemoryThanAllowedIsALimitError) {
  const std::string bytes = test::many_large_constants(100);  // 3.1 GiB of integers, then the floats
  EXPECT_LT(bytes.size(), 20'000u);
  const std::string text = message_of<ImportLimitError>([&] { import_apart(bytes, limits(96, 60)); });
  EXPECT_NE(text.find("needs more than 96 MiB; NNPSIM_IMPORT_MIB=N allows"), std::string::npos) << text;
  EXPECT_TRUE(no_child_is_left());
}

TEST(ImportApart, OfAFileThatTakesMoreTimeThanAllowedIsALimitError) {
  const std::string text =
      message_of<ImportLimitError>([&] { import_apart(test::long_constant_chain(400), limits(0, 1)); });
  EXPECT_NE(text.find("took more than 1 s; NNPSIM_IMPORT_SECONDS=N allows"), std::string::npos) << text;
  EXPECT_TRUE(no_child_is_left());
}

TEST(ImportApart, EndsTheChildWhenPollThrows) {
  ProcessLimits within = limits(0, 60);
  within.poll = [] { throw std::runtime_error("Ctrl-C"); };
  EXPECT_EQ(message_of<std::runtime_error>([&] { import_apart(test::long_constant_chain(400), within); }),
            "Ctrl-C");
  EXPECT_TRUE(no_child_is_left());
}

TEST(ImportApart, RefusesGraphsNestedBeyondProtobufsDepth) {
  EXPECT_NE(message_of<ModelFileError>([] { import_apart(test::nested_graphs(1000)); }).find("not an ONNX"),
            std::string::npos);
  EXPECT_NE(message_of<CompileError>([] { import_apart(test::nested_graphs(20)); }), "(no such error)");
}

TEST(RunApart, CarriesBytesBackWithoutAnEnd) {
  const std::vector<std::uint8_t> piece(1 << 20, 7);
  const Apart apart = run_apart({}, [&](const ir::ByteSink& sink) {
    for (int i = 0; i < 8; ++i) sink(piece);
  });
  ASSERT_EQ(apart.end, ProcessEnd::done);
  EXPECT_EQ(apart.bytes.span().size(), 8u << 20);
  EXPECT_EQ(apart.bytes.span().back(), 7);
}

TEST(RunApart, ACrashOfTheChildIsAResult) {
  const auto ends = [](void (*act)()) {
    const Apart apart = run_apart({}, [act](const ir::ByteSink&) { act(); });
    EXPECT_EQ(apart.end, ProcessEnd::crashed);
    return describe_crash(apart);
  };
  EXPECT_EQ(ends([] { raise(SIGKILL); }), "signal 9, Killed");
  EXPECT_EQ(ends([] { std::signal(SIGABRT, SIG_DFL), raise(SIGABRT); }), "signal 6, Aborted");
  EXPECT_EQ(ends([] { _exit(3); }), "exit code 3");
  EXPECT_EQ(ends([] { throw std::logic_error("unexpected"); }), "exit code 70");
}

TEST(RunApart, WhatTheChildWritesCountsAsItsMemory) {
  const std::vector<std::uint8_t> piece(1 << 20);
  const Apart apart = run_apart(limits(16, 60), [&](const ir::ByteSink& sink) {
    while (true) sink(piece);
  });
  EXPECT_EQ(apart.end, ProcessEnd::out_of_memory);
}

/// An environment variable for one test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { setenv(name, value, 1); }
  ~Variable() { unsetenv(name_); }

 private:
  const char* name_;
};

TEST(ImportLimits, GrowWithTheFileAndAreReplacedByTheEnvironment) {
  const TemporaryFile file(std::string(16 << 20, 'x'));
  EXPECT_EQ(import_limits(file.path()).seconds, 60u + 2);
  EXPECT_EQ(import_limits(file.path()).memory_bytes, std::uint64_t{1024 + 8 * 16} << 20);
  const Variable seconds(kImportSeconds, "5"), memory(kImportMemory, "0");
  EXPECT_EQ(import_limits(file.path()).seconds, 5u);
  EXPECT_EQ(import_limits(file.path()).memory_bytes, 0u);
}

TEST(ImportLimits, ThatAreNoNumbersAreRefused) {
  for (const char* text : {"x", "-1", "1.5", "99999999999999999999"}) {
    const Variable memory(kImportMemory, text);
    EXPECT_NE(message_of<CompileError>([] {
                import_limits("any.onnx");
              }).find(std::string("NNPSIM_IMPORT_MIB=") + text + ": a whole number from 0"),
              std::string::npos);
  }
}

}  // namespace
}  // namespace nnp
