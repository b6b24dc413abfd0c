// SPDX-License-Identifier: Apache-2.0
// RNN, GRU, LSTM: step by step, products of [x, h] and the joined weights into one set of accumulators, gates
// drained to 16 bits (reals: float32), and the cell's functions on the vector unit. h of a step lies where Y
// has it, or in one of two buffers.
#include "compiler/codegen/recurrent/cell_code.h"
#include "compiler/codegen/recurrent/gate_products.h"
#include "compiler/ir/real.h"

namespace nnp::compiler {
namespace {

using namespace ir::recurrent_input;
using namespace ir::recurrent_output;

using ir::operand;

std::unique_ptr<CellCode> make_cell(LayerEmitter& emitter, const RecurrentLayout& layout,
                                    const ir::RecurrentParams& params, Address gates) {
  switch (layout.shape.op) {
    case ir::Op::lstm:
      return make_lstm_cell(emitter, layout, params, gates);
    case ir::Op::gru:
      return make_gru_cell(emitter, layout, params, gates);
    default:
      return make_rnn_cell(emitter, layout, params, gates);
  }
}

class RecurrentEmitter {
 public:
  explicit RecurrentEmitter(LayerEmitter& emitter)
      : e_(emitter),
        l_(e_.graph, e_.node, e_.arch),
        x_(e_.node.inputs[kX]),
        y_(operand(e_.node.outputs, kY)),
        last_h_(operand(e_.node.outputs, kLastH)),
        products_(e_, l_) {
    if (!l_.real) params_ = ir::recurrent_params(e_.graph, e_.node);
  }

  void emit() {
    const Address gates = e_.stage(l_.gates());
    const std::unique_ptr<CellCode> cell = make_cell(e_, l_, params_, gates);
    const Address zeros = e_.parts.add_constant(std::vector<std::uint8_t>(std::max(l_.h_step(), l_.cell())));
    stage_first_h(zeros);
    cell->load_state(zeros);
    const Address params = stage_params();
    cell->stage_tables();
    for (int i = 0; i < 2; ++i) {
      if (!e_.resident(x_)) x_buffers_.push_back(e_.stage(l_.x_step()));
      if (!y_is_resident()) h_buffers_.push_back(e_.stage(l_.h_step()));
    }
    const auto load = [&](std::size_t turn) {
      if (!e_.resident(x_)) e_.load(e_.address(x_) + offset(turn, l_.x_step()), x_at(turn), l_.x_step());
    };
    const auto step = [&](std::size_t turn) {
      const StepOperand before = turn == 0 ? of_h(first_h_) : of_h(h_at(turn - 1)), after = of_h(h_at(turn));
      products_.emit({time(turn), x_at(turn), before.address, gates, params, cell->reset_place()},
                     [&] { cell->reset(before); });
      cell->step(before, after);
      if (y_ != ir::kNoValue && !e_.resident(y_))
        e_.store(after.address, e_.address(y_) + offset(turn, l_.h_step()), l_.h_step());
    };
    LayerEmitter::pipeline(static_cast<std::size_t>(l_.shape.steps), true, load, step);
    finish_h();
    cell->finish();
  }

 private:
  /// Where the initial h is, or zeros in its place.
  void stage_first_h(Address zeros) {
    const ir::ValueId initial = operand(e_.node.inputs, kInitialH);
    if (initial != ir::kNoValue && e_.resident(initial)) {
      first_h_ = e_.address(initial);
      return;
    }
    first_h_ = e_.stage(l_.h_step());
    e_.load(initial == ir::kNoValue ? zeros : e_.address(initial), first_h_, l_.h_step());
  }

  Address stage_params() {
    if (!l_.real) return e_.stage_constant(params_.sums);
    const auto bias = ir::column_bias<float>(l_.shape, ir::constant_reals(e_.graph, e_.node, kBias));
    return e_.stage_constant(ir::real_channel_params(bias, bias.size()));
  }

  void finish_h() {
    if (last_h_ == ir::kNoValue || writes_last_h_directly()) return;
    const StepOperand h = of_h(h_at(static_cast<std::size_t>(l_.shape.steps) - 1));
    if (e_.resident(last_h_))
      StepVector(e_, l_).move(of_h(e_.address(last_h_)), h);
    else
      e_.store(h.address, e_.address(last_h_), l_.h_step());
  }

  std::int64_t time(std::size_t turn) const { return l_.shape.time(static_cast<std::int64_t>(turn)); }
  Bytes offset(std::size_t turn, Bytes step) const { return static_cast<Bytes>(time(turn)) * step; }
  StepOperand of_h(Address address) const { return {address, l_.h.pixel_bytes, l_.value}; }
  bool y_is_resident() const { return y_ != ir::kNoValue && e_.resident(y_); }
  bool writes_last_h_directly() const {
    return y_ == ir::kNoValue && last_h_ != ir::kNoValue && e_.resident(last_h_);
  }
  Address x_at(std::size_t turn) const {
    return e_.resident(x_) ? e_.address(x_) + offset(turn, l_.x_step()) : x_buffers_[turn % 2];
  }
  Address h_at(std::size_t turn) const {
    if (y_is_resident()) return e_.address(y_) + offset(turn, l_.h_step());
    const bool last = turn + 1 == static_cast<std::size_t>(l_.shape.steps);
    return last && writes_last_h_directly() ? e_.address(last_h_) : h_buffers_[turn % 2];
  }

  LayerEmitter& e_;
  RecurrentLayout l_;
  ir::ValueId x_, y_, last_h_;
  GateProducts products_;
  ir::RecurrentParams params_;
  Address first_h_ = 0;
  std::vector<Address> x_buffers_, h_buffers_;
};

}  // namespace

void emit_recurrent(LayerEmitter& emitter) { RecurrentEmitter(emitter).emit(); }

StagingNeed recurrent_staging(const ir::Graph& graph, const ir::Node& node, const isa::ArchSpec& arch) {
  const RecurrentLayout l(graph, node, arch);
  const Bytes tables = numerics::kTable16Entries * sizeof(std::int16_t);
  Bytes own = l.gates() + l.h_step() + l.params() + 16 * arch.buffer_word_bytes;
  switch (l.shape.op) {
    case ir::Op::lstm: {
      const ir::ValueId initial = operand(node.inputs, kInitialC);
      own += l.cell() + (l.real ? 0 : 3 * tables);
      if (l.peeps) own += l.peepholes() + l.cell();
      if (initial != ir::kNoValue && ir::element_type(graph.values[initial].type) != l.kept)
        own += l.h_step();
      break;
    }
    case ir::Op::gru:
      own += (l.shape.resets_after ? 0 : l.h_step()) + (l.real ? sizeof(float) : 2 * tables);
      break;
    default:
      own += l.real ? 0 : tables;
  }
  const Bytes buffers = 2 * (l.x_step() + l.h_step()), streamed = own + buffers;
  const bool keeps_h = operand(node.outputs, kY) == ir::kNoValue;
  return {own + (keeps_h ? 2 * l.h_step() : 0), streamed, streamed};
}

}  // namespace nnp::compiler
