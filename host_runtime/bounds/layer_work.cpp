// SPDX-License-Identifier: Apache-2.0
// Work by operator. Each line is a lower bound: where a mapping may choose, the choice with less work.
#include <algorithm>
#include <set>

#include "compiler/ir/quantized.h"
#include "compiler/ir/real.h"
#include "compiler/ir/recurrent.h"
#include "compiler/tiling/column_tiles.h"
#include "compiler/tiling/mac_tiling.h"
#include "host_runtime/bounds/layer_bounds.h"
#include "isa/arch/matrix_shape.h"

namespace nnp::bounds {
namespace {

using device::Worker;

Bytes element_bytes(const ir::Value& value) { return ir::size_of(value.type); }
Bytes bytes_of(const ir::Value& value) {
  return static_cast<Bytes>(ir::element_count(value.shape)) * element_bytes(value);
}

constexpr std::int64_t kMostTaps = 1 << 20;  // that are looked at one by one

/// Positions of an axis of `size` that windows touch. Not counted where that would take long: 0.
std::int64_t touched(std::int64_t size, std::int64_t outputs, std::int64_t kernel, std::int64_t stride,
                     std::int64_t dilation, std::int64_t pad) {
  if (dilation == 1 && stride <= kernel) {  // without holes
    const std::int64_t last = (outputs - 1) * stride - pad + kernel;
    return std::max<std::int64_t>(0, std::min(size, last) - std::max<std::int64_t>(0, -pad));
  }
  if (size > kMostTaps || outputs > kMostTaps / std::max<std::int64_t>(kernel, 1)) return 0;
  std::vector<bool> read(static_cast<std::size_t>(size));
  for (std::int64_t o = 0; o < outputs; ++o)
    for (std::int64_t k = 0; k < kernel; ++k)
      if (const std::int64_t at = o * stride - pad + k * dilation; at >= 0 && at < size)
        read[static_cast<std::size_t>(at)] = true;
  return std::count(read.begin(), read.end(), true);
}

class Work {
 public:
  Work(const ir::Graph& graph, const ir::Node& node, const models::ChipSpec& chip,
       const compiler::MemoryPlan& plan)
      : graph_(graph), node_(node), chip_(chip), arch_(chip.arch), plan_(plan) {}

  LayerWork run() {
    work_.macs = ir::macs(graph_, node_);
    switch (node_.op) {
      case ir::Op::conv:
      case ir::Op::gemm:
      case ir::Op::matmul:
        product();
        break;
      case ir::Op::lstm:
      case ir::Op::gru:
      case ir::Op::rnn:
        recurrence();
        break;
      case ir::Op::max_pool:
      case ir::Op::average_pool:
        pool();
        break;
      default:
        vector();
        break;
    }
    ports();
    return work_;
  }

 private:
  const ir::Value& value(ir::ValueId id) const { return graph_.values[id]; }
  bool in_memory(ir::ValueId id) const {
    return !value(id).constant && !plan_.values[id].in_buffer && !plan_.values[id].passing;
  }
  double pes() const { return static_cast<double>(arch_.array_rows) * arch_.array_cols; }
  double words(Bytes bytes) const {
    return static_cast<double>(bytes) / static_cast<double>(arch_.buffer_word_bytes);
  }
  double& port(Worker worker) { return work_.port_cycles[static_cast<std::size_t>(worker)]; }

  void multiply(const ir::Value& x) {
    const bool half_rate = x.type == ir::DType::s16;
    work_.array_cycles = static_cast<double>(work_.macs) * (half_rate ? 2 : 1) / pes();
    // A row of operands a step for each column tile, or (input stationary) loaded once for all columns.
    const bool loads = arch_.array_kind == isa::ArrayKind::input_stationary;
    port(Worker::matrix) = words(work_.macs * element_bytes(x)) / (loads ? 1 : arch_.array_cols);
    if (loads) port(Worker::matrix) = 0;
  }

  /// Times that a matrix instruction must bring the weights of `rows` rows of sums.
  std::uint64_t fetches(std::int64_t rows) const {
    const std::int64_t most =
        std::min<std::int64_t>(isa::matrix_limits(arch_).m, std::max(1u, arch_.accumulator_rows));
    return static_cast<std::uint64_t>(ceil_div<std::int64_t>(rows, most));
  }

