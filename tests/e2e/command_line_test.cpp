// SPDX-License-Identifier: Apache-2.0
// Wrong command lines: exit code 2, the value, what is allowed, the nearest name.
#include "tests/e2e/expect.h"

namespace nnp::test {
namespace {

struct BadLine {
  const char* name;
  Words arguments, words;
};
void PrintTo(const BadLine& line, std::ostream* out) { *out << line.name; }

class BadLines : public testing::TestWithParam<BadLine> {};

TEST_P(BadLines, AreRefusedWithAHint) { expect_refused(GetParam().arguments, 2, GetParam().words); }

const BadLine kLines[] = {
    {"NoCommand", {}, {"no command", "run", "doctor"}},
    {"UnknownCommand", {"rnu", "lenet5"}, {"'rnu'", "did you mean run?"}},
    {"ForeignCommand", {"simulate"}, {"'simulate'", "Commands: run, compile, exec"}},
    {"NoNetwork", {"run"}, {"network", "run --help"}},
    {"UnknownOption", {"run", "lenet5", "--chp", "edge8"}, {"--chp", "did you mean --chip?"}},
    {"OptionWithoutValue", {"run", "lenet5", "--chip"}, {"--chip"}},
    {"OptionTwice", {"run", "lenet5", "--chip", "edge8", "--chip", "tpu_v1"}, {"--chip"}},
    {"OptionOfALaterRelease", {"run", "lenet5", "--energy", "x.json"}, {"--energy"}},
    {"FlagWithValue", {"run", "lenet5", "--json=3"}, {"json"}},
    {"WordTooMany", {"run", "lenet5", "resnet18"}, {"'resnet18'"}},
    {"UnknownNetwork", {"run", "lenet"}, {"'lenet'", "did you mean lenet5?"}},
    {"ForeignNetwork", {"run", "model.pb"}, {"'model.pb'", ".onnx", "resnet50"}},
    {"UnknownChip", {"run", "lenet5", "--chip", "edge9"}, {"edge9", "edge8"}},
    {"UnknownPrecision", {"run", "lenet5", "--precision", "int9"}, {"--precision int9", "did you mean int8"}},
    {"PrecisionOfAnotherChip", {"run", "lenet5", "--precision", "fp32"}, {"tpu_v1", "fp32"}},
    {"UnknownEngine", {"run", "lenet5", "--engine", "leep"}, {"--engine leep", "did you mean leap?"}},
    {"UnknownReference",
     {"run", "lenet5", "--check", "naive,onedn"},
     {"--check onedn", "did you mean onednn?"}},
    {"EmptyReference", {"run", "lenet5", "--check", "naive,"}, {"--check"}},
    {"BatchZero", {"run", "lenet5", "--batch", "0"}, {"--batch 0", "1 to"}},
    {"BatchNoNumber", {"run", "lenet5", "--batch", "4x"}, {"--batch 4x"}},
    {"BatchTooLarge", {"run", "lenet5", "--batch", "99999999999999999999"}, {"--batch", "1 to"}},
    {"MaxCyclesZero", {"run", "lenet5", "--max-cycles", "0"}, {"--max-cycles 0", "1 to"}},
    {"SeedNegative", {"run", "lenet5", "--seed", "-1"}, {"--seed"}},
    {"DimWithoutSize", {"run", "lenet5", "--dim", "batch"}, {"--dim batch", "NAME=N"}},
    {"DimTwice", {"run", "lenet5", "--dim", "batch=1", "--dim", "batch=2"}, {"batch"}},
    {"DimAgainstBatch", {"run", "lenet5", "--dim", "batch=1", "--batch", "2"}, {"--batch 2", "batch=1"}},
    {"StepsOfAnImage", {"run", "lenet5", "--seq-len", "3"}, {"--seq-len 3", "lenet5"}},
    {"RandomAndFile", {"run", "lenet5", "--input", "random:1", "--input", "random:2"}, {"random:SEED"}},
    {"RandomNoSeed", {"run", "lenet5", "--input", "random:x"}, {"random x"}},
    {"UnknownCalibration",
     {"run", "lenet5", "--calibration", "minmx"},
     {"--calibration minmx", "did you mean minmax?"}},
    {"PercentileOfAnotherRule", {"run", "lenet5", "--percentile", "99"}, {"--percentile 99", "percentile"}},
    {"SamplesZero", {"compile", "lenet5", "-o", "x.nnp", "--samples", "0"}, {"--samples 0", "1 to"}},
    {"QuantizeWithoutOutput", {"quantize", "lenet5"}, {"-o"}},
    {"CompileWithoutOutput", {"compile", "lenet5"}, {"-o"}},
    {"DramWithoutTrace", {"dram", "--preset", "ddr4_2400"}, {"--trace"}},
    {"DramWithoutPreset", {"dram", "--trace", "x"}, {"--preset"}},
    {"DramUnknownPreset", {"dram", "--preset", "ddr4_2401", "--trace", "x"}, {"ddr4_2401", "'ddr4_2400'"}},
    {"DramUnknownSymbol",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--set", "tRFCx=420"},
     {"'tRFCx'", "nearest is 'tRFC'"}},
    {"DramUnknownSetting",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--set", "que_depth=8"},
     {"'que_depth'", "nearest is 'queue_depth'"}},
    {"DramSettingWithoutValue",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--set", "tRFC"},
     {"SYMBOL=VALUE"}},
    {"DramSymbolNoNumber",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--set", "tRFC=long"},
     {"tRFC", "long"}},
    {"DramUnknownPolicy",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--set", "page_policy=shut"},
     {"page_policy", "open, closed"}},
    {"DramNoPerBankRefresh",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--set", "refresh=per_bank"},
     {"all_bank or off"}},
    {"DramBadMap",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--address-map", "row:bank"},
     {"'bankgroup'"}},
    {"DramWindowZero",
     {"dram", "--preset", "ddr4_2400", "--trace", "x", "--window", "0"},
     {"--window 0", "1 to"}},
    {"AsmWithoutSource", {"asm", "-o", "x.nnp"}, {"source"}},
};
INSTANTIATE_TEST_SUITE_P(Every, BadLines, testing::ValuesIn(kLines),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(ChipParameters, AllFaultsOfACommandLineAreToldAtOnce) {
  expect_refused({"run", "lenet5", "--chip", "edge8", "--set", "core.array.row=8", "--set",
                  "core.array.cols=0", "--set", "memory.preset=ddr9"},
                 2, {"core.array.rows", "core.array.cols = 0", "1 to", "ddr9", "--set"});
}

TEST(CommandLine, AnOptionThatMayBeRepeatedLeavesTheWordBehindItsValueAlone) {
  const Outcome before = run_nnpsim({"run", "--set", "core.frequency=350 MHz", "--timing-only", "--check",
                                     "none", "--json", "lenet5"}),
                behind = run_nnpsim({"run", "--timing-only", "--check", "none", "--json", "--set",
                                     "core.frequency=350 MHz", "lenet5"});
  EXPECT_EQ(behind.exit, 0) << behind.err;
  EXPECT_EQ(before.exit, 0) << before.err;
  expect_refused({"run", "--set", "core.frequency=350 MHz", "lenet6", "--timing-only"}, 2,
                 {"'lenet6'", "did you mean lenet5?"});
}

TEST(ChipParameters, ABufferHasBanksForTheThreeStreamsOfAVectorOperation) {
  expect_refused({"run", "lenet5", "--chip", "edge8", "--set", "core.buffer.banks=2"}, 2,
                 {"core.buffer.banks = 2", "3 to 1024"});
}

TEST(ChipParameters, AMemoryThatDoesNotFitTogetherSaysWhatIsKnown) {
  const auto refused = [](const char* setting, const Words& words) {
    expect_refused({"run", "lenet5", "--chip", "edge8", "--timing-only", "--check", "none", "--set", setting},
                   2, words);
  };
  refused("memory.timing.tRFCx=400", {"'tRFCx'", "nearest is 'tRFC'"});
  refused("memory.address_map=row:bank:column", {"'bankgroup' is missing"});
  refused("memory.refresh=per_bank", {"all_bank or off"});
  refused("memory.ranks=8", {"ranks = 8", "up to 4"});
}

TEST(ChipParameters, ABufferTooSmallForALayerTellsBothSizes) {
  expect_refused(
      {"run", "lenet5", "--chip", "edge8", "--set", "core.buffer.size=1 KiB", "--set", "core.buffer.banks=4"},
      2, {"unified buffer", "1024", "smallest tile"});
}

TEST(Help, GoesToStdoutForTheProgramAndEveryCommand) {
  for (const Words& arguments :
       {Words{"--help"}, Words{"run", "--help"}, Words{"compile", "-h"}, Words{"quantize", "--help"},
        Words{"exec", "--help"}, Words{"asm", "--help"}, Words{"disasm", "--help"}, Words{"chips", "--help"},
        Words{"networks", "--help"}, Words{"dram", "--help"}, Words{"doctor", "--help"}}) {
    const Outcome outcome = run_nnpsim(arguments);
    EXPECT_EQ(outcome.exit, 0) << reproducer(arguments);
    EXPECT_NE(outcome.out.find("Usage: nnpsim"), std::string::npos) << reproducer(arguments) << '\n'
                                                                    << outcome.out;
    EXPECT_EQ(outcome.err, "") << reproducer(arguments);
  }
}

}  // namespace
}  // namespace nnp::test
