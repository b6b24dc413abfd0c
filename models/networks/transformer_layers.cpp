// SPDX-License-Identifier: Apache-2.0
#include "models/networks/transformer_layers.h"

#include <cmath>

namespace nnp::models {
namespace {

constexpr double kGeluDeviation = 0.6;  // root mean square of GELU of a standard normal: 0.65

double scaled(double gain, std::int64_t fan_in) { return gain / std::sqrt(static_cast<double>(fan_in)); }

}  // namespace

std::string float_constant(GraphBuilder& graph, const std::string& name, float value) {
  return graph.has(name) ? name : graph.scalar(name, value);
}

std::string integer_constant(GraphBuilder& graph, const std::string& name,
                             const std::vector<std::int64_t>& values) {
  return graph.has(name) ? name : graph.integers(name, values);
}

std::string linear(GraphBuilder& graph, const std::string& name, const std::string& x, std::int64_t inputs,
                   std::int64_t outputs, double gain) {
  const std::string weight = graph.weights(name + ".weight", {inputs, outputs}, scaled(gain, inputs));
  const std::string bias = graph.weights(name + ".bias", {outputs}, 0.1 * gain);
  return graph.node("Add", name + ".add", {graph.node("MatMul", name, {x, weight}), bias});
}

// J. Ba et al., "Layer Normalization", 2016.
std::string layer_norm(GraphBuilder& graph, const std::string& name, const std::string& x, std::int64_t width,
                       float epsilon) {
  const auto part = [&](const char* op, const char* what, const std::vector<std::string>& inputs,
                        const Attributes& attributes = {}) {
    return graph.node(op, name + "." + what, inputs, attributes);
  };
  const Attributes last{{"axes", Shape{-1}}, {"keepdims", 1}};
  const std::string centred = part("Sub", "sub", {x, part("ReduceMean", "mean", {x}, last)});
  const std::string squares = part("Pow", "pow", {centred, float_constant(graph, "two", 2)});
  const std::string variance = part("ReduceMean", "variance", {squares}, last);
  const std::string safe = part("Add", "epsilon", {variance, float_constant(graph, "epsilon", epsilon)});
  const std::string normal = part("Div", "div", {centred, part("Sqrt", "sqrt", {safe})});
  const std::string gamma = graph.weights(name + ".weight", {width}, 0.1, 1);
  const std::string beta = graph.weights(name + ".bias", {width}, 0.1);
  return part("Add", "add", {part("Mul", "mul", {normal, gamma}), beta});
}

// x Phi(x), D. Hendrycks, K. Gimpel, "Gaussian Error Linear Units", 2016.
std::string gelu_by_erf(GraphBuilder& graph, const std::string& name, const std::string& x) {
  const std::string ratio =
      graph.node("Div", name + ".div", {x, float_constant(graph, "root_of_two", std::sqrt(2.0f))});
  const std::string erf = graph.node("Erf", name + ".erf", {ratio});
  const std::string sum = graph.node("Add", name + ".add", {erf, float_constant(graph, "one", 1)});
  const std::string product = graph.node("Mul", name + ".mul", {x, sum});
  return graph.node("Mul", name + ".half", {product, float_constant(graph, "half", 0.5f)});
}

// The approximation of the same paper, which GPT-2 has: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))).
std::string gelu_by_tanh(GraphBuilder& graph, const std::string& name, const std::string& x) {
  const auto node = [&](const char* op, const char* what, const std::string& left, const std::string& right) {
    return graph.node(op, name + "." + what, {left, right});
  };
  const std::string half = node("Mul", "half", x, float_constant(graph, "half", 0.5f));
  const std::string cube = node("Pow", "cube", x, float_constant(graph, "three", 3));
  const std::string bend = node("Mul", "bend", cube, float_constant(graph, "bend", 0.044715f));
  const std::string sum = node("Add", "sum", x, bend);
  const std::string inner =
      node("Mul", "scale", sum, float_constant(graph, "root_of_two_over_pi", 0.79788456f));
  const std::string tanh = graph.node("Tanh", name + ".tanh", {inner});
  return node("Mul", "mul", half, node("Add", "add", tanh, float_constant(graph, "one", 1)));
}

std::string feed_forward(GraphBuilder& graph, const std::string& up, const std::string& down,
                         const std::string& x, std::int64_t width, std::int64_t hidden,
                         std::string (*gelu)(GraphBuilder&, const std::string&, const std::string&)) {
  const std::string inner = gelu(graph, up + ".gelu", linear(graph, up, x, width, hidden, 1));
  return linear(graph, down, inner, hidden, width, kBranchDeviation / kGeluDeviation);
}

std::string split_heads(GraphBuilder& graph, const std::string& name, const std::string& x,
                        std::int64_t heads, std::int64_t size) {
  const std::string shape = integer_constant(graph, "split_in_" + std::to_string(heads), {0, 0, heads, size});
  const std::string split = graph.node("Reshape", name + ".reshape", {x, shape});
  return graph.node("Transpose", name + ".transpose", {split}, {{"perm", Shape{0, 2, 1, 3}}});
}

std::string merge_heads(GraphBuilder& graph, const std::string& name, const std::string& x,
                        std::int64_t width) {
  const std::string steps = graph.node("Transpose", name + ".transpose", {x}, {{"perm", Shape{0, 2, 1, 3}}});
  return graph.node("Reshape", name + ".reshape", {steps, integer_constant(graph, "merge", {0, 0, width})});
}

std::string size_of(GraphBuilder& graph, const std::string& name, const std::string& value,
                    std::int64_t dimension) {
  const std::string shape = graph.node("Shape", name + ".shape", {value});
  const std::string index = integer_constant(graph, "dimension_" + std::to_string(dimension), {dimension});
  return graph.node("Gather", name, {shape, index}, {{"axis", 0}});
}

std::string first_rows(GraphBuilder& graph, const std::string& name, const std::string& table,
                       const std::string& count) {
  const std::string zero = integer_constant(graph, "dimension_0", {0});  // first row, and axis
  return graph.node("Slice", name, {table, zero, count, zero});
}

}  // namespace nnp::models
