// SPDX-License-Identifier: Apache-2.0
// accesses() against an enumeration of every element an instruction touches (pictures:
// image_access_test.cpp).
#include "access_bounds.h"
#include "random_program.h"

namespace nnp::isa {
namespace {

using test::pick;
using test::Random;

std::int64_t stride(Random& random) { return static_cast<std::int64_t>(pick(random, 0, 200)) - 100; }
std::int64_t small(Random& random) { return static_cast<std::int64_t>(pick(random, 0, 5)); }

// Byte by byte: an H2D writes each stride to its end, a D2H reads the runs alone.
TEST(Accesses, HostCopiesOfRunsTouchTheirStridesOnTheDevice) {
  Random random(7);
  for (int round = 0; round < 300; ++round) {
    const auto bytes = static_cast<std::int64_t>(pick(random, 0, 60));
    const auto run = static_cast<std::int64_t>(pick(random, 1, 20)),
               stride = run + static_cast<std::int64_t>(pick(random, 0, 9));
    for (const bool to_host : {false, true}) {
      const Instruction copy = make(to_host ? Opcode::d2h : Opcode::h2d, Queue::hdma,
                                    {{&field::host, kBase},
                                     {&field::device, 2 * kBase},
                                     {&field::host_bytes, bytes},
                                     {&field::host_run, run},
                                     {&field::host_stride, stride}});
      Bounds host, device;
      for (std::int64_t i = 0; i < bytes; ++i) {
        host.touch(kBase + i, 1);
        device.touch(2 * kBase + i / run * stride + (to_host ? i % run : 0), to_host ? 1 : stride);
      }
      const auto found = accesses(copy, {}, {});
      expect_bounds(found, Space::host_memory, to_host, host);
      expect_bounds(found, Space::device_memory, !to_host, device);
    }
  }
}

TEST(Accesses, LoadAndStoreTouchTheRunsOfBothSides) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const bool is_load = seed % 2 == 0;
    const std::int64_t x = small(random), y = small(random), z = small(random);
    Descriptor descriptor{};
    std::int64_t strides[4];
    for (unsigned i = 0; i < 4; ++i) descriptor[i] = static_cast<std::uint32_t>(strides[i] = stride(random));
    const Instruction instruction =
        make(is_load ? Opcode::load : Opcode::store, is_load ? Queue::load : Queue::store,
             {{&field::dram, kBase},
              {&field::buffer, 2 * kBase},
              {&field::run_bytes, x},
              {&field::run_y, y},
              {&field::run_z, z}});
    Bounds memory, buffer;
    for (std::int64_t j = 0; j < z; ++j) {
      for (std::int64_t i = 0; i < y; ++i) {
        if (x == 0) continue;
        memory.touch(kBase + i * strides[0] + j * strides[1], x);
        buffer.touch(2 * kBase + i * strides[2] + j * strides[3], x);
      }
    }
    const auto found = accesses(instruction, descriptor, {});
    expect_bounds(found, Space::device_memory, !is_load, memory);
    expect_bounds(found, Space::buffer, is_load, buffer);
    EXPECT_LE(found.size(), 2u);
  }
}

TEST(Accesses, HostCopiesTouchHostMemoryAndTheChosenDeviceSide) {
  for (const bool to_host : {false, true}) {
    for (const bool to_buffer : {false, true}) {
      Instruction copy = make(to_host ? Opcode::d2h : Opcode::h2d, Queue::hdma,
                              {{&field::host, 100}, {&field::device, 4000}, {&field::host_bytes, 64}});
      if (to_buffer) copy.flags = kFlagToBuffer;
      const auto found = accesses(copy, {}, {});
      EXPECT_EQ(found.size(), 2u);
      const auto host = only(found, Space::host_memory, to_host);
      const auto device = only(found, to_buffer ? Space::buffer : Space::device_memory, !to_host);
      ASSERT_TRUE(host && device);
      EXPECT_EQ(host->begin, 100u);
      EXPECT_EQ(host->end, 164u);
      EXPECT_EQ(device->begin, 4000u);
      EXPECT_EQ(device->end, 4064u);
    }
  }
}

