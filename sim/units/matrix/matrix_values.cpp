// SPDX-License-Identifier: Apache-2.0
// The values of MATMUL and CONV: gathers the activation rows (implicit im2col) in blocks and multiplies by
// the strip. Sums of codes are integers, so the order in which an array adds them does not show; real sums go
// by ascending k, as systolic arrays of all three kinds have them.
#include <algorithm>

#include "isa/arch/matrix_shape.h"
#include "isa/numerics/numerics.h"
#include "sim/units/engine/geometry.h"
#include "sim/units/matrix/activation_rows.h"
#include "sim/units/matrix/matrix_unit.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;
namespace word = isa::word;

constexpr std::size_t kBlockRows = 128;         // of gathered activations: stays in the second-level cache
constexpr std::size_t kBlockBytes = 32u << 20;  // and long rows do not fill the memory

/// A block of weights, k x n from row k0 of the strip on, and the accumulators of its columns.
struct WeightBlock {
  const std::uint8_t* weights;
  std::size_t row_bytes;
  std::int32_t* accumulators;
  std::size_t k0, k, n;
  bool accumulate;
};

struct Operands {
  std::vector<WeightBlock> blocks;  // those of one accumulator column by ascending k0
  std::size_t accumulator_stride;
  std::uint8_t flags;
};

/// Calls f(kernel, activations, weights, sums): null pointers of the types that the instruction works on.
template <typename F>
void with_kernel(std::uint8_t flags, F&& f) {
  const auto& kernels = numerics::best();
  const bool a16 = flags & isa::kFlagA16;
  if (flags & isa::kFlagReal) {
    if (a16) return f(kernels.gemm_bf16, (numerics::Bf16*)nullptr, (numerics::Bf16*)nullptr, (float*)nullptr);
    return f(kernels.gemm_f32, (float*)nullptr, (float*)nullptr, (float*)nullptr);
  }
  std::int8_t* weights = nullptr;
  std::int32_t* sums = nullptr;
  if (a16) return f(kernels.gemm_s16s8, (std::int16_t*)nullptr, weights, sums);
  if (flags & isa::kFlagASigned) return f(kernels.gemm_s8s8, (std::int8_t*)nullptr, weights, sums);
  f(kernels.gemm_u8s8, (std::uint8_t*)nullptr, weights, sums);
}

void multiply(const std::uint8_t* a, std::size_t row_bytes, std::size_t first_row, std::size_t rows,
              const Operands& op) {
  with_kernel(op.flags, [&]<typename A, typename W, typename S>(auto gemm, A*, W*, S*) {
    for (const WeightBlock& block : op.blocks)
      gemm(reinterpret_cast<const A*>(a + block.k0 * sizeof(A)), row_bytes / sizeof(A),
           reinterpret_cast<const W*>(block.weights), block.row_bytes / sizeof(W),
           reinterpret_cast<S*>(block.accumulators + first_row * op.accumulator_stride),
           op.accumulator_stride, rows, block.n, block.k, block.accumulate);
  });
}

/// One block where the tiles of the strip have all columns (they lie one below the other), else one a tile.
std::vector<WeightBlock> weight_blocks(const Job& job, const WeightValues& values, ChipState& state) {
  const std::size_t m = job.get(field::mx_m), k = job.get(field::mx_k), n = job.get(field::mx_n);
  if (k == 0 || n == 0)
    throw ProgramFault(
        fmt::format("array: instruction {} has k {} and n {}; at least 1 is allowed", job.index, k, n));
  const bool accumulate = job.instruction.flags & isa::kFlagAccumulate;
  const Bytes element = isa::stationary_bytes(job.instruction.flags);
  const isa::WeightStrip cut(state.arch, k, n, {isa::WeightLayout::Order::tiles, element, 0});
  std::int32_t* sums =
      state.accumulator_rows(job.get(field::mx_acc), isa::accumulator_rows_of(m, n, state.arch));
  const auto block = [&](std::uint64_t tile, std::size_t k0, std::size_t rows, std::size_t n0,
                         std::size_t cols) -> WeightBlock {
    const bool adds = accumulate || k0 > 0;
    std::int32_t* of_columns = sums + n0 * m;  // n0 is a multiple of array_cols
    if (values.gathered) {
      if (values.weights->size() != k * n * element)
        throw AddressError(
            fmt::format("array: instruction {} takes {} bytes of weights, its WLOAD fetched {}", job.index,
                        k * n * element, values.weights->size()));
      return {
          values.weights->data() + (k0 * n + n0) * element, n * element, of_columns, k0, rows, cols, adds};
    }
    const std::size_t stride = cut.row_stride(tile);
    const Address first = values.stored + cut.tile_offset(tile);
    state.device_memory.check_aligned(first, element);
    return {state.device_memory.read(first, (rows - 1) * stride + cols * element),
            stride,
            of_columns,
            k0,
            rows,
            cols,
            adds};
  };
  if (cut.n_tiles() == 1) return {block(0, 0, k, 0, n)};
  std::vector<WeightBlock> blocks;
  for (std::uint64_t tile = 0; tile < cut.tiles(); ++tile)
    blocks.push_back(block(tile, tile / cut.n_tiles() * state.arch.array_rows, cut.tile_rows(tile),
                           tile % cut.n_tiles() * state.arch.array_cols, cut.tile_cols(tile)));
  return blocks;
}

}  // namespace

void execute_matrix(const Job& job, const WeightValues& weights, ChipState& state) {
  const std::size_t m = job.get(field::mx_m), k = job.get(field::mx_k);
  Operands op;
  op.blocks = weight_blocks(job, weights, state);
  op.accumulator_stride = state.arch.array_cols;
  op.flags = job.instruction.flags;
  const std::size_t element_bytes = activation_bytes(job);

  if (m == 0) return;
  if (job.instruction.opcode == isa::Opcode::matmul) {
    const std::int32_t stride = job.word(word::a_stride);
    const Address first = job.get(field::mx_a);
    state.buffer.check_aligned(first, element_bytes);
    if (stride < 0 || static_cast<std::size_t>(stride) % element_bytes != 0)
      throw ProgramFault(fmt::format(
          "array: instruction {} has rows {} bytes apart; a multiple of {}, not below 0, is allowed",
          job.index, stride, element_bytes));
    multiply(state.buffer.rows(first, m, stride, k * element_bytes), static_cast<std::size_t>(stride), 0, m,
             op);
    return;
  }
  check_window(job);
  const ConvRows conv(job, state);
  const auto m0 = static_cast<std::int64_t>(job.get(field::mx_m0));
  if (const auto rows = conv.in_place(m0, m)) return multiply(rows->rows, rows->stride, 0, m, op);
  thread_local std::vector<std::uint8_t> block;
  const std::size_t row_bytes = k * element_bytes;
  const std::size_t block_rows =
      std::clamp<std::size_t>(kBlockBytes / std::max<std::size_t>(row_bytes, 1), 1, kBlockRows);
  block.resize(std::min(m, block_rows) * row_bytes);
  for (std::size_t row = 0; row < m; row += block_rows) {
    const std::size_t rows = std::min(block_rows, m - row);
    for (std::size_t i = 0; i < rows; ++i)
      conv.gather(m0 + static_cast<std::int64_t>(row + i), block.data() + i * row_bytes);
    multiply(block.data(), row_bytes, row, rows, op);
  }
}

}  // namespace nnp::sim
