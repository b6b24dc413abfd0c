// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/arrays/random_passes.h"

#include <fmt/format.h>

#include <array>

namespace nnp::test {
namespace {

using sim::Dataflow;

std::uint32_t between(std::mt19937_64& random, std::uint32_t least, std::uint32_t most) {
  return std::uniform_int_distribution<std::uint32_t>(least, most)(random);
}

/// 1 to 3 tiles of `tile`, the last one partial half of the time.
std::vector<std::uint32_t> random_tiles(std::mt19937_64& random, std::uint32_t tile) {
  std::vector<std::uint32_t> tiles(between(random, 1, 3), tile);
  if (between(random, 0, 1) == 0) tiles.back() = between(random, 1, tile);
  return tiles;
}

enum class Kind { signed8, unsigned8, signed16 };

void fill(std::mt19937_64& random, sim::PassValues& pass, Kind kind) {
  const auto& shape = pass.shape;
  const int least = kind == Kind::signed16 ? -32768 : kind == Kind::signed8 ? -128 : 0;
  const int most = kind == Kind::signed16 ? 32767 : kind == Kind::signed8 ? 127 : 255;
  std::uniform_int_distribution<int> activation(least, most), weight(-128, 127);
  const bool extreme = between(random, 0, 7) == 0;
  pass.a.resize(std::size_t{shape.m} * shape.k);
  pass.w.resize(std::size_t{shape.k} * shape.n);
  for (auto& a : pass.a) a = static_cast<std::int16_t>(extreme ? least : activation(random));
  for (auto& w : pass.w) w = static_cast<std::int8_t>(extreme ? -128 : weight(random));
}

std::vector<Cycles> random_bubbles(std::mt19937_64& random, Cycles steps) {
  std::vector<Cycles> bubbles(steps);
  for (Cycles& cycles : bubbles)
    if (between(random, 0, 3) == 0) cycles = between(random, 1, 5);
  return bubbles;
}

}  // namespace

std::string describe(const sim::ArrayDesign& design) {
  constexpr std::array names{"weight_stationary", "output_stationary", "input_stationary", "adder_tree"};
  return fmt::format("{} {}x{}, {} rows a cycle, {} tree registers{}{}",
                     names.at(static_cast<std::size_t>(design.dataflow)), design.rows, design.cols,
                     design.shift_rows_per_cycle, design.tree_registers,
                     design.drain_phase ? "" : ", no drain phase", design.overlap ? "" : ", no overlap");
}

sim::ArrayDesign random_design(std::mt19937_64& random, Dataflow dataflow, std::uint32_t most) {
  sim::ArrayDesign design;
  design.dataflow = dataflow;
  design.rows = between(random, 1, most);
  design.cols = between(random, 1, most);
  design.shift_rows_per_cycle = between(random, 1, 4);
  if (dataflow == Dataflow::adder_tree) design.tree_registers = between(random, 1, 5);
  if (dataflow == Dataflow::output_stationary) design.drain_phase = between(random, 0, 3) != 0;
  design.overlap = between(random, 0, 3) != 0;
  return design;
}

sim::PassValues random_pass(std::mt19937_64& random, const sim::PassShape& shape) {
  sim::PassValues pass{shape, {}, {}};
  const Kind narrow = between(random, 0, 1) == 0 ? Kind::signed8 : Kind::unsigned8;
  fill(random, pass, shape.wide ? Kind::signed16 : narrow);
  return pass;
}

ArrayJob random_job(std::mt19937_64& random, const sim::ArrayDesign& design) {
  const std::uint32_t free = between(random, 1, 2 * (design.rows + design.cols));
  const bool m_free =
      design.dataflow == Dataflow::weight_stationary || design.dataflow == Dataflow::adder_tree;
  const bool n_free = design.dataflow == Dataflow::input_stationary;
  const bool k_free = design.dataflow == Dataflow::output_stationary;
  const auto ms = random_tiles(random, m_free ? free : n_free ? design.cols : design.rows);
  const auto ks = random_tiles(random, k_free ? free : design.rows);
  const auto ns = random_tiles(random, n_free ? free : design.cols);
  ArrayJob job{design, {}, {}};
  const bool wide = between(random, 0, 3) == 0, disturbed = between(random, 0, 2) != 0;
  for (const std::uint32_t n : ns)
    for (const std::uint32_t k : ks)
      for (const std::uint32_t m : ms) {
        job.values.push_back(random_pass(random, {m, k, n, wide}));
        job.timed.push_back({job.values.back().shape, 0, 0, {}, {}});
      }
  std::shuffle(job.values.begin(), job.values.end(), random);
  const auto timing = make_array_timing(design);
  for (std::size_t pass = 0; pass < job.values.size(); ++pass) {
    sim::TimedPass& timed = job.timed[pass];
    timed.shape = job.values[pass].shape;
    if (!disturbed) continue;
    timed.load_gap = between(random, 0, 3) == 0 ? between(random, 1, 20) : 0;
    timed.stream_gap = between(random, 0, 3) == 0 ? between(random, 1, 20) : 0;
    if (between(random, 0, 1) == 0) timed.load_bubbles = random_bubbles(random, timing->load(timed.shape));
    if (between(random, 0, 1) == 0)
      timed.stream_bubbles = random_bubbles(random, timing->stream(timed.shape));
  }
  return job;
}

std::vector<std::int32_t> plain_product(const sim::PassValues& pass) {
  const auto [m, k, n, wide] = pass.shape;
  std::vector<std::int32_t> product(std::size_t{m} * n);
  for (std::size_t i = 0; i < m; ++i)
    for (std::size_t j = 0; j < n; ++j) {
      std::int64_t sum = 0;
      for (std::size_t depth = 0; depth < k; ++depth)
        sum += std::int64_t{pass.a[i * k + depth]} * pass.w[depth * n + j];
      product[i * n + j] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum));
    }
  return product;
}

std::string first_difference(sim::RegisterArray& array, const ArrayJob& job) {
  const auto timing = make_array_timing(job.design);
  const auto schedules = schedule(*timing, job.timed);
  const auto results = run_passes(array, job.values, schedules);
  for (std::size_t pass = 0; pass < results.size(); ++pass) {
    const sim::PassShape& shape = job.values[pass].shape;
    const auto expected = plain_product(job.values[pass]);
    for (std::uint32_t i = 0; i < shape.m; ++i)
      for (std::uint32_t j = 0; j < shape.n; ++j) {
        const std::size_t at = std::size_t{i} * shape.n + j;
        const Cycle cycle = schedules[pass].stream[timing->last_step(shape, i, j)] + timing->travel(i, j);
        if (results[pass].cycles[at] == cycle && results[pass].values[at] == expected[at]) continue;
        return fmt::format(
            "{}: pass {} (m {} k {} n {}{}), output ({}, {}): {} in cycle {} where the plain loop has {} and "
            "the closed form says {}",
            describe(job.design), pass, shape.m, shape.k, shape.n, shape.wide ? ", wide" : "", i, j,
            results[pass].values[at], static_cast<std::int64_t>(results[pass].cycles[at]), expected[at],
            cycle);
      }
  }
  return {};
}

}  // namespace nnp::test
