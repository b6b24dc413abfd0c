// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dma/crossbar.h"

#include "sim/units/engine/chip_state.h"

namespace nnp::sim {

void Crossbar::send(const MemoryRequest& request) {
  NNP_ASSERT(request.bytes > 0, "an empty request at {:#x}", request.address);
  if (request.address >= capacity_ || request.bytes > capacity_ - request.address) [[unlikely]]
    throw AddressError(fmt::format("device memory: request for {} bytes at {:#x}, but it ends at {:#x}",
                                   request.bytes, request.address, capacity_));
  pending_.push_back(request);
  core_.commit_later(*this);
}

void Crossbar::commit(Cycle now) {
  sort_few(pending_, [](const MemoryRequest& request) { return request.source; });
  for (const MemoryRequest& request : pending_) spread(request, now + 2 * latency_cycles_);
  pending_.clear();
}

void Crossbar::spread(const MemoryRequest& request, Cycle arrival) {
  const Bytes block = block_bytes_.quotient(request.address), before = block_bytes_.rest(request.address);
  std::size_t channel = channel_count_.rest(block);
  Address begin = channel_count_.quotient(block) * block_bytes_.number();  // of the block, on its channel
  MemoryRequest piece = request;
  piece.address = begin + before;
  Bytes left = request.bytes, room = block_bytes_.number() - before;
  while (true) {
    piece.bytes = static_cast<std::uint32_t>(std::min(left, room));
    const Cycles stall = core_.stalls().of(StallPlace::memory, piece.source, piece.transfer);
    channels_[channel]->push(piece, core_.edge(arrival + stall));
    if ((left -= piece.bytes) == 0) return;
    if (++channel == channels_.size()) channel = 0, begin += block_bytes_.number();
    piece.address = begin, room = block_bytes_.number(), ++piece.transfer;
  }
}

}  // namespace nnp::sim
