// SPDX-License-Identifier: Apache-2.0
// Orders the queues: finds every pair of instructions of different queues that touch the same bytes (one of them writing),
// and links those pairs by tokens that nothing else orders already.
#pragma once

#include <utility>
#include <vector>

#include "isa/arch/arch_spec.h"
#include "isa/instruction/fields.h"

namespace nnp::compiler {

/// Instructions in program order without tokens -> the same with waits and signals, and WAIT / SIGNAL instructions where one is
/// not enough. Each ordered pair of queues has one counter; the i-th signal of it is the i-th wait's, as both queues are in
/// order. All counters start at 0. `explicit_edges`: (earlier, later) pairs that bytes do not show, such as the last D2H before IRQ.
std::vector<isa::Instruction> insert_tokens(const std::vector<isa::Instruction>& program, const isa::ArchSpec&,
                                            const std::vector<std::pair<std::size_t, std::size_t>>& explicit_edges);

}  // namespace nnp::compiler
