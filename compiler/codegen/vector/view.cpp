// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/vector/view.h"

namespace nnp::compiler {

std::vector<std::size_t> storage_order(std::size_t rank) {
  if (rank == 4) return {0, 2, 3, 1};
  std::vector<std::size_t> order(rank);
  for (std::size_t i = 0; i < rank; ++i) order[i] = i;
  return order;
}

std::vector<std::int64_t> device_strides(const ir::Shape& shape, std::int64_t element_bytes,
                                         std::int64_t pixel_bytes) {
  std::vector<std::int64_t> strides(shape.size());
  const auto order = storage_order(shape.size());
  std::int64_t stride = element_bytes;
  for (std::size_t i = order.size(); i-- > 0;) {
    strides[order[i]] = stride;
    stride = i + 1 == order.size() ? pixel_bytes : stride * shape[order[i]];
  }
  return strides;
}

View broadcast(View view, const ir::Shape& to) {
  const std::size_t added = to.size() - view.extents.size();
  view.extents.insert(view.extents.begin(), added, 1);
  view.strides.insert(view.strides.begin(), added, 0);
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    if (view.extents[axis] == to[axis]) continue;
    view.extents[axis] = to[axis], view.strides[axis] = 0;
  }
  return view;
}

View permuted(const View& view, const std::vector<std::size_t>& order) {
  View result = view;
  for (std::size_t i = 0; i < order.size(); ++i)
    result.extents[i] = view.extents[order[i]], result.strides[i] = view.strides[order[i]];
  return result;
}

}  // namespace nnp::compiler
