// SPDX-License-Identifier: Apache-2.0
// Einsum: one loop over all labels. Slow and general.
#include <fmt/format.h>

#include <map>

#include "host_runtime/reference/naive/onnx/functions.h"

namespace nnp::reference::naive {
namespace {

struct Equation {
  std::vector<std::string> terms;
  std::string result;
};

/// Labels of each operand and of the result. Axes of "..." become labels below '0', right aligned.
Equation parse(const OnnxCall& call) {
  std::string text;
  for (const char c : call.text("equation", "")) {
    if (c != ' ') text += c;
  }
  const std::size_t arrow = text.find("->");
  Equation equation;
  std::string left = text.substr(0, arrow);
  for (std::size_t begin = 0; begin <= left.size();) {
    const std::size_t end = std::min(left.find(',', begin), left.size());
    equation.terms.push_back(left.substr(begin, end - begin));
    begin = end + 1;
  }
  if (equation.terms.size() != call.inputs())
    call.fail(fmt::format("'{}' for {} operands", text, call.inputs()));
  std::size_t widest = 0;
  const auto replace = [](std::string& term, std::size_t axes) {
    const std::size_t dots = term.find("...");
    if (dots == std::string::npos) return;
    std::string labels;
    for (std::size_t i = axes; i > 0; --i) labels += static_cast<char>(i);
    term.replace(dots, 3, labels);
  };
  for (std::size_t i = 0; i < equation.terms.size(); ++i) {
    const bool dots = equation.terms[i].find("...") != std::string::npos;
    const std::size_t named = equation.terms[i].size() - (dots ? 3 : 0), rank = call.shape(i).size();
    if (named > rank || (!dots && named != rank))
      call.fail(fmt::format("'{}' for rank {}", equation.terms[i], rank));
    widest = std::max(widest, rank - named);
    replace(equation.terms[i], rank - named);
  }
  if (arrow != std::string::npos) {
    equation.result = text.substr(arrow + 2);
    replace(equation.result, widest);
    return equation;
  }
  std::map<char, int> counts;  // implicit: dots, then labels seen once, in alphabetical order
  for (const std::string& term : equation.terms)
    for (const char c : term) ++counts[c];
  for (std::size_t i = widest; i > 0; --i) equation.result += static_cast<char>(i);
  for (const auto& [label, count] : counts) {
    if (label > 32 && count == 1) equation.result += label;
  }
  return equation;
}

}  // namespace

void onnx_einsum(OnnxCall& call) {
  const Equation equation = parse(call);
  std::map<char, std::int64_t> sizes;
  for (std::size_t i = 0; i < equation.terms.size(); ++i)
    for (std::size_t d = 0; d < equation.terms[i].size(); ++d) {
      std::int64_t& size = sizes.emplace(equation.terms[i][d], 1).first->second;
      if (call.shape(i)[d] != size && call.shape(i)[d] != 1 && size != 1)
        call.fail("sizes of a label differ");
      size = std::max(size, call.shape(i)[d]);
    }
  std::string order = equation.result;  // the result's labels outermost
  for (const auto& [label, size] : sizes) {
    if (order.find(label) == std::string::npos) order += label;
  }
  ir::Shape shape, loops;
  for (const char label : equation.result) shape.push_back(sizes.at(label));
  for (const char label : order) loops.push_back(sizes.at(label));
  std::vector<std::vector<std::size_t>> strides(equation.terms.size(),
                                                std::vector<std::size_t>(order.size()));
  for (std::size_t i = 0; i < equation.terms.size(); ++i) {
    std::size_t stride = 1;
    for (std::size_t d = equation.terms[i].size(); d-- > 0;
         stride *= static_cast<std::size_t>(call.shape(i)[d])) {
      if (call.shape(i)[d] != 1) strides[i][order.find(equation.terms[i][d])] += stride;
    }
  }
  with_input_type(call, 0, [&](auto element) {
    using T = decltype(element);
    using Sum = std::conditional_t<kIsReal<T>, double, T>;
    const auto y = call.make_data<T>(0, shape);
    std::vector<std::span<const T>> operands;
    for (std::size_t i = 0; i < call.inputs(); ++i) operands.push_back(call.data<T>(i));
    std::vector<Sum> sums(y.size());
    const auto total = static_cast<std::size_t>(ir::element_count(loops));
    const std::size_t inner = y.empty() ? 1 : total / y.size();
    for (std::size_t step = 0; step < total; ++step) {
      Sum product = 1;
      for (std::size_t i = 0; i < operands.size(); ++i) {
        std::size_t at = 0;
        for (std::size_t d = order.size(), rest = step; d-- > 0; rest /= static_cast<std::size_t>(loops[d]))
          at += rest % static_cast<std::size_t>(loops[d]) * strides[i][d];
        product = static_cast<Sum>(product * static_cast<Sum>(operands[i][at]));
      }
      sums[step / inner] = static_cast<Sum>(sums[step / inner] + product);
    }
    for (std::size_t i = 0; i < y.size(); ++i) {
      if constexpr (kIsReal<T>)
        y[i] = static_cast<T>(static_cast<Arithmetic<T>>(sums[i]));
      else
        y[i] = sums[i];
    }
  });
}

}  // namespace nnp::reference::naive
