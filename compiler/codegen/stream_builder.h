// SPDX-License-Identifier: Apache-2.0
// Collects one launch's instructions in program order, without tokens; keeps descriptors with as few CFGs as it can.
#pragma once

#include <array>
#include <initializer_list>
#include <vector>

#include "isa/instruction/fields.h"

namespace nnp::compiler {

/// A descriptor word an instruction depends on.
struct WordValue {
  unsigned index;
  std::uint32_t value;
};
WordValue word_of(unsigned index, std::int64_t value);
WordValue word_of_float(unsigned index, float value);

/// An operand field and its value.
struct FieldValue {
  const isa::Field& field;
  std::int64_t value;
};

class StreamBuilder {
 public:
  void set_layer(std::uint16_t layer) { layer_ = layer; }
  std::uint16_t layer() const { return layer_; }

  /// Appends CFGs as needed and the instruction; returns its index.
  std::size_t emit(isa::Queue queue, isa::Opcode opcode, std::initializer_list<FieldValue> fields, const std::vector<WordValue>& words = {},
                   std::uint8_t flags = 0, std::uint32_t tag = 0);

  const std::vector<isa::Instruction>& instructions() const { return instructions_; }
  std::vector<isa::Instruction>& instructions() { return instructions_; }

 private:
  struct Set {
    isa::Descriptor values{};
    std::array<bool, isa::kDescriptorWords> known{};
  };
  unsigned configure(isa::Queue queue, const std::vector<WordValue>& words);
  std::vector<isa::Instruction> instructions_;
  std::array<std::array<Set, 2>, isa::kQueues> sets_;
  std::array<unsigned, isa::kQueues> last_used_{};
  std::uint16_t layer_ = 0;
};

}  // namespace nnp::compiler
