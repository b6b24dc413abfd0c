// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/stream_builder.h"

#include <algorithm>
#include <bit>

namespace nnp::compiler {

namespace field = isa::field;

WordValue word_of(unsigned index, std::int64_t value) { return {index, static_cast<std::uint32_t>(value)}; }
WordValue word_of_float(unsigned index, float value) { return {index, std::bit_cast<std::uint32_t>(value)}; }

std::size_t StreamBuilder::emit(isa::Queue queue, isa::Opcode opcode, std::initializer_list<FieldValue> fields,
                                const std::vector<WordValue>& words, std::uint8_t flags, std::uint32_t tag) {
  isa::Instruction instruction;
  instruction.opcode = opcode;
  instruction.queue = queue;
  instruction.layer = layer_;
  instruction.tag = tag;
  instruction.flags = flags;
  if (!words.empty() && configure(queue, words) == 1) instruction.flags |= isa::kFlagDescriptorSet;
  for (const FieldValue& item : fields) instruction.set(item.field, item.value);
  instructions_.push_back(instruction);
  return instructions_.size() - 1;
}

/// The set that already holds the words, else the one not used last, brought up to date four words a CFG.
unsigned StreamBuilder::configure(isa::Queue queue, const std::vector<WordValue>& words) {
  auto& sets = sets_[static_cast<std::size_t>(queue)];
  unsigned& last = last_used_[static_cast<std::size_t>(queue)];
  const auto holds = [&](const Set& set, const WordValue& word) { return set.known[word.index] && set.values[word.index] == word.value; };
  for (unsigned i = 0; i < 2; ++i)
    if (std::all_of(words.begin(), words.end(), [&](const WordValue& word) { return holds(sets[i], word); })) return last = i;
  last = 1 - last;
  Set& set = sets[last];
  std::array<bool, isa::kDescriptorWords / 4> stale{};
  for (const WordValue& word : words)
    if (!holds(set, word)) stale[word.index / 4] = true, set.values[word.index] = word.value, set.known[word.index] = true;
  for (unsigned group = 0; group < stale.size(); ++group) {
    if (!stale[group]) continue;
    isa::Instruction cfg;
    cfg.opcode = isa::Opcode::cfg;
    cfg.queue = queue;
    cfg.layer = layer_;
    if (last == 1) cfg.flags |= isa::kFlagDescriptorSet;
    const isa::Field* values[] = {&field::cfg_v0, &field::cfg_v1, &field::cfg_v2, &field::cfg_v3};
    for (unsigned i = 0; i < 4; ++i) cfg.set(*values[i], set.values[group * 4 + i]);
    cfg.set(field::cfg_index, group * 4);
    instructions_.push_back(cfg);
    for (unsigned i = 0; i < 4; ++i) set.known[group * 4 + i] = true;
  }
  return last;
}

}  // namespace nnp::compiler