TEST(Accesses, WeightsArePaddedToWholeTilesOnlyWhereTheChipFetchesThemSo) {
  ArchSpec arch;
  arch.array_rows = 16;
  arch.array_cols = 8;
  const Instruction wload =
      make(Opcode::wload, Queue::weight, {{&field::w_dram, 512}, {&field::w_k, 35}, {&field::w_n, 5}});
  arch.weight_fetch = WeightFetch::exact;
  EXPECT_EQ(only(accesses(wload, {}, arch), Space::device_memory, false)->end, 512u + 35 * 5);
  arch.weight_fetch = WeightFetch::padded;
  EXPECT_EQ(only(accesses(wload, {}, arch), Space::device_memory, false)->end, 512u + 3 * 16 * 8);
}

TEST(Accesses, AStripWithBlockIsReadToTheNextMultipleOfTheWeightAlignment) {
  ArchSpec arch;
  arch.array_rows = 16;
  arch.array_cols = 8;
  for (const auto& [align, dram, k, n, end] : {std::tuple{1, 512, 35, 5, 512 + 175},
                                               {128, 512, 35, 5, 768},
                                               {128, 512, 16, 8, 640},
                                               {128, 520, 16, 8, 768},
                                               {32, 520, 3, 1, 544}}) {
    arch.weight_align_bytes = static_cast<Bytes>(align);
    Instruction wload =
        make(Opcode::wload, Queue::weight, {{&field::w_dram, dram}, {&field::w_k, k}, {&field::w_n, n}});
    EXPECT_EQ(only(accesses(wload, {}, arch), Space::device_memory, false)->end,
              static_cast<Address>(dram + k * n));
    wload.flags = kFlagBlock;
    EXPECT_EQ(only(accesses(wload, {}, arch), Space::device_memory, false)->end, static_cast<Address>(end))
        << align << ", " << dram << " + " << k << " x " << n;
  }
}

TEST(Accesses, WloadOfAnActivationSpansItsRowsOrColumns) {
  Instruction wload =
      make(Opcode::wload, Queue::weight, {{&field::w_dram, 512}, {&field::w_k, 35}, {&field::w_n, 5}});
  Descriptor descriptor{};
  descriptor[word::w_stride] = 64;
  wload.flags = kFlagRows | kFlagW16;
  EXPECT_EQ(only(accesses(wload, descriptor, {}), Space::device_memory, false)->end, 512u + 34 * 64 + 5 * 2);
  wload.flags = kFlagTransposed | kFlagW32;
  EXPECT_EQ(only(accesses(wload, descriptor, {}), Space::device_memory, false)->end, 512u + 4 * 64 + 35 * 4);
}

TEST(Accesses, MatmulReadsItsRowsAndWritesItsAccumulators) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::int64_t m = small(random), k = small(random), a_stride = stride(random), acc = small(random);
    const bool wide = pick(random, 0, 1) == 1, adds = pick(random, 0, 1) == 1;
    Instruction matmul =
        make(Opcode::matmul, Queue::matrix,
             {{&field::mx_a, kBase}, {&field::mx_acc, acc}, {&field::mx_m, m}, {&field::mx_k, k}});
    matmul.flags = static_cast<std::uint8_t>((wide ? kFlagA16 : 0) | (adds ? kFlagAccumulate : 0));
    Descriptor descriptor{};
    descriptor[word::a_stride] = static_cast<std::uint32_t>(a_stride);
    Bounds a, sums, none;
    for (std::int64_t i = 0; i < m; ++i) {
      if (k != 0) a.touch(kBase + i * a_stride, k * (wide ? 2 : 1));
      sums.touch(acc + i, 1);
    }
    const auto found = accesses(matmul, descriptor, {});
    expect_bounds(found, Space::buffer, false, a);
    expect_bounds(found, Space::accumulators, true, sums);
    expect_bounds(found, Space::accumulators, false, adds ? sums : none);
  }
}

