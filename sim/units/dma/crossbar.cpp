// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dma/crossbar.h"

#include "sim/units/engine/chip_state.h"

namespace nnp::sim {

void Crossbar::send(const MemoryRequest& request) {
  NNP_ASSERT(request.bytes > 0 && request.bytes <= rest_of_block(request.address),
             "request of {} bytes at {:#x} crosses a block of {}", request.bytes, request.address,
             block_bytes_.number());
  if (request.address >= capacity_ || request.bytes > capacity_ - request.address) [[unlikely]]
    throw AddressError(fmt::format("device memory: request for {} bytes at {:#x}, but it ends at {:#x}",
                                   request.bytes, request.address, capacity_));
  pending_.push_back(request);
  core_.commit_later(*this);
}

void Crossbar::commit(Cycle now) {
  sort_few(pending_, [](const MemoryRequest& request) { return request.source; });
  const Cycle arrival = now + 2 * latency_cycles_;
  const Picoseconds time = core_.edge(arrival);
  for (MemoryRequest request : pending_) {
    const Bytes block = block_bytes_.quotient(request.address);
    const std::size_t channel = channel_count_.rest(block);
    request.address =
        channel_count_.quotient(block) * block_bytes_.number() + block_bytes_.rest(request.address);
    const Cycles stall = core_.stalls().of(StallPlace::memory, request.source, request.transfer);
    channels_[channel]->push(request, stall == 0 ? time : core_.edge(arrival + stall));
  }
  pending_.clear();
}

}  // namespace nnp::sim
