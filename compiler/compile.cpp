// SPDX-License-Identifier: Apache-2.0
#include "compiler/compile.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

#include "compiler/compile_error.h"
#include "compiler/passes/chip_capability.h"
#include "compiler/passes/passes.h"
#include "compiler/quantize/prescription.h"

namespace nnp::compiler {
namespace {

/// Standard normal by Box and Muller from the generator's bits, so that every host draws the same numbers.
class Normal {
 public:
  explicit Normal(std::uint64_t seed) : engine_(seed) {}
  float operator()() {
    const double u = (static_cast<double>(engine_() >> 11) + 1) * 0x1p-53,
                 v = static_cast<double>(engine_() >> 11) * 0x1p-53;
    return static_cast<float>(std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v));
  }

 private:
  std::mt19937_64 engine_;
};

/// Rows of the table that an id input is looked up in; 1 when nothing says.
std::int64_t id_range(const ir::Graph& graph, ir::ValueId input) {
  for (const ir::Node& node : graph.nodes) {
    if (node.op == ir::Op::gather && node.inputs[1] == input) {
      const ir::Shape& table = graph.values[node.inputs[0]].shape;
      const std::int64_t axis = std::get<ir::AxisAttributes>(node.attributes).axis;
      return table[static_cast<std::size_t>(axis < 0 ? axis + static_cast<std::int64_t>(table.size())
                                                     : axis)];
    }
    const bool hands_on = node.op == ir::Op::identity || ir::operator_name(node) == "Cast";
    if (hands_on && node.inputs[0] == input)
      if (const std::int64_t range = id_range(graph, node.outputs[0]); range > 1) return range;
  }
  return 1;
}

void require_well_formed(const ir::Graph& graph, const char* stage) {
  if (const auto broken = ir::verify(graph); !broken.empty())
    throw std::logic_error(fmt::format("the graph after {} is not well formed: {}", stage, broken.front()));
}

bool has_int8(const isa::ArchSpec& arch) {
  return std::ranges::find(arch.precisions, isa::Precision::int8) != arch.precisions.end();
}

std::string precision_list(const isa::ArchSpec& arch) {
  std::string text;
  for (const isa::Precision precision : arch.precisions)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", isa::to_string(precision));
  return text;
}

/// With a tiling for every layer that has one.
Mapping complete(Mapping mapping, const PlacedPart& part, const isa::ArchSpec& arch) {
  for (const ir::Node& node : part.graph().nodes)
    if (const auto problem = mac_problem(part.graph(), node, part.plan(), arch))
      mapping.mac.insert_or_assign(node.name, mac_tiling(*problem, node, mapping, arch));
  return mapping;
}

CompiledNetwork finish(CompiledNetwork result, const CompileRequest& request) {
  result.sent_home = send_home_what_does_not_fit(result.quantised, request.arch);
  schedule(result.quantised);
  require_well_formed(result.quantised, real_type(request.precision) ? "lowering" : "quantisation");
  CodegenOptions options{request.chip,
                         request.precision,
                         static_cast<std::uint32_t>(std::max<std::int64_t>(1, request.import.batch)),
                         {}};
  if (request.map) options.mapping = request.map(result.quantised, options);
  const PlacedPart part(result.quantised, request.arch, options.batch, options.mapping.sub_batch);
  result.mapping = complete(std::move(options.mapping), part, request.arch);
  options.mapping = result.mapping;
  result.program = generate(result.quantised, request.arch, options);
  return result;
}

}  // namespace

std::vector<ir::Tensor> random_inputs(const ir::Graph& graph, std::uint64_t seed) {
  std::vector<ir::Tensor> inputs;
  for (const ir::ValueId id : graph.inputs) {
    const ir::Value& value = graph.values[id];
    ir::Tensor tensor(value.type, value.shape);
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    ir::with_element_type(value.type, [&](auto element) {
      using T = decltype(element);
      if constexpr (std::is_integral_v<T>) {  // ids, or flags
        std::mt19937_64 engine(seed);
        const auto range = std::is_same_v<T, bool> ? 2 : static_cast<std::uint64_t>(id_range(graph, id));
        if (range == 0)
          throw CompileError(fmt::format("input '{}' looks up a table that has no rows", value.name));
        for (T& x : tensor.data<T>()) x = static_cast<T>(value.quant ? engine() >> 32 : engine() % range);
      } else {
        Normal normal(seed);
        for (T& x : tensor.data<T>()) x = static_cast<T>(normal());
      }
    });
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

isa::Precision default_precision(const isa::ArchSpec& arch) {
  using enum isa::Precision;
  for (const isa::Precision precision : {int8, fp32, bf16, int8x16})
    if (std::ranges::find(arch.precisions, precision) != arch.precisions.end()) return precision;
  return int8;
}

namespace {

CompiledNetwork optimised_network(const CompileRequest& request) {
  CompiledNetwork result;
  result.optimised = request.importer ? request.importer(request.model, request.import)
                                      : import_network(request.model, request.import);
  result.optimised.name = request.network;
  require_well_formed(result.optimised, "import");
  optimise(result.optimised);
  require_well_formed(result.optimised, "optimisation");
  return result;
}

std::vector<std::vector<ir::Tensor>> calibration_for(const CompileRequest& request, const ir::Graph& graph) {
  auto calibration = request.calibrate_on ? request.calibrate_on(graph) : request.calibration;
  const auto batch = static_cast<unsigned>(std::max<std::int64_t>(1, request.import.batch));
  if (calibration.empty())
    for (unsigned run = 0; run < ceil_div(request.calibration_runs, batch); ++run)
      calibration.push_back(random_inputs(graph, request.seed + 1000 + run));
  return calibration;
}

/// Layers of several precisions: by a table, or because the network is quantised itself.
void lower_by_layers(CompiledNetwork& result, const CompileRequest& request, FloatRunner& runner) {
  const PrecisionPlan plan =
      plan_precisions(request.layers, result.optimised, request.precision, request.arch, request.chip);
  result.quantised = quantize(result.optimised, calibration_for(request, result.optimised), runner,
                              plan.integers, request.calibration_rule);
  lower_mixed(result.quantised, plan);
}

/// Layers of one precision.
void lower_all(CompiledNetwork& result, const CompileRequest& request, FloatRunner& runner) {
  if (real_type(request.precision))
    result.quantised = lower_to_real(result.optimised, request.precision);
  else
    result.quantised = quantize(result.optimised, calibration_for(request, result.optimised), runner,
                                request.precision, request.calibration_rule);
}

}  // namespace

CompiledNetwork quantize_network(const CompileRequest& request, FloatRunner& runner) {
  CompiledNetwork result = optimised_network(request);
  if (has_prescription(result.optimised))
    throw CompileError(fmt::format("{} is quantised already", request.network));
  lower_all(result, request, runner);
  return result;
}

CompiledNetwork compile(const CompileRequest& request, FloatRunner& runner) {
  if (std::find(request.arch.precisions.begin(), request.arch.precisions.end(), request.precision) ==
      request.arch.precisions.end())
    throw CompileError(fmt::format("chip {} has no precision {}; it has {}", request.chip,
                                   isa::to_string(request.precision), precision_list(request.arch)));
  CompiledNetwork result = optimised_network(request);
  if (!request.layers.empty() || (has_prescription(result.optimised) && has_int8(request.arch))) {
    lower_by_layers(result, request, runner);
  } else {
    lower_all(result, request, runner);
    partition(result.quantised, request.precision);
  }
  return finish(std::move(result), request);
}

}  // namespace nnp::compiler