TEST(Accesses, AnInputStationaryMatmulWritesMAccumulatorRowsForEachGroupOfColumns) {
  ArchSpec arch;
  arch.array_kind = ArrayKind::input_stationary;
  arch.array_rows = 16, arch.array_cols = 8;
  Descriptor descriptor{};
  descriptor[word::a_stride] = 64;
  const Instruction matmul = make(
      Opcode::matmul, Queue::matrix,
      {{&field::mx_a, 0}, {&field::mx_acc, 100}, {&field::mx_m, 3}, {&field::mx_k, 20}, {&field::mx_n, 17}});
  const auto sums = only(accesses(matmul, descriptor, arch), Space::accumulators, true);
  EXPECT_EQ(sums->begin, 100u);
  EXPECT_EQ(sums->end, 100u + 3 * 3);
  arch.weight_fetch = WeightFetch::padded;
  const Instruction wload =
      make(Opcode::wload, Queue::weight, {{&field::w_dram, 512}, {&field::w_k, 20}, {&field::w_n, 17}});
  EXPECT_EQ(only(accesses(wload, {}, arch), Space::device_memory, false)->end, 512u + 2 * 3 * 16 * 8);
}

TEST(Accesses, DrainReadsSumsAndParametersAndWritesRows) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::int64_t m = small(random), n = small(random), step = stride(random);
    const auto type = static_cast<std::uint32_t>(pick(random, 0, 3));
    const std::int64_t element[] = {1, 1, 2, 4};
    const Instruction drain = make(Opcode::drain, Queue::drain,
                                   {{&field::dr_dst, kBase},
                                    {&field::dr_params, 8 * kBase},
                                    {&field::dr_acc, 7},
                                    {&field::dr_m, m},
                                    {&field::dr_n, n}});
    Descriptor descriptor{};
    descriptor[word::dst_stride] = static_cast<std::uint32_t>(step);
    descriptor[word::dst_type] = type;
    Bounds sums, params, out;
    for (std::int64_t i = 0; i < m; ++i) {
      sums.touch(7 + i, 1);
      for (std::int64_t j = 0; j < n; ++j) {
        params.touch(8 * kBase + j * 8, 8);
        out.touch(kBase + i * step + j * element[type], element[type]);
      }
    }
    const auto found = accesses(drain, descriptor, {});
    expect_bounds(found, Space::accumulators, false, sums);
    expect_bounds(found, Space::buffer, false, params);
    expect_bounds(found, Space::buffer, true, out);
  }
}

TEST(Accesses, VectorOperationsReadTheirSourcesAndWriteRows) {
  const std::int64_t x = 6, y = 3;
  Descriptor descriptor{};
  descriptor[word::src0_stride] = 100;
  descriptor[word::src1_stride] = 200;
  descriptor[word::vx_dst_stride] = 50;
  descriptor[word::types] = 2u | 0u << 4 | 3u << 8;  // s16, u8 -> s32
  const auto run = [&](Opcode opcode, std::uint8_t flags = 0) {
    Instruction instruction = make(opcode, Queue::vector,
                                   {{&field::vx_dst, 1000},
                                    {&field::vx_src0, 5000},
                                    {&field::vx_src1, 9000},
                                    {&field::vx_x, x},
                                    {&field::vx_y, y}});
    instruction.flags = flags;
    return accesses(instruction, descriptor, {});
  };
  const auto covers = [](const std::vector<Access>& found, bool write, Address begin, Address end) {
    return std::any_of(found.begin(), found.end(), [&](const Access& a) {
      return a.space == Space::buffer && a.write == write && a.begin == begin && a.end == end;
    });
  };
  for (const Opcode opcode : {Opcode::add, Opcode::mul}) {
    const auto found = run(opcode);
    EXPECT_EQ(found.size(), 3u);
    EXPECT_TRUE(covers(found, false, 5000, 5000 + 2 * 100 + 6 * 2));
    EXPECT_TRUE(covers(found, false, 9000, 9000 + 2 * 200 + 6 * 1));
    EXPECT_TRUE(covers(found, true, 1000, 1000 + 2 * 50 + 6 * 4));
  }
  EXPECT_TRUE(covers(run(Opcode::lut), false, 9000, 9000 + 513 * 2));
  EXPECT_TRUE(covers(run(Opcode::reduce), true, 1000, 1000 + 2 * 50 + 4));
  EXPECT_TRUE(covers(run(Opcode::reduce, kFlagColumns), true, 1000, 1000 + 6 * 4));
  EXPECT_EQ(run(Opcode::apply).size(), 2u);
  EXPECT_TRUE(covers(run(Opcode::combine), false, 9000, 9000 + 2 * 200 + 6 * 1));
  EXPECT_TRUE(covers(run(Opcode::combine, kFlagScalar0), false, 5000, 5000 + 2 * 100 + 2));
  EXPECT_TRUE(covers(run(Opcode::combine, kFlagScalar1), false, 9000, 9000 + 2 * 200 + 1));
  descriptor[word::types] = 0u | 0u << 4 | 2u << 8;  // u8 -> s16: 256 entries of s16
  EXPECT_TRUE(covers(run(Opcode::lut), false, 9000, 9000 + 256 * 2));
}

