// SPDX-License-Identifier: Apache-2.0
// What a chip file says arrives in the ChipSpec, comes back from it, and is hashed.
#include "models/chips/chip_file.h"

#include <gtest/gtest.h>

#include <algorithm>

#include <fstream>
#include <set>

#include "models/chips/parameters.h"
#include "tests/unit/models/chip_text.h"

namespace nnp::models {
namespace {

using test::kMinimalChip;
using test::minimal_with;

TEST(Presets, AreTheTomlFilesOfTheFolder) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(NNPSIM_SOURCE_DIR "/models/chips")) {
    if (file.path().extension() == ".toml") names.push_back(file.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(preset_names(), names);
  EXPECT_GE(names.size(), 2u);
}

TEST(Presets, AreNamedAsTheirFileAndEqualIt) {
  for (const std::string& name : preset_names()) {
    const ChipSpec preset = load_chip(name);
    EXPECT_EQ(preset.name, name);
    EXPECT_FALSE(preset.description.empty()) << name;
    EXPECT_EQ(to_toml(preset),
              to_toml(load_chip(std::string(NNPSIM_SOURCE_DIR "/models/chips/") + name + ".toml")));
  }
}

TEST(Presets, SaySourceOfEveryParameter) {
  for (const std::string& name : preset_names()) {
    std::ifstream file(std::string(NNPSIM_SOURCE_DIR "/models/chips/") + name + ".toml");
    std::string line;
    std::string table;
    while (std::getline(file, line)) {
      if (line.starts_with("[")) table = line;
      if (line.empty() || line.starts_with("#") || line.starts_with("[") || table == "[chip]") continue;
      EXPECT_NE(line.find(" # "), std::string::npos) << name << ": " << line;
    }
  }
}

// Jouppi et al., ISCA 2017, section 2 and table 2.
TEST(Presets, TpuV1HasThePublishedFigures) {
  const ChipSpec chip = load_chip("tpu_v1");
  const double tops = 2.0 * chip.arch.array_rows * chip.arch.array_cols *
                      static_cast<double>(chip.core_frequency_khz) * 1e3 / 1e12;
  EXPECT_NEAR(tops, 92, 0.5);
  EXPECT_EQ(chip.arch.unified_buffer_bytes, Bytes{24} << 20);
  EXPECT_EQ(chip.arch.accumulator_rows, 4096u);
  EXPECT_EQ(chip.arch.weight_fifo_tiles * chip.arch.array_rows * chip.arch.array_cols, 4u * 64 * 1024);
  EXPECT_EQ(chip.arch.array_rows / chip.array.shift_rows_per_cycle, 256u);
  EXPECT_EQ(chip.arch.device_memory_bytes, Bytes{8} << 30);
  EXPECT_EQ(chip.memory.preset, "ddr3_2133");
  EXPECT_NEAR(chip.memory.channels * 8 * 2133e6, 34e9, 0.2e9);  // 64-bit channels
  EXPECT_EQ(chip.front_end.fetch, FetchFrom::host);
  EXPECT_EQ(chip.arch.precisions, (std::vector{isa::Precision::int8, isa::Precision::int8x16}));
}

TEST(ChipFile, TakesDefaultsForWhatIsNotSaid) {
  const ChipSpec chip = parse_chip(kMinimalChip, "chip.toml");
  EXPECT_EQ(chip.name, "mini");
  EXPECT_EQ(chip.arch.weight_fetch, isa::WeightFetch::exact);
  EXPECT_EQ(chip.pcie.lanes, PcieSpec{}.lanes);
  EXPECT_EQ(chip.memory.address_map, MemorySpec{}.address_map);
}

TEST(ChipFile, GivesTheMemoryCapacityToTheArchSpecToo) {
  const ChipSpec chip = parse_chip(kMinimalChip, "chip.toml", {"memory.capacity=3 GiB"});
  EXPECT_EQ(chip.memory.capacity, Bytes{3} << 30);
  EXPECT_EQ(chip.arch.device_memory_bytes, Bytes{3} << 30);
}

TEST(ChipFile, TakesInlineTablesAndDottedKeysAsTomlMeansThem) {
  const ChipSpec chip =
      parse_chip(minimal_with("[core.array]\nkind = \"weight_stationary\"\nrows = 8\ncols = 8\n",
                              "array = { kind = \"weight_stationary\", rows = 8, cols = 0x10 }\n"),
                 "chip.toml");
  EXPECT_EQ(chip.arch.array_cols, 16u);
}

TEST(ChipFile, KeepsTimingOverrides) {
  const ChipSpec chip = parse_chip(std::string(kMinimalChip) + "[memory.timing]\ntRFC = 350\ntRCD = 16.5\n",
                                   "chip.toml", {"memory.timing.tRFC=420", "memory.timing.tFAW=20"});
  EXPECT_EQ(chip.memory.timing, (std::map<std::string, double>{{"tFAW", 20}, {"tRCD", 16.5}, {"tRFC", 420}}));
}

TEST(Overrides, AreTomlOrBareStrings) {
  const ChipSpec chip =
      parse_chip(kMinimalChip, "chip.toml",
                 {"core.array.rows=128", "core.frequency=700 MHz", "core.buffer.size=\"24 MiB\"",
                  "core.array.overlap=false", "core.precisions=[\"fp32\", \"int8\"]", "front_end.fetch=host",
                  " pcie.latency = 1.5 us "});
  EXPECT_EQ(chip.arch.array_rows, 128u);
  EXPECT_EQ(chip.core_frequency_khz, 700'000u);
  EXPECT_EQ(chip.arch.unified_buffer_bytes, Bytes{24} << 20);
  EXPECT_FALSE(chip.array.overlap);
  EXPECT_EQ(chip.arch.precisions, (std::vector{isa::Precision::int8, isa::Precision::fp32}));
  EXPECT_EQ(chip.front_end.fetch, FetchFrom::host);
  EXPECT_EQ(chip.pcie.latency_s, 1.5e-6);
}

TEST(Overrides, TheLastOneStands) {
  EXPECT_EQ(
      parse_chip(kMinimalChip, "chip.toml", {"core.array.rows=4", "core.array.rows=16"}).arch.array_rows,
      16u);
}

TEST(Overrides, SupplyWhatTheFileLacks) {
  EXPECT_EQ(parse_chip(minimal_with("rows = 8\n", ""), "chip.toml", {"core.array.rows=32"}).arch.array_rows,
            32u);
}

TEST(ArrayKindRtl, LeavesTheKindToThePluggedArrayAndChoosesItAsModel) {
  const ChipSpec chip = load_chip("edge8", {"core.array.kind=rtl"});
  EXPECT_TRUE(chip.array.kind_of_plugged);
  EXPECT_EQ(chip.array.model, ArrayModel::rtl);
  const ChipSpec again = parse_chip(to_toml(chip), "again.toml");
  EXPECT_TRUE(again.array.kind_of_plugged);
  EXPECT_EQ(full_hash(again), full_hash(chip));
  // The last word stands, for each of the two.
  const ChipSpec registers = load_chip("edge8", {"core.array.kind=rtl", "core.array.model=registers"});
  EXPECT_TRUE(registers.array.kind_of_plugged);
  EXPECT_EQ(registers.array.model, ArrayModel::registers);
  const ChipSpec named = load_chip("edge8", {"core.array.kind=rtl", "core.array.kind=adder_tree"});
  EXPECT_FALSE(named.array.kind_of_plugged);
  EXPECT_EQ(named.arch.array_kind, isa::ArrayKind::adder_tree);
  EXPECT_EQ(named.array.model, ArrayModel::rtl);
}

TEST(ArrayKindRtl, StandsAmongTheKindsThatAMessageLists) {
  try {
    load_chip("edge8", {"core.array.kind=vhdl"});
    FAIL() << "accepted";
  } catch (const ChipError& error) {
    EXPECT_STREQ(error.what(),
                 "--set \"core.array.kind=vhdl\": core.array.kind = \"vhdl\" is not allowed; it takes one of "
                 "\"weight_stationary\", \"output_stationary\", \"input_stationary\", \"adder_tree\"; or "
                 "\"rtl\", the kind of the plugged-in array");
  }
}

// A value of each parameter that differs from its value in edge8 and contradicts nothing there.
const std::vector<std::string> kOtherValues = {"core.frequency=900 MHz",
                                               "core.precisions=[\"int8\"]",
                                               "core.array.kind=output_stationary",
                                               "core.array.rows=16",
                                               "core.array.cols=16",
                                               "core.array.weight_fetch=padded",
                                               "core.array.shift_rows_per_cycle=2",
                                               "core.array.overlap=false",
                                               "core.array.tree_registers=7",
                                               "core.array.drain_phase=false",
                                               "core.array.ideal_fill=true",
                                               "core.array.model=registers",
                                               "core.array.most_rows=64",
                                               "core.array.weight_align=64 B",
                                               "core.accumulators.rows=512",
                                               "core.weight_fifo.tiles=8",
                                               "core.buffer.size=128 KiB",
                                               "core.buffer.word=32 B",
                                               "core.buffer.channel_align=4 B",
                                               "core.buffer.banks=4",
                                               "core.buffer.read_latency_cycles=3",
                                               "core.buffer.conflicts=false",
                                               "core.buffer.residency=layer",
                                               "core.drain.lanes=2",
                                               "core.drain.latency_cycles=5",
                                               "core.vector.lanes=16",
                                               "core.vector.latency_cycles=5",
                                               "core.dma.request=128 B",
                                               "core.dma.window=4 KiB",
                                               "front_end.fetch=host",
                                               "front_end.dispatch_cycles=3",
                                               "front_end.queue_depth=9",
                                               "front_end.fetch_bytes=512 B",
                                               "front_end.fetch_buffer_bytes=2 KiB",
                                               "memory.preset=ddr4_3200",
                                               "memory.channels=2",
                                               "memory.capacity=2 GiB",
                                               "memory.address_map=row:column:bank:bankgroup",
                                               "memory.interleave=512 B",
                                               "memory.ranks=2",
                                               "memory.page_policy=closed",
                                               "memory.refresh=off",
                                               "memory.queue_depth=16",
                                               "memory.row_hit_cap=4",
                                               "memory.crossbar_latency_cycles=5",
                                               "memory.ideal_bandwidth=10 GB/s",
                                               "memory.ideal_latency=100 ns",
                                               "memory.timing.tRFC=400",
                                               "pcie.generation=4",
                                               "pcie.lanes=8",
                                               "pcie.address_bits=32",
                                               "pcie.max_payload=256 B",
                                               "pcie.max_read_request=256 B",
                                               "pcie.read_completion_boundary=128 B",
                                               "pcie.outstanding_reads=8",
                                               "pcie.latency=400 ns",
                                               "pcie.posted_header_credits=31",
                                               "pcie.posted_data_credits=255",
                                               "pcie.nonposted_header_credits=31",
                                               "pcie.completion_header_credits=64",
                                               "pcie.completion_data_credits=512",
                                               "pcie.shared_memory=true"};

TEST(Hash, ChangesWithEveryParameter) {
  std::set<std::uint64_t> seen = {full_hash(load_chip("edge8"))};
  std::set<std::string> paths = {"chip.name", "chip.description"};  // names
  for (const std::string& other : kOtherValues) {
    EXPECT_TRUE(seen.insert(full_hash(load_chip("edge8", {other}))).second) << other;
    paths.insert(other.substr(0, other.find('=')));
  }
  for (const Parameter& parameter : parameters())
    EXPECT_TRUE(paths.contains(parameter.path)) << parameter.path << " is not tried";
}

TEST(Hash, IgnoresNamesAndTheOrderOfPrecisions) {
  const auto hash = [](const std::vector<std::string>& overrides) {
    return full_hash(load_chip("edge8", overrides));
  };
  EXPECT_EQ(hash({}), hash({"chip.name=other", "chip.description=something else"}));
  EXPECT_EQ(hash({"core.precisions=[\"int8\", \"fp32\"]"}), hash({"core.precisions=[\"fp32\", \"int8\"]"}));
  EXPECT_NE(full_hash(load_chip("edge8")), full_hash(load_chip("tpu_v1")));
}

TEST(ToToml, IsReadBackEqual) {
  for (const std::string& name : preset_names()) {
    const ChipSpec chip = load_chip(name);
    const ChipSpec again = parse_chip(to_toml(chip), "resolved.toml");
    EXPECT_EQ(to_toml(again), to_toml(chip));
    EXPECT_EQ(full_hash(again), full_hash(chip));
    EXPECT_EQ(again.description, chip.description);
    EXPECT_EQ(again.arch.device_memory_bytes, chip.arch.device_memory_bytes);
  }
}

TEST(ToToml, CarriesEveryParameter) {
  for (const char* left_out :
       {"core.array.ideal_fill=true", "core.array.model=registers"}) {  // exclude each other
    std::vector<std::string> values = kOtherValues;
    std::erase(values, left_out);
    const ChipSpec chip = load_chip("edge8", values);
    EXPECT_EQ(full_hash(parse_chip(to_toml(chip), "resolved.toml")), full_hash(chip))
        << "without " << left_out;
  }
}

TEST(ToToml, EscapesDescriptions) {
  const std::string awkward = R"(quotes " and \ slashes, ünïcode #[=])";
  ChipSpec chip = load_chip("edge8");
  chip.description = awkward;
  EXPECT_EQ(parse_chip(to_toml(chip), "resolved.toml").description, awkward);
}

}  // namespace
}  // namespace nnp::models
