// SPDX-License-Identifier: Apache-2.0
#include "compiler/precision_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "compiler/compile_error.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "compiler/passes/rewrite.h"
#include "compiler/quantize/prescription.h"
#include "isa/program/nearest_name.h"

namespace nnp::compiler {
namespace {

bool has(const isa::ArchSpec& arch, isa::Precision precision) {
  return std::ranges::find(arch.precisions, precision) != arch.precisions.end();
}

std::string precision_words(const isa::ArchSpec& arch) {
  std::vector<std::string> words;
  for (const isa::Precision precision : arch.precisions) words.emplace_back(isa::to_string(precision));
  words.emplace_back("host");
  return fmt::format("{}", fmt::join(words, ", "));
}

[[noreturn]] void refuse_name(const PrecisionTable& table, const char* what, const std::string& name,
                              const std::set<std::string>& names) {
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view nearest = isa::nearest_name(name, views);
  constexpr std::size_t kMostNames = 20;
  std::string hint = nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest);
  if (nearest.empty() && views.size() <= kMostNames)
    hint = fmt::format("; it has {}", fmt::join(views, ", "));
  throw CompileError(fmt::format("{}: the network has no {} '{}'{}", table.source, what, name, hint));
}

/// Every entry names something, in a precision of the chip.
void check(const PrecisionTable& table, const ir::Graph& graph, const isa::ArchSpec& arch,
           const std::string& chip) {
  std::set<std::string> layers, operators;
  for (const ir::Node& node : graph.nodes) {
    layers.insert(node.name), layers.insert(node.onnx_nodes.begin(), node.onnx_nodes.end());
    operators.insert(ir::operator_name(node));
  }
  const auto check_one = [&](const char* what, const auto& entries, const std::set<std::string>& names) {
    for (const auto& [name, precision] : entries) {
      if (!names.contains(name)) refuse_name(table, what, name, names);
      if (precision && !has(arch, *precision))
        throw CompileError(fmt::format("{}: {} '{}': chip {} has no precision {}; allowed are {}",
                                       table.source, what, name, chip, isa::to_string(*precision),
                                       precision_words(arch)));
    }
  };
  check_one("layer", table.layers, layers);
  check_one("operator", table.operators, operators);
}

const AskedPrecision* find(const PrecisionTable& table, const ir::Node& node) {
  if (const auto own = table.layers.find(node.name); own != table.layers.end()) return &own->second;
  for (const std::string& name : node.onnx_nodes)
    if (const auto found = table.layers.find(name); found != table.layers.end()) return &found->second;
  const auto by_operator = table.operators.find(ir::operator_name(node));
  return by_operator == table.operators.end() ? nullptr : &by_operator->second;
}

LayerPrecision integer_part(AskedPrecision precision) {
  if (precision == isa::Precision::int8) return LayerPrecision::int8;
  return precision == isa::Precision::int8x16 ? LayerPrecision::int8x16 : LayerPrecision::real;
}

}  // namespace

PrecisionPlan plan_precisions(const PrecisionTable& table, const ir::Graph& optimised,
                              isa::Precision otherwise, const isa::ArchSpec& arch, const std::string& chip) {
  check(table, optimised, arch, chip);
  PrecisionPlan plan;
  plan.otherwise = otherwise;
  const bool as_model = has_prescription(optimised) && has(arch, isa::Precision::int8);
  plan.integers.otherwise = as_model ? LayerPrecision::as_model : integer_part(otherwise);
  plan.integers.results_are_real = real_type(otherwise).has_value();
  const auto makers = producers(optimised);
  for (const ir::Node& node : optimised.nodes) {
    const AskedPrecision* asked = find(table, node);
    if (asked == nullptr && keeps_codes(node) &&
        makers[node.inputs[0]] != kNoNode) {  // it goes with what it moves
      const auto maker = plan.asked.find(optimised.nodes[makers[node.inputs[0]]].name);
      if (maker != plan.asked.end()) asked = &maker->second;
    }
    if (asked == nullptr) continue;
    const AskedPrecision precision = *asked;
    plan.asked[node.name] = precision;
    plan.integers.layers[node.name] = integer_part(precision);
  }
  return plan;
}

void lower_mixed(ir::Graph& graph, const PrecisionPlan& plan) {
  lower_to_bf16(graph, [&](const ir::Node& node) { return plan.of(node) == isa::Precision::bf16; });
  join_casts(graph);
  partition_mixed(graph, [&](const ir::Node& node) { return plan.of(node) == isa::Precision::fp32; });
}

}  // namespace nnp::compiler
