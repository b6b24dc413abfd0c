// SPDX-License-Identifier: Apache-2.0
// Lets a run of a graph hear of Ctrl-C after each node of real numbers.
#pragma once

#include "compiler/quantize/quantize.h"
#include "host_runtime/cli/interrupt.h"

namespace nnp::cli {

class InterruptibleRunner : public compiler::FloatRunner {
 public:
  explicit InterruptibleRunner(compiler::FloatRunner& runner) : runner_(runner) {}
  std::vector<ir::Tensor> run(const ir::Graph& graph, const std::vector<ir::Tensor>& inputs,
                              const Observer& observer) override {
    Observer listening = observer;
    listening.see_elements = [&](ir::ValueId id, std::span<const float> elements) {
      stop_if_interrupted();
      if (observer.see_elements) observer.see_elements(id, elements);
    };
    return runner_.run(graph, inputs, listening);
  }

 private:
  compiler::FloatRunner& runner_;
};

}  // namespace nnp::cli
