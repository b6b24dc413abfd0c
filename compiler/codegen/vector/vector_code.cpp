// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/vector/vector_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "compiler/compile_error.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;
namespace word = isa::word;
using isa::Opcode;
using isa::Queue;

constexpr std::int64_t kMost24 = (1 << 24) - 1, kMost16 = (1 << 16) - 1;

std::vector<std::size_t> all_axes(const View& view) {
  std::vector<std::size_t> axes(view.extents.size());
  for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = i;
  return axes;
}

/// Takes the innermost loop away if every view steps from element to element, or stands still where it may.
std::int64_t take_row(std::vector<Loop>& loops, const std::vector<std::int64_t>& element_bytes,
                      const std::vector<bool>& may_stand) {
  if (loops.empty() || loops.back().count > kMost24) return 1;
  const Loop& inner = loops.back();
  for (std::size_t v = 0; v < element_bytes.size(); ++v)
    if (inner.step[v] != element_bytes[v] && !(may_stand[v] && inner.step[v] == 0)) return 1;
  const std::int64_t x = inner.count;
  loops.pop_back();
  return x;
}

/// Takes the innermost loop away for the instruction's own y or z.
Loop take_loop(std::vector<Loop>& loops, std::int64_t most) {
  if (loops.empty()) return {};
  if (loops.back().count > most) {  // too long for a field: turns of the most that divides it
    std::int64_t part = most;
    while (loops.back().count % part != 0) --part;
    Loop inner{part, loops.back().step};
    loops.back().count /= part;
    for (std::int64_t& step : loops.back().step) step *= part;
    return inner;
  }
  const Loop loop = loops.back();
  loops.pop_back();
  return loop;
}

std::int64_t type_word(const View& a, const View& b, const View& to) {
  return static_cast<std::int64_t>(a.type) | static_cast<std::int64_t>(b.type) << 4 |
         static_cast<std::int64_t>(to.type) << 8;
}

std::vector<WordValue> operand_words(const View& to, const View& a, const View& b) {
  std::vector<WordValue> words{word_of(word::types, type_word(a, b, to))};
  if (!isa::is_real(a.type))
    words.push_back(word_of(word::src0_zero, a.scaled.zero_point)),
        words.push_back(word_of_float(word::src0_scale, a.scaled.scale));
  if (!isa::is_real(b.type))
    words.push_back(word_of(word::src1_zero, b.scaled.zero_point)),
        words.push_back(word_of_float(word::src1_scale, b.scaled.scale));
  if (isa::is_real(to.type)) {
    words.push_back(word_of_float(word::vx_lo, to.reals.lo));
    words.push_back(word_of_float(word::vx_hi, to.reals.hi));
  } else {
    words.push_back(word_of(word::vx_dst_zero, to.codes.zero_point));
    words.push_back(word_of(word::vx_lo, to.codes.lo));
    words.push_back(word_of(word::vx_hi, to.codes.hi));
    words.push_back(word_of_float(word::dst_scale, to.scaled.scale));
  }
  return words;
}

void add_rows(std::vector<WordValue>& words, const Loop& rows, std::size_t sources) {
  if (rows.count == 1) return;
  words.push_back(word_of(word::vx_dst_stride, rows.step[0]));
  words.push_back(word_of(word::src0_stride, rows.step[1]));
  if (sources > 1) words.push_back(word_of(word::src1_stride, rows.step[2]));
}

std::int64_t at(const View& view, std::int64_t offset) {
  return static_cast<std::int64_t>(view.address) + offset;
}

}  // namespace

View VectorCode::like(const View& view, Address address, const std::vector<std::size_t>& reduced) {
  View result;
  result.address = address, result.extents = view.extents, result.strides.resize(view.extents.size());
  for (const std::size_t axis : reduced) result.extents[axis] = 1;
  std::vector<std::size_t> order = all_axes(view);  // outermost first
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(view.strides[a]) > std::abs(view.strides[b]);
  });
  std::int64_t stride = result.element_bytes();
  for (std::size_t i = order.size(); i-- > 0; stride *= result.extents[order[i]])
    result.strides[order[i]] = stride;
  return result;
}

Bytes VectorCode::bytes_of(const View& view) {
  return static_cast<Bytes>(ir::element_count(view.extents) * view.element_bytes());
}

void VectorCode::unary(numerics::UnaryFunction function, const View& to, const View& source, float alpha,
                       float beta) {
  const View from = broadcast(source, to.extents);
  auto loops = loops_of({&to, &from}, all_axes(to));
  const std::int64_t x = take_row(loops, {to.element_bytes(), from.element_bytes()}, {false, false});
  const Loop rows = take_loop(loops, kMost24);
  auto words = operand_words(to, from, from);
  words.push_back(word_of(word::function, static_cast<std::int64_t>(function)));
  words.push_back(word_of_float(word::alpha, alpha)), words.push_back(word_of_float(word::beta, beta));
  add_rows(words, rows, 1);
  for_each_turn(loops, [&](const auto& offset) {
    e_.builder.emit(Queue::vector, Opcode::apply,
                    {{field::vx_dst, at(to, offset[0])},
                     {field::vx_src0, at(from, offset[1])},
                     {field::vx_x, x},
                     {field::vx_y, rows.count}},
                    words);
  });
}