TEST(Accesses, MoveTouchesTheRunsOfBothSides) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const std::int64_t x = small(random), y = small(random), z = small(random);
    const std::int64_t sy = stride(random), sz = stride(random), dy = stride(random), dz = stride(random);
    Descriptor descriptor{};
    descriptor[word::src_stride_y] = static_cast<std::uint32_t>(sy);
    descriptor[word::src_stride_z] = static_cast<std::uint32_t>(sz);
    descriptor[word::dst_stride_y] = static_cast<std::uint32_t>(dy);
    descriptor[word::dst_stride_z] = static_cast<std::uint32_t>(dz);
    Bounds source, result;
    for (std::int64_t j = 0; j < z; ++j) {
      for (std::int64_t i = 0; i < y; ++i) {
        if (x == 0) continue;
        source.touch(kBase + i * sy + j * sz, x);
        result.touch(3 * kBase + i * dy + j * dz, x);
      }
    }
    const auto found = accesses(make(Opcode::move, Queue::vector,
                                     {{&field::vx_dst, 3 * kBase},
                                      {&field::vx_src0, kBase},
                                      {&field::vx_x, x},
                                      {&field::vx_y, y},
                                      {&field::vx_z, z}}),
                                descriptor, {});
    expect_bounds(found, Space::buffer, false, source);
    expect_bounds(found, Space::buffer, true, result);
  }
}

TEST(Accesses, ControlInstructionsTouchNothing) {
  for (const Opcode opcode :
       {Opcode::sync, Opcode::mark, Opcode::irq, Opcode::halt, Opcode::cfg, Opcode::wait, Opcode::signal}) {
    EXPECT_TRUE(accesses(make(opcode, Queue::ctrl, {}), {}, {}).empty());
  }
}

TEST(Accesses, ReachingBelowAddressZeroLandsWhereNoMemoryIs) {
  Descriptor descriptor{};
  descriptor[word::a_stride] = static_cast<std::uint32_t>(-64);
  const Instruction matmul =
      make(Opcode::matmul, Queue::matrix, {{&field::mx_a, 16}, {&field::mx_m, 2}, {&field::mx_k, 8}});
  const auto read = only(accesses(matmul, descriptor, {}), Space::buffer, false);
  ASSERT_TRUE(read);
  EXPECT_GT(read->begin, Address{1} << 60);
  EXPECT_GT(read->end, read->begin);
}

TEST(Accesses, AnyBitsInADescriptorGiveAnAnswer) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    Descriptor descriptor;
    for (auto& value : descriptor) value = static_cast<std::uint32_t>(random()) >> pick(random, 0, 31);
    ArchSpec arch;
    arch.array_rows = static_cast<std::uint32_t>(pick(random, 0, 2) * 128);
    arch.weight_fetch = WeightFetch::padded;
    for (const Access& access : accesses(test::random_instruction(random), descriptor, arch)) {
      ASSERT_LT(access.begin, access.end) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace nnp::isa
