// SPDX-License-Identifier: Apache-2.0
// Programs with a token too few or in the wrong place: `asm` says so; written all the same and executed, the
// deadlock's wait graph or a failed check says so, with instructions, layers and the token's story.
#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

class BrokenProgram : public testing::Test {
 protected:
  static std::string healthy_text() {
    static const std::string text = [] {
      const TemporaryFolder folder;
      const std::string program = folder.path("healthy.nnp");
      EXPECT_EQ(run_nnpsim({"compile", "lenet5", "--chip", "edge8", "-o", program, "--quiet"}).exit, 0);
      return run_nnpsim({"disasm", program}).out;
    }();
    return text;
  }
  /// `from` becomes `to` in the first line that begins with `head` and holds it.
  static std::string changed(std::string text, const std::string& head, const std::string& from,
                             const std::string& to) {
    for (std::size_t line = text.find('\n' + head); line != std::string::npos;
         line = text.find('\n' + head, line + 1)) {
      const std::size_t at = text.find(from, line);
      if (at == std::string::npos || at > text.find('\n', line + 1)) continue;
      return text.replace(at, from.size(), to);
    }
    ADD_FAILURE() << "no line " << head << " holds " << from;
    return text;
  }
  /// Refused by asm with these words; written unchecked.
  std::string assemble(const std::string& text, const Words& words) {
    const std::string source = folder_.file("broken.s", text), program = folder_.path("broken.nnp");
    expect_refused({"asm", source, "-o", program}, 2, words);
    EXPECT_EQ(run_nnpsim({"asm", source, "-o", program, "--unchecked"}).exit, 0);
    return program;
  }
  TemporaryFolder folder_;
};

TEST_F(BrokenProgram, WithAMissingSignalDeadlocksAndTheWaitGraphTellsWhichTokenNeverComes) {
  const std::string text = changed(healthy_text(), "matrix.", " signal=1:1", "");
  const std::string program = assemble(text, {"waits for 1 of counter 1", "'conv1'", "drain.drain"});
  const std::string trace = folder_.path("deadlock.npt");
  expect_refused({"exec", program, "--chip", "edge8", "--trace", trace}, 4,
                 {"deadlock", "drain: instruction", "`drain.drain", "wait=1:1", "layer 1 is 'conv1' (Conv)",
                  "token 1 holds 0, began with 0; matrix has given ", "; latest: +1 by instruction",
                  "they wait in a circle: "});
  // The trace shows the run up to there, and why it ended.
  const Outcome query = run_nnpsim({"query", trace, "--stalls", "--unit", "drain"});
  EXPECT_EQ(query.exit, 0) << query.err;
  EXPECT_NE(query.err.find("the run ended early: deadlock"), std::string::npos) << query.err;
  EXPECT_NE(query.out.find("raw"), std::string::npos) << query.out;
}

TEST_F(BrokenProgram, WithTooFewCreditsDeadlocks) {
  const std::string text = changed(healthy_text(), "load.load.reuse", " wait=4:1", " wait=4:9");
  const std::string program = assemble(text, {"waits for 9 of counter 4", "load.load"});
  expect_refused({"exec", program, "--chip", "edge8"}, 4,
                 {"load_dma: instruction", "waits for 9 of token 4", "drain has given 1 of 3",
                  "they wait in a circle: drain -> load_dma -> drain"});
}

TEST_F(BrokenProgram, WithAMissingWaitComputesOtherValuesAndTheRaceIsNamed) {
  const std::string text = changed(healthy_text(), "matrix.", " wait=0:1", "");
  const std::string program =
      assemble(text, {"`matrix.conv", "nothing orders it after", "`hdma.h2d", "'conv1'",
                      "its tokens reach none of that queue's instructions"});
  const Outcome run = run_nnpsim({"exec", program, "--chip", "edge8"});
  EXPECT_EQ(run.exit, 1) << run.err;
  EXPECT_NE(run.out.find("failed"), std::string::npos) << run.out;
  EXPECT_NE(run.err.find("values depend on timing: instruction"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("`matrix.conv"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("'conv1'"), std::string::npos) << run.err;
}

TEST_F(BrokenProgram, WithSwappedTokensIsFoundBeforeAndWhileItRuns) {
  // The pool's result and the drain's are handed over by each other's tokens.
  std::string text = changed(healthy_text(), "drain.drain", " signal=3:1", " signal=5:1");
  text = changed(text, "vector.pool", " signal=5:1", " signal=3:1");
  const std::string program =
      assemble(text, {"`matrix.conv", "nothing orders it after", "`vector.pool", "'pool1'"});
  const Outcome run = run_nnpsim({"exec", program, "--chip", "edge8"});
  EXPECT_TRUE(run.exit == 4 || run.exit == 1) << run.exit << run.err;
  EXPECT_NE(run.err.find("instruction"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace nnp::test
