// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/chip_backend.h"

#include "compiler/compile.h"
#include "compiler/ir/reshaping.h"
#include "compiler/mapping/by_model.h"
#include "host_runtime/executor/executor.h"
#include "host_runtime/reference/reference.h"
#include "sim/chip/systemc_host.h"

namespace nnp::cli {
namespace {

class ChipBackend : public conformance::Backend {
 public:
  explicit ChipBackend(models::ChipSpec chip) : chip_(std::move(chip)) {}

  conformance::Execution run(const std::filesystem::path& model, const compiler::ImportOptions& options,
                             const std::vector<ir::Tensor>& inputs) override {
    compiler::CompileRequest request;
    request.model = model, request.network = model.stem().string(), request.import = options;
    request.chip = chip_.name, request.arch = chip_.arch;
    request.precision = compiler::default_precision(chip_.arch);
    request.map = compiler::map_by_model(chip_);
    reference::OneDnn calibrates;
    const compiler::CompiledNetwork compiled = compiler::compile(request, calibrates);
    const auto device = sim::make_device(chip_, {}, sim::Host::plain);
    executor::Executor executor(*device, compiled.program, compiled.quantised);
    conformance::Execution execution;
    execution.outputs = executor.run(conformance::as_declared(compiled.quantised, inputs), {}).outputs;
    for (const ir::Node& node : compiled.quantised.nodes) {
      const bool renames = ir::is_reshape_like(node.op) || node.op == ir::Op::transpose;
      execution.chip_nodes += node.on_host ? 0 : 1;
      execution.nodes += node.on_host && renames ? 0 : 1;
    }
    return execution;
  }

 private:
  models::ChipSpec chip_;
};

}  // namespace

std::unique_ptr<conformance::Backend> make_chip_backend(models::ChipSpec chip) {
  return std::make_unique<ChipBackend>(std::move(chip));
}

}  // namespace nnp::cli
