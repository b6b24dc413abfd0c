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
  for (const ir::Node& node : graph.nodes)
    if (node.op == ir::Op::gather && node.inputs[1] == input) return graph.values[node.inputs[0]].shape[0];
  return 1;
}

void require_well_formed(const ir::Graph& graph, const char* stage) {
  if (const auto broken = ir::verify(graph); !broken.empty())
    throw std::logic_error(fmt::format("the graph after {} is not well formed: {}", stage, broken.front()));
}

std::string precision_list(const isa::ArchSpec& arch) {
  std::string text;
  for (const isa::Precision precision : arch.precisions)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", isa::to_string(precision));
  return text;
}

CompiledNetwork finish(CompiledNetwork result, const CompileRequest& request) {
  partition(result.quantised, request.precision);
  schedule(result.quantised);
  require_well_formed(result.quantised, real_type(request.precision) ? "lowering" : "quantisation");
  result.program = generate(result.quantised, request.arch,
                            {request.chip, request.precision,
                             static_cast<std::uint32_t>(std::max<std::int64_t>(1, request.import.batch))});
  return result;
}

}  // namespace

std::vector<ir::Tensor> random_inputs(const ir::Graph& graph, std::uint64_t seed) {
  std::vector<ir::Tensor> inputs;
  for (const ir::ValueId id : graph.inputs) {
    const ir::Value& value = graph.values[id];
    ir::Tensor tensor(value.type, value.shape);
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    if (value.type == ir::DType::i64) {
      std::mt19937_64 engine(seed);
      const auto range = static_cast<std::uint64_t>(id_range(graph, id));
      for (auto& element : tensor.data<std::int64_t>()) element = static_cast<std::int64_t>(engine() % range);
    } else {
      Normal normal(seed);
      for (auto& element : tensor.data<float>()) element = normal();
    }
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

CompiledNetwork compile(const CompileRequest& request, FloatRunner& runner) {
  if (std::find(request.arch.precisions.begin(), request.arch.precisions.end(), request.precision) ==
      request.arch.precisions.end())
    throw CompileError(fmt::format("chip {} has no precision {}; it has {}", request.chip,
                                   isa::to_string(request.precision), precision_list(request.arch)));
  CompiledNetwork result;
  result.optimised = import_network(request.model, request.import);
  result.optimised.name = request.network;
  require_well_formed(result.optimised, "import");
  optimise(result.optimised);
  require_well_formed(result.optimised, "optimisation");
  if (real_type(request.precision)) {
    result.quantised = lower_to_real(result.optimised, request.precision);
    return finish(std::move(result), request);
  }
  auto calibration = request.calibrate_on ? request.calibrate_on(result.optimised) : request.calibration;
  if (calibration.empty())
    for (unsigned run = 0; run < request.calibration_runs; ++run)
      calibration.push_back(random_inputs(result.optimised, request.seed + 1000 + run));
  result.quantised = quantize(result.optimised, calibration, runner, request.precision);
  return finish(std::move(result), request);
}

}  // namespace nnp::compiler
