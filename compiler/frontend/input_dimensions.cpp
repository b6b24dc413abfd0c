// SPDX-License-Identifier: Apache-2.0
// Sizes for the symbolic dimensions of a model's inputs.
#include "compiler/frontend/input_dimensions.h"

#include <fmt/format.h>

#include <set>

#include "compiler/compile_error.h"
#include "compiler/frontend/shape_functions.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {
namespace {

/// The axis that `--batch` means: the one named "batch", else the first.
int batch_axis(const onnx::TensorShapeProto& shape) {
  for (int axis = 0; axis < shape.dim_size(); ++axis) {
    if (shape.dim(axis).dim_param() == "batch") return axis;
  }
  return 0;
}

/// The size the user chose for a symbolic dimension, or 0.
std::int64_t chosen_size(const std::string& name, bool is_batch, const ImportOptions& options) {
  if (const auto found = options.dims.find(name); found != options.dims.end()) return found->second;
  if (!is_batch) return 0;
  if (options.batch > 0) return options.batch;
  const auto found = options.dims.find("batch");
  return found != options.dims.end() ? found->second : 0;
}

/// Writes numbers into an input's shape. Returns complaints, one a line.
std::string fix_input(onnx::ValueInfoProto& input, const ImportOptions& options) {
  if (!input.type().has_tensor_type())
    throw CompileError(fmt::format("input '{}' is not a tensor", input.name()));
  auto& tensor = *input.mutable_type()->mutable_tensor_type();
  element_type_of(tensor.elem_type(), fmt::format("input '{}'", input.name()));
  if (!tensor.has_shape())
    throw CompileError(fmt::format("input '{}' has no rank; export the model with a shape", input.name()));
  std::string faults;
  ir::Shape sizes;
  const int batch = batch_axis(tensor.shape());
  for (int axis = 0; axis < tensor.shape().dim_size(); ++axis) {
    auto& dim = *tensor.mutable_shape()->mutable_dim(axis);
    if (!dim.has_dim_value()) {
      const bool named = !dim.dim_param().empty();
      const std::string name = named ? dim.dim_param() : fmt::format("{}.{}", input.name(), axis);
      const std::int64_t size = chosen_size(name, axis == batch, options);
      if (size == 0) {
        faults += fmt::format(
            "input '{}', axis {}: the size of {}'{}' is not known; give it with --dim {}=N{}\n", input.name(),
            axis, named ? "" : "the unnamed dimension ", name, name, axis == batch ? " or --batch N" : "");
        continue;
      }
      dim.set_dim_value(size);
    }
    if (dim.dim_value() < 0 || dim.dim_value() > kLargestValue) {
      throw CompileError(fmt::format("input '{}', axis {}: size {}; allowed are 0 to {}", input.name(), axis,
                                     dim.dim_value(), kLargestValue));
    }
    sizes.push_back(dim.dim_value());
  }
  if (bounded_count(sizes) > kLargestValue) {
    throw CompileError(fmt::format("input '{}': shape {} has more than {} elements", input.name(),
                                   describe(sizes), kLargestValue));
  }
  return faults;
}

}  // namespace

void fix_inputs(onnx::GraphProto& graph, const ImportOptions& options) {
  std::set<std::string> constants;
  for (const auto& tensor : graph.initializer()) constants.insert(tensor.name());
  auto inputs = std::move(*graph.mutable_input());
  graph.clear_input();
  std::string faults;
  for (auto& input : inputs) {
    if (constants.contains(input.name())) continue;  // a default value: taken as constant
    faults += fix_input(input, options);
    *graph.add_input() = std::move(input);
  }
  if (!faults.empty()) {
    faults.pop_back();
    throw CompileError(faults);
  }
  // What the file says of other shapes may hold symbols that now have sizes: infer them afresh.
  graph.clear_value_info();
  for (auto& output : *graph.mutable_output()) {
    if (output.type().has_tensor_type()) output.mutable_type()->mutable_tensor_type()->clear_shape();
  }
}

}  // namespace nnp::compiler