  Bytes stored_weights(std::int64_t k, std::int64_t n, Bytes element) const {
    const std::int64_t cols = arch_.array_cols;
    const auto strip = [&](std::int64_t columns) {
      return columns == 0 ? 0
                          : isa::WeightStrip(arch_, static_cast<std::uint64_t>(k),
                                             static_cast<std::uint64_t>(columns), {.element_bytes = element})
                                .bytes();
    };
    return static_cast<Bytes>(n / cols) * strip(cols) + strip(n % cols);
  }

  /// Of a Conv in groups: whole tiles with the zeros in them, or where only own bytes are fetched none.
  Bytes stored_weights(const compiler::MacShape& shape) const {
    if (shape.groups == 1) return stored_weights(shape.k, shape.n, shape.weight_element);
    if (arch_.weight_fetch == isa::WeightFetch::exact)
      return static_cast<Bytes>(shape.k * shape.n) * shape.weight_element;
    Bytes bytes = 0;
    for (const compiler::ColumnTile& tile :
         compiler::column_tiles(shape, 0, shape.n, compiler::grouped_tile_columns(shape, arch_)))
      bytes += stored_weights(tile.k, tile.n, shape.weight_element);
    return bytes;
  }

  void product() {
    const compiler::MacShape shape = compiler::mac_shape(graph_, node_, arch_);
    const ir::ValueId in = node_.inputs[0], right = node_.inputs[1], out = node_.outputs[0];
    multiply(value(in));
    const std::int64_t rows = shape.images * shape.positions();
    if (value(right).constant) {
      work_.weight_fetches = fetches(rows);
      const Bytes once = stored_weights(shape);
      work_.weight_bytes = work_.weight_fetches * once + isa::rest_of_block(once, arch_);
      work_.parameter_bytes = static_cast<Bytes>(shape.n) * sizeof(numerics::ChannelParam);
    } else {
      work_.weight_fetches = fetches(shape.positions());
      work_.weight_bytes =
          static_cast<Bytes>(shape.images * shape.k * shape.n) * work_.weight_fetches * shape.weight_element;
    }
    const ir::ConvAttributes& c = shape.conv;
    if (in_memory(in)) {
      work_.input_bytes = bytes_of(value(in));
      if (shape.is_conv)
        work_.input_bytes = static_cast<Bytes>(shape.lines / shape.out_h * shape.in.channels *
                                               touched(shape.in_h, shape.out_h, c.kernel[0], c.strides[0],
                                                       c.dilations[0], c.pads[0]) *
                                               touched(shape.in_w, shape.line_positions, c.kernel[1],
                                                       c.strides[1], c.dilations[1], c.pads[1])) *
                            element_bytes(value(in));
    }
    if (in_memory(out)) work_.output_bytes = bytes_of(value(out));
    drain(rows, shape.n, value(out));
  }

  void drain(std::int64_t rows, std::int64_t n, const ir::Value& out) {
    const double sums = static_cast<double>(rows) * static_cast<double>(n);
    const double lanes = chip_.drain.lanes != 0 ? chip_.drain.lanes : arch_.array_cols;
    port(Worker::drain) = std::max(sums / lanes, words(bytes_of(out)));
  }

  void recurrence() {
    using namespace ir::recurrent_input;
    const ir::RecurrentShape shape = ir::recurrent_shape(graph_, node_);
    const ir::Value& x = value(node_.inputs[kX]);
    multiply(x);
    // The products of x may wait for each other; those of h must not: a step needs the one before it.
    const Bytes element = element_bytes(value(node_.inputs[kW]));
    work_.weight_fetches = fetches(shape.steps * shape.batch);
    work_.weight_bytes = work_.weight_fetches * stored_weights(shape.input, shape.rows(), element) +
                         static_cast<std::uint64_t>(shape.steps) * fetches(shape.batch) *
                             stored_weights(shape.hidden, shape.rows(), element);
    if (in_memory(node_.inputs[kX])) work_.input_bytes = bytes_of(x);
    for (const ir::ValueId out : node_.outputs)
      if (out != ir::kNoValue && in_memory(out)) {
        work_.output_bytes = bytes_of(value(out));
        break;
      }
    const double gates = static_cast<double>(shape.steps * shape.batch * shape.rows());
    work_.vector_cycles = gates / chip_.vector.lanes;
    const double lanes = chip_.drain.lanes != 0 ? chip_.drain.lanes : arch_.array_cols;
    port(Worker::drain) = gates / lanes;
  }

