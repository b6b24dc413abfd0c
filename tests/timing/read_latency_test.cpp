// SPDX-License-Identifier: Apache-2.0
// Rung: timing formula. A word that the buffer gives later makes every reader's result later by as much, and
// the streams no longer.
#include <gtest/gtest.h>

#include "tests/support/small_program.h"

namespace nnp {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using compiler::word_of;
using isa::Opcode;
using isa::Queue;

Cycles cycles(std::uint32_t read_latency, void (*emit)(compiler::StreamBuilder&)) {
  models::ChipSpec chip = test::plain_chip(8, 8);
  chip.buffer.read_latency_cycles = read_latency;
  compiler::StreamBuilder builder;
  emit(builder);
  return test::run_timing(chip, builder).statistics.cycles;
}

struct Reader {
  const char* name;
  void (*emit)(compiler::StreamBuilder&);
};

const Reader kReaders[] = {
    {"array",
     [](compiler::StreamBuilder& b) {
       b.emit(Queue::weight, Opcode::wload, {{field::w_dram, 0}, {field::w_k, 8}, {field::w_n, 8}});
       b.emit(Queue::matrix, Opcode::matmul,
              {{field::mx_a, 0}, {field::mx_acc, 0}, {field::mx_m, 20}, {field::mx_k, 8}, {field::mx_n, 8}},
              {word_of(word::a_stride, 64)});
     }},
    {"drain",
     [](compiler::StreamBuilder& b) {
       b.emit(Queue::drain, Opcode::drain,
              {{field::dr_dst, 1024},
               {field::dr_params, 0},
               {field::dr_acc, 0},
               {field::dr_m, 20},
               {field::dr_n, 8}},
              {word_of(word::dst_stride, 32)});
     }},
    {"vector",
     [](compiler::StreamBuilder& b) {
       b.emit(Queue::vector, Opcode::add,
              {{field::vx_dst, 0},
               {field::vx_src0, 4096},
               {field::vx_src1, 8192},
               {field::vx_x, 100},
               {field::vx_y, 3}},
              {word_of(word::src0_stride, 256), word_of(word::src1_stride, 256),
               word_of(word::vx_dst_stride, 256)});
     }},
    {"store",
     [](compiler::StreamBuilder& b) {
       b.emit(Queue::store, Opcode::store,
              {{field::dram, 0},
               {field::buffer, 0},
               {field::run_bytes, 200},
               {field::run_y, 1},
               {field::run_z, 1}});
     }},
    {"host DMA",
     [](compiler::StreamBuilder& b) {
       b.emit(Queue::hdma, Opcode::d2h, {{field::host, 4096}, {field::device, 0}, {field::host_bytes, 200}},
              {}, isa::kFlagToBuffer);
     }},
};

TEST(ReadLatency, DelaysTheResultOfEveryReaderByWhatItIsBeyondOneCycle) {
  for (const Reader& reader : kReaders)
    for (const std::uint32_t latency : {2u, 5u, 30u})
      EXPECT_EQ(cycles(latency, reader.emit) - cycles(1, reader.emit), latency - 1) << reader.name;
}

TEST(ReadLatency, DoesNotDelayWhatOnlyWrites) {
  const auto load = [](compiler::StreamBuilder& b) {
    b.emit(Queue::load, Opcode::load,
           {{field::dram, 0},
            {field::buffer, 0},
            {field::run_bytes, 200},
            {field::run_y, 1},
            {field::run_z, 1}});
    b.emit(Queue::hdma, Opcode::h2d, {{field::host, 4096}, {field::device, 4096}, {field::host_bytes, 200}},
           {}, isa::kFlagToBuffer);
  };
  EXPECT_EQ(cycles(30, load), cycles(1, load));
}

}  // namespace
}  // namespace nnp
