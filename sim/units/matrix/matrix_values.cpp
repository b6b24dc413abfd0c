// SPDX-License-Identifier: Apache-2.0
// The values of MATMUL and CONV: gathers the activation rows (implicit im2col) in blocks and multiplies by
// the strip. Sums are integers, so the order in which an array adds them does not show.
#include <algorithm>

#include "isa/arch/matrix_shape.h"
#include "isa/numerics/numerics.h"
#include "sim/units/matrix/activation_rows.h"
#include "sim/units/matrix/matrix_unit.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;
namespace word = isa::word;

constexpr std::size_t kBlockRows = 128;  // of gathered activations: stays in the second-level cache

/// A block of weights, k x n from row k0 of the strip on, and the accumulators of its columns.
struct WeightBlock {
  const std::int8_t* weights;
  std::size_t weight_stride;
  std::int32_t* accumulators;
  std::size_t k0, k, n;
  bool accumulate;
};

struct Operands {
  std::vector<WeightBlock> blocks;  // those of one accumulator column by ascending k0
  std::size_t accumulator_stride;
  bool signed8, a16;
};

void multiply(const std::uint8_t* a, std::size_t row_bytes, std::size_t first_row, std::size_t rows,
              const Operands& op) {
  const auto& kernels = numerics::best();
  for (const WeightBlock& block : op.blocks) {
    const std::uint8_t* from = a + block.k0 * (op.a16 ? 2 : 1);
    std::int32_t* c = block.accumulators + first_row * op.accumulator_stride;
    if (op.a16)
      kernels.gemm_s16s8(reinterpret_cast<const std::int16_t*>(from), row_bytes / 2, block.weights,
                         block.weight_stride, c, op.accumulator_stride, rows, block.n, block.k,
                         block.accumulate);
    else if (op.signed8)
      kernels.gemm_s8s8(reinterpret_cast<const std::int8_t*>(from), row_bytes, block.weights,
                        block.weight_stride, c, op.accumulator_stride, rows, block.n, block.k,
                        block.accumulate);
    else
      kernels.gemm_u8s8(from, row_bytes, block.weights, block.weight_stride, c, op.accumulator_stride, rows,
                        block.n, block.k, block.accumulate);
  }
}

/// One block where the tiles of the strip have all columns (they lie one below the other), else one a tile.
std::vector<WeightBlock> weight_blocks(const Job& job, Address strip, ChipState& state) {
  const std::size_t m = job.get(field::mx_m), k = job.get(field::mx_k), n = job.get(field::mx_n);
  const bool accumulate = job.instruction.flags & isa::kFlagAccumulate;
  const isa::WeightStrip cut(state.arch, k, n);
  std::int32_t* sums =
      state.accumulator_rows(job.get(field::mx_acc), isa::accumulator_rows_of(m, n, state.arch));
  const auto weights = [&](std::uint64_t tile, std::size_t rows, std::size_t cols) {
    return reinterpret_cast<const std::int8_t*>(
        state.device_memory.at(strip + cut.tile_offset(tile), (rows - 1) * cut.row_stride(tile) + cols));
  };
  if (cut.n_tiles() == 1) return {{weights(0, k, n), cut.row_stride(0), sums, 0, k, n, accumulate}};
  std::vector<WeightBlock> blocks;
  for (std::uint64_t tile = 0; tile < cut.tiles(); ++tile) {
    const std::size_t rows = cut.tile_rows(tile), cols = cut.tile_cols(tile);
    const std::size_t k_tile = tile / cut.n_tiles(), n_tile = tile % cut.n_tiles();
    blocks.push_back({weights(tile, rows, cols), cut.row_stride(tile),
                      sums + n_tile * m * state.arch.array_cols, k_tile * state.arch.array_rows, rows, cols,
                      accumulate || k_tile > 0});
  }
  return blocks;
}

}  // namespace

void execute_matrix(const Job& job, Address strip, ChipState& state) {
  const std::size_t m = job.get(field::mx_m), k = job.get(field::mx_k);
  Operands op;
  op.blocks = weight_blocks(job, strip, state);
  op.accumulator_stride = state.arch.array_cols;
  op.signed8 = job.instruction.flags & isa::kFlagASigned;
  op.a16 = job.instruction.flags & isa::kFlagA16;
  const std::size_t element_bytes = activation_bytes(job);

  if (job.instruction.opcode == isa::Opcode::matmul) {
    const auto stride = static_cast<std::size_t>(job.word(word::a_stride));
    const std::uint8_t* a = state.buffer.at(job.get(field::mx_a), (m - 1) * stride + k * element_bytes);
    multiply(a, stride, 0, m, op);
    return;
  }
  thread_local std::vector<std::uint8_t> block;
  const std::size_t row_bytes = k * element_bytes;
  block.resize(std::min(m, kBlockRows) * row_bytes);
  const auto m0 = static_cast<std::int64_t>(job.get(field::mx_m0));
  for (std::size_t row = 0; row < m; row += kBlockRows) {
    const std::size_t rows = std::min(kBlockRows, m - row);
    for (std::size_t i = 0; i < rows; ++i)
      gather_row(job, m0 + static_cast<std::int64_t>(row + i), state, block.data() + i * row_bytes);
    multiply(block.data(), row_bytes, row, rows, op);
  }
}

}  // namespace nnp::sim
