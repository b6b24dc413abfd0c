// SPDX-License-Identifier: Apache-2.0
// MaxPools of every form on chips with wide lanes, where many take two passes: values are the naive
// reference's whatever the type and wherever they lie, and time is the same step by step. A failure prints
// the seed: NNPSIM_SEED=n runs it alone.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <span>

#include "compiler/codegen/codegen.h"
#include "compiler/passes/passes.h"
#include "models/chips/chip_file.h"
#include "tests/support/naive_run.h"
#include "tests/support/random_max_pool.h"
#include "tests/support/random_real_network.h"

namespace nnp {
namespace {

struct PoolInstruction {
  std::int64_t elements, positions, taps;
};

std::vector<PoolInstruction> pools_of(const isa::Program& program) {
  std::vector<PoolInstruction> pools;
  for (const isa::Launch& launch : program.launches) {
    isa::Descriptor sets[2]{};
    for (const isa::Instruction& instruction :
         std::span(program.instructions).subspan(launch.first_instruction, launch.instruction_count)) {
      if (instruction.queue != isa::Queue::vector) continue;
      isa::Descriptor& words = sets[isa::descriptor_set(instruction)];
      if (instruction.opcode == isa::Opcode::cfg) isa::apply_cfg(instruction, words);
      if (instruction.opcode != isa::Opcode::pool) continue;
      pools.push_back({static_cast<std::int64_t>(instruction.get(isa::field::vx_x)),
                       static_cast<std::int64_t>(instruction.get(isa::field::vx_y)),
                       std::int64_t{words[isa::word::kernel_h]} * words[isa::word::kernel_w]});
    }
  }
  return pools;
}

/// Columns take as many elements as a line of the picture has, padding and all.
bool takes_two_passes(const isa::Program& program, std::int64_t channels) {
  return std::ranges::any_of(pools_of(program),
                             [&](const PoolInstruction& pool) { return pool.elements > channels; });
}

/// Returns the run's outputs.
std::vector<ir::Tensor> expect_naive_and_equal_engines(const test::NetworkCase& made) {
  test::RecordedRun leap = test::expect_ordered_and_naive(made);
  EXPECT_EQ(first_difference(leap, recorded_run(made, {.engine = sim::Engine::stepped})), "");
  return std::move(leap.inference.outputs);
}

std::uint64_t seed_of(std::uint64_t parameter) {
  const char* only = std::getenv("NNPSIM_SEED");
  return only == nullptr ? parameter : std::strtoull(only, nullptr, 10);
}

std::string reproducer(std::uint64_t seed) {
  return fmt::format("reproduce: NNPSIM_SEED={} test_two_pass_pools", seed);
}

constexpr std::uint64_t kSeeds = 100;

TEST(TwoPassPools, OfCodesAreTheNaiveReferencesAsLayersInPiecesAndInBands) {
  int taken = 0, in_pieces = 0, in_bands = 0;
  for (std::uint64_t i = 0; i < kSeeds; ++i) {
    const std::uint64_t seed = seed_of(i);
    SCOPED_TRACE(reproducer(seed));
    const test::NetworkCase made =
        test::make_case(test::random_max_pool(seed), test::random_wide_chip(seed), seed);
    const auto pool = std::ranges::find(made.graph.nodes, ir::Op::max_pool, &ir::Node::op);
    const ir::Shape& picture = made.graph.values[pool->inputs[0]].shape;
    expect_naive_and_equal_engines(made);
    if (testing::Test::HasFailure()) return;
    if (!takes_two_passes(made.program, picture[1])) continue;
    ++taken;
    const bool stores = std::ranges::any_of(
        made.program.instructions,
        [](const isa::Instruction& instruction) { return instruction.queue == isa::Queue::store; });
    const auto images = static_cast<std::size_t>(picture[0]);
    in_bands += stores, in_pieces += !stores && pools_of(made.program).size() > 2 * images;
  }
  if (std::getenv("NNPSIM_SEED") == nullptr) {
    EXPECT_GT(taken, 30);
    EXPECT_GT(in_pieces, 5);
    EXPECT_GT(in_bands, 5);
  }
}

/// The largest tap inside the image, +0 above -0, NaNs passed over; -infinity where there is no other.
float largest(const float* plane, const ir::Shape& picture, const ir::PoolAttributes& a, std::int64_t row,
              std::int64_t column) {
  float best = -std::numeric_limits<float>::infinity();
  for (std::int64_t r = 0; r < a.kernel[0]; ++r)
    for (std::int64_t s = 0; s < a.kernel[1]; ++s) {
      const std::int64_t h = row * a.strides[0] - a.pads[0] + r, w = column * a.strides[1] - a.pads[1] + s;
      if (h < 0 || h >= picture[2] || w < 0 || w >= picture[3]) continue;
      const float tap = plane[h * picture[3] + w];
      if (tap > best || (tap == 0 && best == 0 && !std::signbit(tap))) best = tap;
    }
  return best;
}

void expect_bits(const ir::Tensor& x, const ir::Tensor& y, const ir::PoolAttributes& a) {
  const std::int64_t rows = y.shape()[2], columns = y.shape()[3];
  for (std::size_t i = 0; i < y.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i), plane = at / (rows * columns);
    const float expected = largest(x.data<float>().data() + plane * x.shape()[2] * x.shape()[3], x.shape(), a,
                                   at / columns % rows, at % columns);
    ASSERT_EQ(std::bit_cast<std::uint32_t>(y.data<float>()[i]), std::bit_cast<std::uint32_t>(expected))
        << "element " << i << ": " << y.data<float>()[i] << ", expected " << expected;
  }
}

TEST(TwoPassPools, OfRealsAreTheirLargestTapsBitForBit) {
  int taken = 0;
  for (std::uint64_t i = 0; i < kSeeds; ++i) {
    const std::uint64_t seed = seed_of(i);
    SCOPED_TRACE(reproducer(seed));
    test::RealNetworkBuilder b(seed);
    const ir::ValueId x = b.input(test::random_picture(b));
    const std::int64_t channels = b.shape_of(x)[1];
    const ir::PoolAttributes window = test::random_window(b, b.shape_of(x));
    b.output(b.max_pool(x, window));
    const isa::Precision precision = seed % 2 == 0 ? isa::Precision::fp32 : isa::Precision::bf16;
    ir::Graph graph = compiler::lower_to_real(b.take(), precision);
    compiler::partition(graph, precision);
    models::ChipSpec chip = test::random_wide_chip(seed / 2);
    chip.arch.precisions = {isa::Precision::fp32, isa::Precision::bf16};
    test::NetworkCase made = test::make_case(std::move(graph), chip, seed, precision);
    constexpr float kTaps[] = {-0.0F, 0.0F, std::numeric_limits<float>::quiet_NaN(), -1, -2.5F, 3};
    for (float& tap : made.inputs[0].data<float>())  // a 3 is rare: it would win all windows
      tap = kTaps[b.pick(0, b.pick(0, 9) == 0 ? 5 : 4)];
    expect_bits(made.inputs[0], expect_naive_and_equal_engines(made).at(0), window);
    if (testing::Test::HasFailure()) return;
    taken += takes_two_passes(made.program, channels);
  }
  if (std::getenv("NNPSIM_SEED") == nullptr) {
    EXPECT_GT(taken, 30);
  }
}

/// ResNet's: 3 x 3 windows, stride 2, 64 channels, from 112 x 112 to 56 x 56.
ir::Graph resnet_pool(ir::DType type) {
  test::NetworkBuilder b(1);
  b.output(b.max_pool(b.input({1, 64, 112, 112}, type), {{3, 3}, {2, 2}, {1, 1, 1, 1}, false, false}));
  ir::Graph graph = b.take();
  compiler::schedule(graph);
  return graph;
}

/// Of the vector unit: taps, each a word or lanes at a time.
std::int64_t cycles_of(const isa::Program& program, std::int64_t element_bytes,
                       const models::ChipSpec& chip) {
  std::int64_t cycles = 0;
  for (const PoolInstruction& pool : pools_of(program))
    cycles += pool.positions * pool.taps *
              std::max(ceil_div<std::int64_t>(pool.elements, chip.vector.lanes),
                       ceil_div<std::int64_t>(pool.elements * element_bytes, chip.arch.buffer_word_bytes));
  return cycles;
}

TEST(TwoPassPools, AreChosenForResNetWhereLanesWouldIdle) {
  struct {
    const char* chip;
    ir::DType type;
    std::int64_t cycles;
  } const cases[] = {
      {"tpu_v1", ir::DType::u8, 56 * 3 * (112 * 64 / 256) + 56 * 56 * 3},
      {"tpu_v1", ir::DType::s16, 56 * 3 * (112 * 128 / 256) + 56 * 56 * 3},
      {"hbm128", ir::DType::u8, 56 * 3 * (112 * 64 / 128) + 56 * 56 * 3},
      {"hbm128", ir::DType::s16, 56 * 56 * 9},        // a pixel fills a word
      {"gemmini16", ir::DType::u8, 56 * 56 * 9 * 4},  // and four
      {"nvdla_full", ir::DType::u8, 56 * 56 * 9 * 8},
  };
  for (const auto& [name, type, cycles] : cases) {
    const models::ChipSpec chip = models::load_chip(name, {});
    const isa::Program program =
        compiler::generate(resnet_pool(type), chip.arch, {name, isa::Precision::int8, 1, {}});
    EXPECT_EQ(cycles_of(program, type == ir::DType::s16 ? 2 : 1, chip), cycles)
        << name << ", " << ir::to_string(type);
  }
}

TEST(TwoPassPools, AreGivenUpForThePlacesOfValues) {
  models::ChipSpec chip = models::load_chip("tpu_v1", {});
  const Bytes values = Bytes{64} * (112 * 112 + 56 * 56);
  for (const Bytes beside : {Bytes{0}, Bytes{1} << 17}) {
    chip.arch.unified_buffer_bytes = values + beside;
    const isa::Program program =
        compiler::generate(resnet_pool(ir::DType::u8), chip.arch, {"small", isa::Precision::int8, 1, {}});
    EXPECT_EQ(takes_two_passes(program, 64), beside != 0);
    EXPECT_TRUE(std::ranges::none_of(program.instructions, [](const isa::Instruction& instruction) {
      return instruction.queue == isa::Queue::load || instruction.queue == isa::Queue::store;
    })) << "values stay in the buffer";
  }
}

}  // namespace
}  // namespace nnp
