// SPDX-License-Identifier: Apache-2.0
// oneDNN's engine and stream, and a reorder. Included by the files of this folder only: dnnl.hpp is slow to
// compile.
#pragma once

#include <map>
#include <oneapi/dnnl/dnnl.hpp>
#include <optional>
#include <vector>

#include "compiler/ir/tensor.h"

namespace nnp::reference::onednn {

struct Device {
  bool keep = false;  // constants in the layouts that primitives asked for, from one run to the next
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};

  dnnl::memory make(const dnnl::memory::desc& layout) { return {layout, engine}; }
  /// Over elements that stay where they are; oneDNN only reads what it gets as a source.
  dnnl::memory over(const dnnl::memory::desc& layout, const void* elements) {
    return {layout, engine, const_cast<void*>(elements)};
  }
  void run(const dnnl::primitive& primitive, const std::unordered_map<int, dnnl::memory>& arguments) {
    primitive.execute(stream, arguments);
    stream.wait();
  }
  /// `source` itself when it already lies so.
  dnnl::memory in_layout(const dnnl::memory& source, const dnnl::memory::desc& layout) {
    if (source.get_desc() == layout) return source;
    dnnl::memory result = make(layout);
    run(dnnl::reorder(source, result), {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, result}});
    return result;
  }
  /// The same of a constant, which stays where it is as long as this lives: moved once where `keep` says so.
  dnnl::memory constant_in_layout(const dnnl::memory& source, const dnnl::memory::desc& layout) {
    if (!keep) return in_layout(source, layout);
    for (const dnnl::memory& kept : kept_[source.get_data_handle()])
      if (kept.get_desc() == layout) return kept;
    return kept_[source.get_data_handle()].emplace_back(in_layout(source, layout));
  }

 private:
  std::map<const void*, std::vector<dnnl::memory>> kept_;
};

/// oneDNN's word for an element type; nothing for those that it has no word for.
inline std::optional<dnnl::memory::data_type> data_type(ir::DType type) {
  switch (type) {
    case ir::DType::f32:
      return dnnl::memory::data_type::f32;
    case ir::DType::bf16:
      return dnnl::memory::data_type::bf16;
    case ir::DType::u8:
      return dnnl::memory::data_type::u8;
    case ir::DType::s8:
      return dnnl::memory::data_type::s8;
    case ir::DType::i32:
      return dnnl::memory::data_type::s32;
    default:
      return std::nullopt;
  }
}

inline dnnl::memory::dims row_major_strides(const dnnl::memory::dims& dims) {
  dnnl::memory::dims strides(dims.size(), 1);
  for (std::size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}
inline dnnl::memory::desc row_major(const dnnl::memory::dims& dims, dnnl::memory::data_type type) {
  return {dims, type, row_major_strides(dims)};
}
/// A layout of oneDNN's own choice.
inline dnnl::memory::desc any_layout(const dnnl::memory::dims& dims, dnnl::memory::data_type type) {
  return {dims, type, dnnl::memory::format_tag::any};
}

}  // namespace nnp::reference::onednn
