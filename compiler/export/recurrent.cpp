// SPDX-License-Identifier: Apache-2.0
// LSTM, GRU and RNN on floats. The IR's sequence is [T, B, H], ONNX's has an axis for the direction.
#include "compiler/export/operators.h"

namespace nnp::compiler {

void write_recurrent(const Outgoing& o) {
  ir::OnnxAttributeMap map;
  bool reverse = false;
  if (const auto* lstm = std::get_if<ir::LstmAttributes>(&o.node.attributes)) {
    map["hidden_size"] = lstm->hidden_size, reverse = lstm->reverse;
  } else {
    const auto& a = o.attributes<ir::RecurrentAttributes>();
    map["hidden_size"] = a.hidden_size, reverse = a.reverse;
    if (o.node.op == ir::Op::gru) map["linear_before_reset"] = std::int64_t{a.linear_before_reset};
  }
  map["direction"] = std::string(reverse ? "reverse" : "forward");
  Names outputs = o.outputs;
  const bool sequence = !outputs.empty() && !outputs[0].empty();
  if (sequence) outputs[0] = o.model.tensor(o.node.name + ".directions");
  o.model.node(ir::operator_name(o.node), o.node.name, o.inputs, outputs, map);
  if (sequence)
    o.model.node("Squeeze", o.node.name + ".squeeze", {outputs[0], o.integers(".axis", {1})}, {o.outputs[0]});
}

}  // namespace nnp::compiler