  void pool() {
    const auto& pool = std::get<ir::PoolAttributes>(node_.attributes);
    const ir::Value &x = value(node_.inputs[0]), &y = value(node_.outputs[0]);
    const std::int64_t rows =
                           touched(x.shape[2], y.shape[2], pool.kernel[0], pool.strides[0], 1, pool.pads[0]),
                       columns =
                           touched(x.shape[3], y.shape[3], pool.kernel[1], pool.strides[1], 1, pool.pads[1]);
    const std::int64_t results = ir::element_count(y.shape), planes = x.shape[0] * x.shape[1];
    std::int64_t taps = results * pool.kernel[0] * pool.kernel[1];
    if (node_.op == ir::Op::max_pool)  // of columns, then of rows of those (compiler/tiling/pool_passes.h)
      taps = std::min(taps, planes * y.shape[2] * columns * pool.kernel[0] + results * pool.kernel[1]);
    work_.vector_cycles = static_cast<double>(taps) / chip_.vector.lanes;
    port(Worker::vector) = words(static_cast<Bytes>(taps) * element_bytes(y));
    if (in_memory(node_.inputs[0]))
      work_.input_bytes = static_cast<Bytes>(planes * rows * columns) * element_bytes(x);
    if (in_memory(node_.outputs[0])) work_.output_bytes = bytes_of(y);
  }

  static bool moves(ir::Op op) {
    switch (op) {
      case ir::Op::transpose:
      case ir::Op::reshape:
      case ir::Op::flatten:
      case ir::Op::squeeze:
      case ir::Op::unsqueeze:
      case ir::Op::concat:
      case ir::Op::slice:
      case ir::Op::pad:
      case ir::Op::expand:
      case ir::Op::resize:
        return true;
      default:
        return false;
    }
  }

  /// At least one pass over the results, or for a reduction over what it reduces. A move may need no vector
  /// unit: both DMA engines do it, too.
  void vector() {
    Bytes in = 0, out = 0, read = 0;
    std::int64_t elements = 0;
    for (const ir::ValueId id : std::set<ir::ValueId>(node_.inputs.begin(), node_.inputs.end()))
      if (id != ir::kNoValue && !value(id).constant) {
        read += bytes_of(value(id));
        if (in_memory(id)) in += bytes_of(value(id));
        if (node_.op == ir::Op::reduce) elements = std::max(elements, ir::element_count(value(id).shape));
      }
    for (const ir::ValueId id : node_.outputs)
      if (id != ir::kNoValue) {
        if (in_memory(id)) work_.output_bytes += bytes_of(value(id));
        out += bytes_of(value(id));
        elements = std::max(elements, ir::element_count(value(id).shape));
      }
    const bool takes_part =
        node_.op == ir::Op::slice || node_.op == ir::Op::pad || node_.op == ir::Op::resize;
    work_.input_bytes = takes_part ? std::min(in, out) : in;
    if (moves(node_.op)) return;
    work_.vector_cycles = static_cast<double>(elements) / chip_.vector.lanes;
    port(Worker::vector) = node_.op == ir::Op::reduce ? words(read) : words(out);
  }

  void ports() {
    port(Worker::load) = words(work_.input_bytes + work_.parameter_bytes);
    port(Worker::store) = words(work_.output_bytes);
    double all = 0;
    for (const double cycles : work_.port_cycles) all += cycles;
    // The drain's cycles may be its lanes', not its words; its words alone count here.
    const double out = node_.outputs.empty() || node_.outputs[0] == ir::kNoValue || work_.macs == 0
                           ? port(Worker::drain)
                           : std::min(port(Worker::drain), words(bytes_of(value(node_.outputs[0]))));
    if (chip_.buffer.conflicts)
      work_.bank_cycles = (all - port(Worker::drain) + out) / static_cast<double>(chip_.buffer.banks);
  }

  const ir::Graph& graph_;
  const ir::Node& node_;
  const models::ChipSpec& chip_;
  const isa::ArchSpec& arch_;
  const compiler::MemoryPlan& plan_;
  LayerWork work_;
};

}  // namespace

LayerWork work_of(const ir::Graph& graph, const ir::Node& node, const models::ChipSpec& chip,
                  const compiler::MemoryPlan& plan) {
  if (node.on_host || compiler::shares_storage(graph, node)) return {};
  return Work(graph, node, chip, plan).run();
}

}  // namespace nnp::bounds
