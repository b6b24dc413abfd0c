// SPDX-License-Identifier: Apache-2.0
// OneDnn: which operator goes to which primitive, and the run over a float graph. What oneDNN does not have
// runs by loops.
#include <fmt/format.h>

#include <chrono>

#include "host_runtime/reference/integer_sums/integer_sums.h"
#include "host_runtime/reference/naive/codes.h"
#include "host_runtime/reference/naive/sums.h"
#include "host_runtime/reference/onednn/code_products.h"
#include "host_runtime/reference/onednn/float_run.h"
#include "host_runtime/reference/onednn/product_rate.h"
#include "host_runtime/reference/onednn/threads.h"
#include "host_runtime/reference/value_lifetimes.h"

namespace nnp::reference {
namespace onednn {
namespace {

// The function for a node whose operands oneDNN can hold: float, at least one element and one axis each.
FloatFunction function_for(const ir::Graph& graph, const ir::Node& node) {
  for (const auto* ids : {&node.inputs, &node.outputs})
    for (const ir::ValueId id : *ids) {
      if (id == ir::kNoValue) continue;
      const ir::Value& value = graph.values.at(id);
      const bool bound = node.op == ir::Op::clip && value.shape.empty();
      if (value.type != ir::DType::f32 || ir::element_count(value.shape) == 0 ||
          (value.shape.empty() && !bound))
        return nullptr;
    }
  const FloatRow* row = float_row(node.op);
  return row == nullptr || (node.clamp.active() && !row->clamps) ? nullptr : row->run;
}

bool try_primitive(FloatCall& call) {
  const FloatFunction function = function_for(call.graph, call.node);
  return function != nullptr && call_primitive(function, call);
}

/// By int8 kernels where the host's are exact. On their way out these turn int32 into float32 and back, which
/// rounds sums beyond 2^24, and leaves them beyond it: such sums are made again.
class Products : public CodeProducts {
 public:
  explicit Products(Device& device) : device_(device), int8_(OneDnn::has_exact_int8()) {}
  void multiply(const Codes& a, std::size_t M, const WeightMatrix& w, std::span<std::int32_t> sums) override {
    if (int8_) multiply_int8(device_, a, M, w, sums);
    if (!int8_ || may_be_rounded(sums)) multiply_float(device_, a, M, w, sums);
  }
  void convolve(const Codes& images, const PaddedConvolution& c, std::span<std::int32_t> sums) override {
    if (int8_) convolve_int8(device_, images, {c}, sums);
    if (!int8_ || may_be_rounded(sums)) convolve_float(device_, images, {c}, sums);
  }

