// SPDX-License-Identifier: Apache-2.0
// Lets a run of a graph hear of Ctrl-C after each node.
#pragma once

#include "compiler/quantize/quantize.h"
#include "host_runtime/cli/interrupt.h"

namespace nnp::cli {

class InterruptibleRunner : public compiler::FloatRunner {
 public:
  explicit InterruptibleRunner(compiler::FloatRunner& runner) : runner_(runner) {}
  std::vector<ir::Tensor> run(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs,
                              const Observer& observer) override {
    return runner_.run(graph, inputs,
                       {[&](ir::ValueId id, const ir::Tensor& tensor) {
                          stop_if_interrupted();
                          if (observer.see) observer.see(id, tensor);
                        },
                        observer.see_cell});
  }

 private:
  compiler::FloatRunner& runner_;
};

}  // namespace nnp::cli
