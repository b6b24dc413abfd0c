// SPDX-License-Identifier: Apache-2.0
#include "compiler/quantize/scale_classes.h"

#include <fmt/format.h>

#include <stdexcept>

#include "compiler/compile_error.h"
#include "compiler/ir/recurrent.h"
#include "compiler/quantize/parameters.h"

namespace nnp::compiler {
namespace {

using ir::Node;
using ir::Op;
using ir::ValueId;

/// Fewer codes than this and the activations of a layer say nothing.
constexpr std::int64_t kFewestCodes = 127;

/// Values that hold the state of an LSTM's cell.
std::vector<ValueId> cell_states(const Node& node) {
  std::vector<ValueId> states;
  const auto add = [&](const std::vector<ValueId>& ids, std::size_t i) {
    if (i < ids.size() && ids[i] != ir::kNoValue) states.push_back(ids[i]);
  };
  if (node.op != Op::lstm) return states;
  add(node.inputs, ir::recurrent_input::kInitialC), add(node.outputs, ir::recurrent_output::kLastC);
  return states;
}

float magnitude(const ScaleClass& scale_class) {
  const float seen = scale_class.range.magnitude();
  return scale_class.reaches_one ? std::max(seen, 1.0f) : seen;
}

}  // namespace

bool has_weights(Op op) { return op == Op::conv || op == Op::gemm || ir::is_recurrent(op); }

ScaleClasses::ScaleClasses(const QuantizationTask& task)
    : source_(task.graph),
      prescription_(task.prescription),
      plan_(make_plan(task.graph, task.precisions, task.prescription)),
      classes_(task.graph.values.size()) {
  for (ValueId id = 0; id < source_.values.size(); ++id) {
    if (!prescription_.has(id)) continue;
    auto& prescribed = class_of(id).prescribed;
    if (prescribed && !(*prescribed == *prescription_.values[id]))
      throw std::logic_error("value '" + source_.values[id].name +
                             "' shares codes with one of another scale");
    prescribed = prescription_.values[id];
    class_of(id).wide = prescribed->type == ir::DType::s16;
  }
}

/// Every operand and result of integer nodes.
template <typename Visit>
void ScaleClasses::for_each_code(Visit visit) {
  for (std::size_t i = 0; i < source_.nodes.size(); ++i) {
    if (!plan_.integer[i]) continue;
    const Node& node = source_.nodes[i];
    for (std::size_t k = 0; k < node.inputs.size(); ++k) {
      if (is_activation_input(source_, node, k)) visit(node.inputs[k]);
    }
    for (const ValueId id : node.outputs) {
      if (id != ir::kNoValue) visit(id);
    }
  }
}

bool ScaleClasses::needs_ranges() {
  bool needs = false;
  for_each_code([&](ValueId id) { needs |= !class_of(id).prescribed.has_value(); });
  return needs;
}

void ScaleClasses::choose(Ranges ranges) {
  ranges_ = std::move(ranges);
  gather();
  limit_codes();
  choose_params();
}

void ScaleClasses::gather() {
  for_each_code([&](ValueId id) { add(id); });
  for (std::size_t i = 0; i < source_.nodes.size(); ++i) {
    if (!plan_.integer[i]) continue;
    const Node& node = source_.nodes[i];
    if (node.op == Op::pad)
      class_of(node.outputs[0]).range.include(std::get<ir::PadAttributes>(node.attributes).value);
    if (ir::is_recurrent(node.op)) class_of(node.inputs[0]).reaches_one = true;
    if (node.op == Op::sigmoid || node.op == Op::tanh) class_of(node.outputs[0]).reaches_one = true;
    for (const ValueId id : cell_states(node)) {
      float& peak = class_of(id).cell_peak;
      peak = std::max({peak, ranges_.cell_peaks[i], class_of(id).range.magnitude()});
    }
  }
}

float ScaleClasses::cell_scale_of(std::size_t index) const {
  const auto states = cell_states(source_.nodes[index]);
  return cell_scale(states.empty() ? ranges_.cell_peaks.at(index) : of(states[0]).cell_peak);
}

void ScaleClasses::add(ValueId id) {
  class_of(id).symmetric |= plan_.symmetric[id], class_of(id).stationary |= plan_.stationary[id];
  class_of(id).wide = plan_.wide[id];
  if (class_of(id).prescribed) return;
  if (!ranges_.values[id].seen()) {
    throw CompileError(fmt::format("value '{}' was not seen during calibration", source_.values[id].name));
  }
  class_of(id).range.include(ranges_.values[id]);
}

/// 16-bit inputs of layers with many weights keep to fewer codes, so that no sum can overflow.
void ScaleClasses::limit_codes() {
  for (std::size_t i = 0; i < source_.nodes.size(); ++i) {
    const Node& node = source_.nodes[i];
    if (!plan_.integer[i] || !has_weights(node.op)) continue;
    ScaleClass& input = class_of(node.inputs[0]);
    if (!input.wide || input.prescribed) continue;
    const float finest =
        s16_params(magnitude(input)).scale[0];  // fewer codes make it coarser and the bias codes smaller
    for (const ChannelSum& sum : largest_sums(read_weights(source_, node), finest)) {
      input.largest_code = std::min(input.largest_code, largest_safe_code(sum));
    }
    if (input.largest_code >= kFewestCodes) continue;
    throw CompileError(
        fmt::format("layer '{}' cannot be quantised: its sums overflow 32 bits unless the input has fewer "
                    "than {} codes",
                    node.name, kFewestCodes));
  }
}

void ScaleClasses::choose_params() {
  for (ScaleClass& scale_class : classes_) {
    if (scale_class.prescribed) {
      scale_class.params = scale_class.prescribed->params;
      if (scale_class.type() == ir::DType::s8) scale_class.params.zero_point -= 128;
      continue;
    }
    if (!scale_class.range.seen()) continue;
    if (scale_class.cell_peak >= 0) {
      scale_class.params = {{cell_scale(scale_class.cell_peak)}, 0, -1};
      continue;
    }
    switch (scale_class.type()) {
      case ir::DType::s16:
        scale_class.params = s16_params(magnitude(scale_class), static_cast<int>(scale_class.largest_code));
        break;
      case ir::DType::s8:
        scale_class.params = s8_params(magnitude(scale_class));
        break;
      default:
        scale_class.params = u8_params(scale_class.range);
    }
  }
}

}  // namespace nnp::compiler