 private:
  static bool may_be_rounded(std::span<const std::int32_t> sums) {
    return std::ranges::any_of(
        sums, [](std::int32_t sum) { return std::abs(std::int64_t{sum}) >= kFloatIntegers; });
  }
  Device& device_;
  bool int8_;
};

}  // namespace
}  // namespace onednn

namespace {

/// [N, K, P, Q] as [N, P, Q, K].
ir::Tensor channels_last(const ir::Tensor& images) {
  const ir::Shape& shape = images.shape();
  ir::Tensor turned(ir::DType::f32, {shape[0], shape[2], shape[3], shape[1]});
  const auto filters = static_cast<std::size_t>(shape[1]),
             positions = static_cast<std::size_t>(shape[2] * shape[3]);
  for (std::size_t i = 0; i < images.size(); i += filters * positions)
    naive::transpose(images.data<float>().data() + i, filters, positions, turned.data<float>().data() + i);
  return turned;
}

}  // namespace

struct OneDnn::State {
  onednn::Device device;
  unsigned threads = 1;
  LoopShare loops;
};

OneDnn::OneDnn(unsigned threads, bool keep_weights) : state_(std::make_unique<State>()) {
  state_->threads = threads == 0 ? most_threads() : threads;
  state_->device.keep = keep_weights;
}
OneDnn::~OneDnn() = default;
unsigned OneDnn::most_threads() { return onednn::Threads::most(); }
const OneDnn::LoopShare& OneDnn::loops() const { return state_->loops; }

double OneDnn::product_operations_per_s() {
  const onednn::Threads threads(state_->threads);
  return onednn::product_operations_per_s(state_->device);
}

Tensors OneDnn::run(const ir::Graph& graph, const Tensors& inputs, const Observer& observer) {
  const onednn::Threads threads(state_->threads);
  state_->loops = {};
  using Clock = std::chrono::steady_clock;
  const auto start = Clock::now();
  onednn::Values values(state_->device, graph, values_from_inputs(graph, inputs));
  const ValueLifetimes lifetimes(graph);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const ir::Node& node = graph.nodes[i];
    onednn::FloatCall call{state_->device, values, graph, node};
    if (observer.see_cell) call.see_cell = [&](std::span<const float> cells) { observer.see_cell(i, cells); };
    if (!onednn::try_primitive(call)) {
      const auto begin = Clock::now();
      onednn::run_by_loops(call);
      state_->loops.seconds += std::chrono::duration<double>(Clock::now() - begin).count();
      ++state_->loops.nodes;
    }
    for (const ir::ValueId id : node.outputs)
      if (id != ir::kNoValue) values.show(id, observer);
    for (const ir::ValueId id : lifetimes.ends_at(i)) values.drop(id);
  }
  for (const ir::ValueId id : graph.outputs) values.settle(id);
  state_->loops.of_seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return outputs_from_values(graph, values.tensors());
}

ir::Tensor OneDnn::accumulators(const ir::Graph& graph, const ir::Node& node, const Tensors& values) {
  const onednn::Threads threads(state_->threads);
  const naive::Operands operands(graph, node, values);
  onednn::Products products(state_->device);
  try {
    return integer_sums(products, operands);
  } catch (const dnnl::error& error) {
    operands.fail(fmt::format("oneDNN: {}", error.what()));
  }
}

ir::Tensor OneDnn::real_sums(const ir::Graph& graph, const ir::Node& node, const Tensors& given) {
  const onednn::Threads threads(state_->threads);
  Tensors tensors = given;
  tensors.resize(graph.values.size());  // with a place for the result
  onednn::Values values(state_->device, graph, std::move(tensors));
  onednn::FloatCall call{state_->device, values, graph, node};
  if (!onednn::try_primitive(call)) onednn::run_by_loops(call);
  ir::Tensor y = values.settle(node.outputs[0]);
  const ir::Shape shape = naive::sums_shape(graph, node);
  if (node.op == ir::Op::conv) y = channels_last(y);
  y.reshape(shape);
  return y;
}

bool OneDnn::has_exact_int8() {
  // The CPU's own word and oneDNN's, which an environment variable may hold below it. AVX-VNNI alone (without
  // AVX-512) does not count: oneDNN 2.6 has VNNI convolutions for it but no such matmul.
  constexpr unsigned kVnniBit =
      static_cast<unsigned>(dnnl_cpu_isa_avx512_core_vnni) & ~static_cast<unsigned>(dnnl_cpu_isa_avx512_core);
  return __builtin_cpu_supports("avx512vnni") &&
         (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & kVnniBit) != 0;
}

bool OneDnn::has_native_bf16() {
  constexpr unsigned kBf16Bit = static_cast<unsigned>(dnnl_cpu_isa_avx512_core_bf16) &
                                ~static_cast<unsigned>(dnnl_cpu_isa_avx512_core_vnni);
  return __builtin_cpu_supports("avx512bf16") &&
         (static_cast<unsigned>(dnnl::get_effective_cpu_isa()) & kBf16Bit) != 0;
}

std::string OneDnn::version() {
  const dnnl_version_t* version = dnnl_version();
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

}  // namespace nnp::reference