void VectorCode::binary(numerics::BinaryFunction function, const View& to, const View& left,
                        const View& right) {
  const View a = broadcast(left, to.extents), b = broadcast(right, to.extents);
  auto loops = loops_of({&to, &a, &b}, all_axes(to));
  std::uint8_t flags = 0;
  const Loop inner = loops.empty() ? Loop{} : loops.back();
  const std::int64_t x =
      take_row(loops, {to.element_bytes(), a.element_bytes(), b.element_bytes()}, {false, true, true});
  if (x > 1 && inner.step[1] == 0) flags |= isa::kFlagScalar0;
  if (x > 1 && inner.step[2] == 0) flags |= isa::kFlagScalar1;
  const Loop rows = take_loop(loops, kMost24);
  auto words = operand_words(to, a, b);
  words.push_back(word_of(word::function, static_cast<std::int64_t>(function)));
  add_rows(words, rows, 2);
  for_each_turn(loops, [&](const auto& offset) {
    e_.builder.emit(Queue::vector, Opcode::combine,
                    {{field::vx_dst, at(to, offset[0])},
                     {field::vx_src0, at(a, offset[1])},
                     {field::vx_src1, at(b, offset[2])},
                     {field::vx_x, x},
                     {field::vx_y, rows.count}},
                    words, flags);
  });
}

View VectorCode::scalar(Address number, std::size_t rank) {
  View view;
  view.address = number, view.extents.assign(rank, 1), view.strides.assign(rank, 0);
  return view;
}

void VectorCode::fill(const View& to, Address number) {
  const View one = scalar(number, to.extents.size());
  binary(numerics::BinaryFunction::max, to, one, one);
}

bool VectorCode::needs_packing(const View& from, const std::vector<std::size_t>& axes) {
  return loops_of({&from}, axes, true).size() > 1;
}

void VectorCode::reduce(numerics::Reduction reduction, const View& to, const View& from,
                        const std::vector<std::size_t>& axes, double divisor, Address packed) {
  std::vector<std::size_t> kept;
  for (const std::size_t axis : all_axes(from))
    if (std::find(axes.begin(), axes.end(), axis) == axes.end()) kept.push_back(axis);
  if (needs_packing(from, axes)) {
    // [kept..., reduced...] without padding, then rows of it.
    std::vector<std::size_t> order = kept;
    order.insert(order.end(), axes.begin(), axes.end());
    View rows = permuted(from, order);
    std::int64_t stride = rows.element_bytes();
    for (std::size_t i = order.size(); i-- > 0; stride *= rows.extents[i]) rows.strides[i] = stride;
    rows.address = packed;
    move(rows, permuted(from, order));
    std::vector<std::size_t> last(axes.size());
    for (std::size_t i = 0; i < last.size(); ++i) last[i] = kept.size() + i;
    return reduce(reduction, permuted(to, order), rows, last, divisor);
  }
  View target = to;  // to's reduced axes have extent 1; the loops over kept axes are equal
  target.extents = from.extents;
  const auto reduced = loops_of({&from}, axes, true);
  const Loop along = reduced.empty() ? Loop{1, {from.element_bytes(), 0, 0}} : reduced.front();
  auto loops = loops_of({&target, &from}, kept);
  auto words = operand_words(to, from, from);
  words.push_back(word_of(word::function, static_cast<std::int64_t>(reduction)));
  words.push_back(word_of_float(word::alpha, static_cast<float>(divisor)));
  std::int64_t x = along.count, y = 1;
  std::uint8_t flags = 0;
  if (along.step[0] == from.element_bytes() || along.count == 1) {
    const Loop rows = take_loop(loops, kMost24);
    y = rows.count;
    add_rows(words, rows, 1);
  } else {
    flags = isa::kFlagColumns;
    x = take_row(loops, {to.element_bytes(), from.element_bytes()}, {false, false}), y = along.count;
    words.push_back(word_of(word::src0_stride, along.step[0]));
  }
  if (x > kMost24 || y > kMost24)
    throw CompileError(fmt::format("layer {}: a reduction of {} x {} elements; a vector instruction holds {}",
                                   e_.node.name, y, x, kMost24));
  for_each_turn(loops, [&](const auto& offset) {
    e_.builder.emit(Queue::vector, Opcode::reduce,
                    {{field::vx_dst, at(to, offset[0])},
                     {field::vx_src0, at(from, offset[1])},
                     {field::vx_x, x},
                     {field::vx_y, y}},
                    words, flags);
  });
}

void VectorCode::move(const View& to, const View& source) {
  const View from = broadcast(source, to.extents);
  auto loops = loops_of({&to, &from}, all_axes(to));
  const std::int64_t x = take_row(loops, {to.element_bytes(), from.element_bytes()}, {false, false});
  const Loop y = take_loop(loops, kMost24), z = take_loop(loops, kMost16);
  std::vector<WordValue> words;
  if (y.count > 1)
    words.push_back(word_of(word::src_stride_y, y.step[1])),
        words.push_back(word_of(word::dst_stride_y, y.step[0]));
  if (z.count > 1)
    words.push_back(word_of(word::src_stride_z, z.step[1])),
        words.push_back(word_of(word::dst_stride_z, z.step[0]));
  for_each_turn(loops, [&](const auto& offset) {
    e_.builder.emit(Queue::vector, Opcode::move,
                    {{field::vx_dst, at(to, offset[0])},
                     {field::vx_src0, at(from, offset[1])},
                     {field::vx_x, x * to.element_bytes()},
                     {field::vx_y, y.count},
                     {field::vx_z, z.count}},
                    words);
  });
}

}  // namespace nnp::compiler
