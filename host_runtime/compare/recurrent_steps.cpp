// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/compare/recurrent_steps.h"

#include "isa/numerics/numerics.h"

namespace nnp::compare {
namespace {

using reference::naive::Operands;
using reference::naive::RecurrentCodes;
using namespace ir::recurrent_input;

class StepGraph {
 public:
  StepGraph(const Operands& node, const RecurrentCodes& codes)
      : node_(node), codes_(codes), shape_(ir::recurrent_shape(node.graph(), node.node())) {}

  RecurrentSteps make() {
    const std::int64_t sequences = shape_.steps * shape_.batch;
    const ir::QuantParams& quant = *node_.input_value(kX).quant;
    steps_.graph.name = node_.node().name;
    ir::Node step = node_.node();
    step.inputs.resize(kPeepholes + 1, ir::kNoValue);
    for (const std::size_t i : {kW, kR, kBias, kPeepholes}) step.inputs[i] = constant(step.inputs[i]);
    step.inputs[kX] = input("x", {1, sequences, shape_.input}, node_.input(kX), quant);
    step.inputs[kInitialH] = input("h", {1, sequences, shape_.hidden}, codes_.h_before, quant);
    step.inputs[kInitialC] = ir::kNoValue;
    steps_.h = codes("h_after", {1, sequences, shape_.hidden}, quant);
    step.outputs = {steps_.h};
    if (auto* lstm = std::get_if<ir::LstmAttributes>(&step.attributes)) {
      lstm->reverse = false;
      const ir::QuantParams cell{{lstm->cell_scale}, 0, -1};
      step.inputs[kInitialC] = input("c", {1, sequences, shape_.hidden}, codes_.c_before, cell);
      steps_.c = codes("c_after", {1, sequences, shape_.hidden}, cell);
      step.outputs = {steps_.h, ir::kNoValue, steps_.c};
    } else {
      std::get<ir::RecurrentAttributes>(step.attributes).reverse = false;
    }
    steps_.graph.nodes.push_back(std::move(step));
    output(steps_.h);
    if (steps_.c != ir::kNoValue) output(steps_.c);
    return std::move(steps_);
  }

 private:
  ir::ValueId constant(ir::ValueId id) {
    return id == ir::kNoValue ? id : steps_.graph.add_value(node_.graph().values[id]);
  }
  ir::ValueId codes(const std::string& name, const ir::Shape& shape, const ir::QuantParams& quant) {
    return steps_.graph.add_value({name + ".quantized", ir::DType::s16, shape, quant, {}});
  }
  void border(ir::Op op, const std::string& name, ir::ValueId from, ir::ValueId to) {
    steps_.graph.nodes.push_back({op, name, {from}, {to}, {}, {}, true, {}});
  }
  ir::ValueId input(const std::string& name, const ir::Shape& shape, const ir::Tensor& tensor,
                    const ir::QuantParams& quant) {
    const ir::ValueId real = steps_.graph.add_value({name, ir::DType::f32, shape, {}, {}});
    const ir::ValueId quantized = codes(name, shape, quant);
    steps_.graph.inputs.push_back(real);
    border(ir::Op::quantize_linear, name + ".quantize", real, quantized);
    ir::Tensor reals(ir::DType::f32, shape);
    numerics::dequantize(tensor.data<std::int16_t>().data(), quant.scale.front(), 0,
                         reals.data<float>().data(), reals.size());
    steps_.inputs.push_back(std::move(reals));
    return quantized;
  }
  void output(ir::ValueId codes) {
    const ir::Value from = steps_.graph.values[codes];
    const ir::ValueId real =
        steps_.graph.add_value({from.name + ".real", ir::DType::f32, from.shape, {}, {}});
    border(ir::Op::dequantize_linear, from.name + ".dequantize", codes, real);
    steps_.graph.outputs.push_back(real);
  }

  const Operands& node_;
  const RecurrentCodes& codes_;
  ir::RecurrentShape shape_;
  RecurrentSteps steps_;
};

}  // namespace

RecurrentSteps recurrent_steps(const Operands& node, const RecurrentCodes& codes) {
  return StepGraph(node, codes).make();
}

}  // namespace nnp::compare
