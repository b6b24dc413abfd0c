// SPDX-License-Identifier: Apache-2.0
// What the parts of a recurrent layer's code share: sizes, where the gates lie, and vector instructions over
// one step's rows.
#pragma once

#include "compiler/codegen/layer_emitter.h"
#include "compiler/ir/recurrent.h"
#include "isa/numerics/functions.h"

namespace nnp::compiler {

struct RecurrentLayout {
  RecurrentLayout(const ir::Graph&, const ir::Node&, const isa::ArchSpec&);
  ir::RecurrentShape shape;
  Layout x, h;  // of one step
  bool real;
  bool peeps;                 // an LSTM with peepholes
  isa::ElementType kept;      // of gates and cell state: s16, or f32
  isa::ElementType value;     // of x and h
  Bytes element;              // of kept
  Bytes row_gates, row_cell;  // bytes between batch rows
  Bytes gates() const { return static_cast<Bytes>(shape.batch) * row_gates; }
  Bytes cell() const { return static_cast<Bytes>(shape.batch) * row_cell; }
  Bytes peepholes() const { return static_cast<Bytes>(3 * shape.hidden) * element; }
  Bytes x_step() const { return static_cast<Bytes>(shape.batch) * x.pixel_bytes; }
  Bytes h_step() const { return static_cast<Bytes>(shape.batch) * h.pixel_bytes; }
  Bytes params() const { return static_cast<Bytes>(shape.columns) * sizeof(numerics::ChannelParam); }
};

/// Rows of a step in the buffer.
struct StepOperand {
  Address address;
  Bytes stride;
  isa::ElementType type;
};

/// Elementwise instructions over the batch rows of a step.
class StepVector {
 public:
  StepVector(LayerEmitter& emitter, const RecurrentLayout& layout) : e_(emitter), l_(layout) {}

  struct Factor {
    float scale = 1;
    std::int32_t zero = 0;  // zero point of the first source
  };
  /// Codes.
  void mul(StepOperand dst, StepOperand src0, StepOperand src1, Factor factor) const;
  void add(StepOperand dst, StepOperand src0, StepOperand src1, numerics::OutputRange range) const;
  void table(StepOperand dst, StepOperand src, Address table, std::int64_t elements) const;
  /// Reals. `one_minus`: dst = 1 - src, where a buffer holds the f32 1.
  void apply(numerics::UnaryFunction, StepOperand dst, StepOperand src, std::int64_t elements) const;
  void combine(numerics::BinaryFunction, StepOperand dst, StepOperand src0, StepOperand src1) const;
  void one_minus(StepOperand dst, StepOperand src, Address one) const;
  /// Rows as they are.
  void move(StepOperand dst, StepOperand src) const;

 private:
  void codes(isa::Opcode, StepOperand dst, StepOperand src0, StepOperand src1, std::int64_t elements,
             const std::vector<WordValue>& more) const;
  std::vector<WordValue> real_words(StepOperand dst, StepOperand src0, isa::ElementType src1,
                                    int function) const;
  void combine(numerics::BinaryFunction, StepOperand dst, StepOperand src0, StepOperand src1,
               std::uint8_t flags) const;
  LayerEmitter& e_;
  const RecurrentLayout& l_;
};

}  // namespace nnp::compiler
