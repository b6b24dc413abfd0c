// SPDX-License-Identifier: Apache-2.0
// How the inputs of a network come over the link.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/codegen/codegen.h"
#include "compiler/passes/passes.h"
#include "models/chips/chip_file.h"
#include "tests/unit/compiler/graph_maker.h"

namespace nnp {
namespace {

using ir::Op;
using ir::ValueId;
using test::GraphMaker;

constexpr std::int64_t kLines = 16, kLine = 256;  // of floats: 1 KiB, so that a piece of 4 KiB has four

/// Transfers of a sum of so many inputs, two of which the first layer adds.
std::ptrdiff_t transfers_of_sum(int inputs) {
  GraphMaker m;
  ValueId sum = m.input("x0", {kLines, kLine});
  for (int i = 1; i < inputs; ++i) {
    const std::string number = std::to_string(i);
    sum = m.same_shape(Op::add, "sum" + number, {sum, m.input("x" + number, {kLines, kLine})});
  }
  m.output(sum);
  compiler::partition(m.graph, isa::Precision::fp32);
  const isa::Program program = compiler::generate(m.graph, models::load_chip("fp32ref").arch,
                                                  {"fp32ref", isa::Precision::fp32, 1, {}});
  return std::ranges::count(program.instructions, isa::Opcode::h2d, &isa::Instruction::opcode);
}

TEST(HostTransfers, ComeInPiecesOfFourKibibytes) {
  EXPECT_EQ(transfers_of_sum(2), 2 * 4);
  EXPECT_EQ(transfers_of_sum(32), 32 * 4) << "128 of them";
}

// As the keys and values of a decoder's earlier words: their pieces filled the queue of transfers, and no
// layer began before the last of them had come.
TEST(HostTransfers, ComeWholeWhereTheyAreManyButForTheFirstLayers) {
  EXPECT_EQ(transfers_of_sum(33), 2 * 4 + 31);
}

}  // namespace
}  // namespace nnp
