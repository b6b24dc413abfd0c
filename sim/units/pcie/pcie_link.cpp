// SPDX-License-Identifier: Apache-2.0
#include "sim/units/pcie/pcie_link.h"

#include <algorithm>
#include <cmath>

namespace nnp::sim {
namespace {

constexpr Bytes kFraming = 8, kRequestHeader = 16, kCompletionHeader = 12;

}  // namespace

double pcie_bandwidth_bytes_per_s(const models::PcieSpec& spec) {
  constexpr double kGigatransfers[] = {2.5, 5, 8, 16, 32};
  const double rate = kGigatransfers[std::clamp(spec.generation, 1u, 5u) - 1] * 1e9;
  const double coding = spec.generation <= 2 ? 8.0 / 10 : 128.0 / 130;
  return rate * coding / 8 * spec.lanes;
}

Picoseconds PcieLink::serialise(Bytes bytes) const {
  return static_cast<Picoseconds>(std::ceil(static_cast<double>(bytes) * 1e12 / pcie_bandwidth_bytes_per_s(spec_)));
}

Picoseconds PcieLink::message_time() const { return serialise(kRequestHeader + kFraming + 4) + latency(); }

Picoseconds PcieLink::bulk_time(Bytes bytes) {
  const Bytes tlps = ceil_div<Bytes>(bytes, spec_.max_payload_bytes);
  statistics_.to_device_bytes += bytes;
  statistics_.tlps += tlps;
  return 2 * latency() + serialise(bytes + tlps * (kCompletionHeader + kFraming));
}

void PcieLink::send(const PcieRequest& request) {
  pending_.push_back(request);
  core_.commit_later(*this);
}

void PcieLink::commit(Cycle now) {
  std::stable_sort(pending_.begin(), pending_.end(), [](const PcieRequest& a, const PcieRequest& b) { return a.source < b.source; });
  for (const PcieRequest& request : pending_) {
    const Bytes tlps = ceil_div<Bytes>(request.bytes, spec_.max_payload_bytes);
    const Picoseconds present = core_.edge(now + 1);
    Picoseconds end = 0;
    if (request.to_device) {
      // The read request goes up, the host answers with completions.
      up_free_ = std::max(up_free_, present) + serialise(kRequestHeader + kFraming);
      down_free_ = std::max(down_free_, up_free_ + 2 * latency()) + serialise(request.bytes + tlps * (kCompletionHeader + kFraming));
      end = down_free_;
      statistics_.to_device_bytes += request.bytes;
      statistics_.tlps += tlps + 1;
    } else {
      up_free_ = std::max(up_free_, present) + serialise(request.bytes + tlps * (kRequestHeader + kFraming));
      end = up_free_;  // posted: the device may go on when the last packet has left
      statistics_.from_device_bytes += request.bytes;
      statistics_.tlps += tlps;
    }
    answers_[request.source]->push({request.id, request.bytes}, end);
  }
  pending_.clear();
}

}  // namespace nnp::sim
