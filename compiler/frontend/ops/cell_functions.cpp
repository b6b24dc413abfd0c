// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/ops/cell_functions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace nnp::compiler {
namespace {

using ir::Op;
using ir::UnaryFunction;

struct Row {
  const char* name;
  std::optional<float> alpha = {}, beta = {};        // defaults, of ONNX's operators
  UnaryFunction function = UnaryFunction::identity;  // of the unary node that it is
};
constexpr Row kFunctions[] = {
    {"tanh"},
    {"relu"},
    {"sigmoid"},
    {"affine", 1.0f, 0.0f},      // alpha x + beta
    {"scaledtanh", 1.0f, 1.0f},  // alpha tanh(beta x)
    {"leakyrelu", 0.01f, {}, UnaryFunction::leaky_relu},
    {"thresholdedrelu", 1.0f, {}, UnaryFunction::thresholded_relu},
    {"hardsigmoid", 0.2f, 0.5f, UnaryFunction::hard_sigmoid},
    {"elu", 1.0f, {}, UnaryFunction::elu},
    {"softsign", {}, {}, UnaryFunction::softsign},
    {"softplus", {}, {}, UnaryFunction::softplus},
};

std::vector<std::string> usual_names(const OnnxNode& node) {
  if (node.op == "LSTM") return {"sigmoid", "tanh", "tanh"};
  if (node.op == "GRU") return {"sigmoid", "tanh"};
  return {"tanh"};
}

std::string lower(std::string name) {
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

/// "Tanh,Relu": what encode_attributes makes of a list of strings.
std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> names;
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t to = std::min(list.find(',', from), list.size());
    names.push_back(list.substr(from, to - from));
    from = to + 1;
  }
  return names;
}

/// The next of a list of parameters, or the default.
float next(const std::vector<float>& given, std::size_t& used, const std::optional<float>& otherwise) {
  if (!otherwise) return 0;
  return used < given.size() ? given[used++] : *otherwise;
}

}  // namespace

std::vector<CellFunction> cell_functions(const OnnxNode& node, std::int64_t directions,
                                         std::int64_t direction) {
  const std::vector<std::string> usual = usual_names(node);
  std::vector<std::string> names;
  for (std::int64_t d = 0; d < directions; ++d) names.insert(names.end(), usual.begin(), usual.end());
  const std::size_t wanted = names.size();
  if (node.has_attribute("activations")) names = split(node.text("activations", ""));
  if (names.size() != wanted)
    refuse(node, fmt::format("{} activations; {} are needed", names.size(), wanted));
  const std::vector<float> alphas = node.numbers("activation_alpha", {}),
                           betas = node.numbers("activation_beta", {});
  std::size_t alpha = 0, beta = 0;
  std::vector<CellFunction> functions;
  for (const std::string& name : names) {
    const auto row = std::ranges::find(kFunctions, lower(name), &Row::name);
    if (row == std::end(kFunctions))
      refuse(node, fmt::format("activation '{}'; ONNX has Affine, Elu, HardSigmoid, LeakyRelu, Relu, "
                               "ScaledTanh, Sigmoid, Softplus, Softsign, Tanh and ThresholdedRelu",
                               name));
    const float a = next(alphas, alpha, row->alpha), b = next(betas, beta, row->beta);
    functions.push_back({row->name, a, b});
  }
  const auto first = functions.begin() + direction * std::ssize(usual);
  return {first, first + std::ssize(usual)};
}

bool are_usual(const OnnxNode& node, const std::vector<CellFunction>& functions) {
  return std::ranges::equal(functions, usual_names(node), {}, &CellFunction::name);
}

std::vector<FunctionNode> nodes_of(const CellFunction& f) {
  if (f.name == "tanh") return {{Op::tanh, {}, {}}};
  if (f.name == "relu") return {{Op::relu, {}, {}}};
  if (f.name == "sigmoid") return {{Op::sigmoid, {}, {}}};
  if (f.name == "affine") return {{Op::mul, {}, f.alpha}, {Op::add, {}, f.beta}};
  if (f.name == "scaledtanh") return {{Op::mul, {}, f.beta}, {Op::tanh, {}, {}}, {Op::mul, {}, f.alpha}};
  const auto row = std::ranges::find(kFunctions, f.name, &Row::name);
  return {{Op::unary, ir::UnaryAttributes{row->function, f.alpha, f.beta}, {}}};
}

}  // namespace nnp::compiler
