// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/published_checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "models/networks/zoo_table.h"
#include "onnx/checker.h"
#include "tests/unit/networks/counts.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

onnx::ModelProto outline(const std::string& name) { return find_network(name).build({.values = false}); }

// Every input and output has the batch; some input has the steps if the network has any; nothing else is open
// but the cache that a decode step leaves, which is one longer.
void expect_symbolic(const onnx::ModelProto& model, const NetworkInfo& info) {
  std::set<std::string> of_inputs;
  for (const onnx::ValueInfoProto& value : model.graph().input()) {
    const auto symbols = symbols_of(value);
    if (!is_given(value)) continue;
    EXPECT_TRUE(symbols.contains("batch")) << value.name();
    of_inputs.insert(symbols.begin(), symbols.end());
  }
  EXPECT_EQ(of_inputs, info.default_steps > 0 ? (std::set<std::string>{"batch", "steps"})
                                              : std::set<std::string>{"batch"});
  for (const onnx::ValueInfoProto& value : model.graph().output()) {
    auto symbols = symbols_of(value);
    EXPECT_EQ(symbols.erase("batch"), 1u) << value.name();
    symbols.erase(value.name().starts_with("present.") ? "steps_and_one" : "");
    if (info.default_steps > 0) symbols.erase("steps");
    EXPECT_TRUE(symbols.empty()) << value.name();
  }
}

}  // namespace

bool is_given(const onnx::ValueInfoProto& input) { return !symbols_of(input).empty(); }

void PrintTo(const Published& network, std::ostream* out) { *out << network.name; }

void expect_as_published(const Published& published) {
  const onnx::ModelProto model = outline(published.name);
  onnx::checker::check_model(model);
  EXPECT_EQ(model.ir_version(), 8);
  ASSERT_EQ(model.opset_import_size(), 1);
  EXPECT_EQ(model.opset_import(0).version(), 13);
  const auto near = [&](std::int64_t value) { return static_cast<double>(value) * published.tolerance; };
  EXPECT_NEAR(static_cast<double>(count_parameters(model)), static_cast<double>(published.parameters),
              near(published.parameters));
  EXPECT_NEAR(static_cast<double>(count_macs(model, published.steps)), static_cast<double>(published.macs),
              near(published.macs));
  expect_symbolic(model, find_network(published.name).info);
}

void expect_file_fills_outline(const std::string& name) {
  TemporaryCache cache;
  const onnx::ModelProto model = load(network_file(name));
  onnx::checker::check_model(model);
  std::map<std::string, const onnx::TensorProto*> tensors;
  for (const onnx::TensorProto& tensor : model.graph().initializer()) tensors[tensor.name()] = &tensor;
  const onnx::ModelProto without_values = outline(name);
  std::int64_t weights = 0;
  for (const onnx::ValueInfoProto& input : without_values.graph().input()) {
    if (is_given(input)) continue;
    ++weights;
    ASSERT_TRUE(tensors.contains(input.name())) << input.name();
    const onnx::TensorProto& tensor = *tensors.at(input.name());
    const auto& shape = input.type().tensor_type().shape().dim();
    EXPECT_TRUE(std::equal(tensor.dims().begin(), tensor.dims().end(), shape.begin(), shape.end(),
                           [](std::int64_t size, const auto& dim) { return size == dim.dim_value(); }))
        << input.name();
    EXPECT_EQ(tensor.raw_data().size(), static_cast<std::size_t>(elements(tensor)) * sizeof(float))
        << input.name();
  }
  EXPECT_GT(weights, 0);
  EXPECT_TRUE(std::all_of(model.graph().input().begin(), model.graph().input().end(), is_given));
}

}  // namespace nnp::models::test
