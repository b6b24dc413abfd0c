// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/pass_plan.h"

#include <algorithm>

#include "isa/arch/matrix_shape.h"

namespace nnp::sim {
namespace {

namespace field = isa::field;

bool is_wide(const Job& job) { return isa::is_half_rate(job.instruction.flags); }
Bytes element_bytes(const Job& job) { return isa::activation_bytes(job.instruction.flags); }

std::uint32_t get(const Job& job, const isa::Field& of) { return static_cast<std::uint32_t>(job.get(of)); }

/// Tiles of `size` that cover `extent`, at least one; and how much of tile `index` is used.
std::uint32_t tiles(std::uint32_t extent, std::uint32_t size) { return std::max(1u, ceil_div(extent, size)); }
std::uint32_t part(std::uint32_t extent, std::uint32_t size, std::uint32_t index) {
  return std::min(size, extent - std::min(extent, index * size));
}

}  // namespace

PassPlan::PassPlan(const isa::ArchSpec& arch, const ArrayTiming& timing)
    : arch_(arch), timing_(timing), kind_(timing.design().dataflow) {}

void PassPlan::check(const Job& job) const {
  const isa::MatrixLimits most = isa::matrix_limits(arch_);
  if (get(job, field::mx_m) <= most.m && get(job, field::mx_n) <= most.n) return;
  throw AddressError(
      fmt::format("array: instruction {} has m {} and n {}, but {} of {} x {} PEs takes at most {} and {}",
                  job.index, get(job, field::mx_m), get(job, field::mx_n), to_string(kind_), arch_.array_rows,
                  arch_.array_cols, most.m, most.n));
}

std::uint32_t PassPlan::segments_of_a_pass(const Job& job) const {
  if (kind_ == Kind::output_stationary) return segments(job);
  return kind_ == Kind::input_stationary ? tiles(get(job, field::mx_n), arch_.array_cols) : 1;
}

std::uint32_t PassPlan::segments(const Job& job) const {
  const std::uint32_t of_k = tiles(get(job, field::mx_k), arch_.array_rows);
  return kind_ == Kind::input_stationary ? of_k * segments_of_a_pass(job) : of_k;
}

Segment PassPlan::segment(const Job& job, std::uint32_t index) const {
  const std::uint32_t in_a_pass = segments_of_a_pass(job), place = index % in_a_pass;
  Segment segment;
  segment.opens_pass = place == 0, segment.closes_pass = place + 1 == in_a_pass;
  segment.k = part(get(job, field::mx_k), arch_.array_rows,
                   kind_ == Kind::output_stationary ? place : index / in_a_pass);
  segment.n = get(job, field::mx_n);
  segment.vectors = get(job, field::mx_m);
  if (kind_ == Kind::output_stationary)
    segment.vectors = segment.k, segment.first_vector = place * arch_.array_rows;
  else if (kind_ == Kind::input_stationary)
    segment.vectors = segment.n = part(get(job, field::mx_n), arch_.array_cols, place),
    segment.first_vector = place * arch_.array_cols;
  segment.cycles_a_vector = is_wide(job) ? 2 : 1;
  // A vector of activations has an element for each row of PEs.
  if (streams_activations())
    segment.cycles_a_vector =
        std::max(segment.cycles_a_vector,
                 ceil_div<Cycles>(Cycles{arch_.array_rows} * element_bytes(job), arch_.buffer_word_bytes));
  segment.length = std::max<Cycles>(1, segment.vectors * segment.cycles_a_vector);
  return segment;
}

PassShape PassPlan::pass(const Job& job, std::uint32_t segment) const {
  PassShape shape{get(job, field::mx_m), get(job, field::mx_k), get(job, field::mx_n), is_wide(job)};
  if (kind_ != Kind::output_stationary)
    shape.k = part(shape.k, arch_.array_rows, segment / segments_of_a_pass(job));
  return shape;
}

Cycles PassPlan::load_accesses(const Job& job) const {
  const Cycles words = ceil_div<Cycles>(
      Cycles{timing_.design().lanes()} * arch_.array_cols * element_bytes(job), arch_.buffer_word_bytes);
  return timing_.load(pass(job, 0)) * words;
}

}  // namespace nnp::sim
