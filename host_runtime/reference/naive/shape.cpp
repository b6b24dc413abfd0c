// SPDX-License-Identifier: Apache-2.0
// Operators that move elements without looking at them; any type, byte by byte.
#include <fmt/format.h>

#include <algorithm>

#include "host_runtime/reference/naive/operators.h"

namespace nnp::reference::naive {
namespace {

std::size_t size(std::int64_t n) { return static_cast<std::size_t>(n); }

// The declared output, for a node that keeps its element type.
ir::Tensor& output_like_input(Call& call, std::int64_t elements) {
  const ir::Value& value = call.output_value();
  if (value.type != call.input(0).type() || ir::element_count(value.shape) != elements)
    call.fail(fmt::format("input {} {} does not give {} {}", ir::to_string(call.input(0).type()),
                          to_text(call.input(0).shape()), ir::to_string(value.type), to_text(value.shape)));
  return call.output();
}

}  // namespace

void run_reshape(Call& call) {
  ir::Tensor& y = output_like_input(call, ir::element_count(call.input(0).shape()));
  std::ranges::copy(call.input(0).bytes(), y.bytes().begin());
}

void run_transpose(Call& call) {
  const ir::Tensor& x = call.input(0);
  const std::size_t rank = x.shape().size(), width = ir::size_of(x.type());
  std::vector<std::int64_t> permutation = call.attributes<ir::TransposeAttributes>().permutation;
  if (permutation.empty())  // ONNX: all axes reversed
    for (std::size_t i = rank; i-- > 0;) permutation.push_back(static_cast<std::int64_t>(i));
  std::vector<std::int64_t> sorted = permutation;
  std::ranges::sort(sorted);
  for (std::size_t i = 0; i < std::max(rank, sorted.size()); ++i)
    if (sorted.size() != rank || sorted[i] != static_cast<std::int64_t>(i))
      call.fail(fmt::format("permutation {} of {} axes", to_text(permutation), rank));
  ir::Shape shape;
  std::vector<std::size_t> strides;  // of the source, by output axis
  for (const std::int64_t axis : permutation) {
    shape.push_back(x.shape()[size(axis)]);
    strides.push_back(size(ir::element_count({x.shape().begin() + axis + 1, x.shape().end()})));
  }
  if (shape != call.output_value().shape)
    call.fail(fmt::format("gives {}, declared {}", to_text(shape), to_text(call.output_value().shape)));
  std::uint8_t* to = output_like_input(call, ir::element_count(shape)).bytes().data();
  const std::uint8_t* from = x.bytes().data();
  std::vector<std::int64_t> at(rank, 0);
  std::size_t source = 0;
  for (std::size_t i = 0; i < x.size(); ++i, to += width) {
    std::copy_n(from + source * width, width, to);
    for (std::size_t axis = rank; axis-- > 0;) {  // count up, last axis fastest
      source += strides[axis];
      if (++at[axis] < shape[axis]) break;
      source -= strides[axis] * size(shape[axis]);
      at[axis] = 0;
    }
  }
}

void run_gather(Call& call) {
  const ir::Tensor &x = call.input(0), &indices = call.input(1);
  if (indices.type() != ir::DType::i64 && indices.type() != ir::DType::i32)
    call.fail("indices must be integers");
  const auto rank = static_cast<std::int64_t>(x.shape().size());
  const std::int64_t given = call.attributes<ir::AxisAttributes>().axis,
                     axis = given < 0 ? given + rank : given;
  if (axis < 0 || axis >= rank) call.fail(fmt::format("axis {} of {}", given, to_text(x.shape())));
  const std::int64_t rows = x.shape()[size(axis)];
  const std::size_t outer = size(ir::element_count({x.shape().begin(), x.shape().begin() + axis}));
  const std::size_t run =
      size(ir::element_count({x.shape().begin() + axis + 1, x.shape().end()})) * ir::size_of(x.type());
  const std::size_t inner_elements = run / ir::size_of(x.type());
  std::uint8_t* to =
      output_like_input(call, static_cast<std::int64_t>(outer * indices.size() * inner_elements))
          .bytes()
          .data();
  for (std::size_t block = 0; block < outer; ++block)
    for (std::size_t i = 0; i < indices.size(); ++i, to += run) {
      const std::int64_t index = indices.type() == ir::DType::i64 ? indices.data<std::int64_t>()[i]
                                                                  : indices.data<std::int32_t>()[i];
      if (index < -rows || index >= rows)
        call.fail(fmt::format("index {} at position {}; allowed {} to {}", index, i, -rows, rows - 1));
      std::copy_n(x.bytes().data() + (block * size(rows) + size(index < 0 ? index + rows : index)) * run, run,
                  to);
    }
}

}  // namespace nnp::reference::naive
