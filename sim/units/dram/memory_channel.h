// SPDX-License-Identifier: Apache-2.0
// One channel of device memory as the chip sees it, whatever is behind it: a DRAM at command level or an
// ideal memory.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sim/kernel/accounting.h"
#include "sim/kernel/bridge.h"
#include "sim/units/dram/dram_command.h"
#include "sim/units/dram/memories.h"
#include "sim/units/dram/memory_messages.h"

namespace nnp::sim {

/// Who wants to know when a request was taken into a queue and when it was answered, in cycles that may lie
/// ahead of the present. Both come in order of their own cycles.
class RequestObserver {
 public:
  virtual ~RequestObserver() = default;
  /// May push the next request, visible in a cycle after `cycle`.
  virtual void accepted(const MemoryRequest&, Cycle cycle) = 0;
  /// A read: its last data beat has crossed the bus. A write: taken by the write queue.
  virtual void answered(const MemoryRequest&, Cycle cycle) = 0;
};

/// A unit of the memory clock domain (whose frequency is DramConfig::frequency_khz); who creates it adds it
/// to that domain. Requests are taken in order of arrival; one that finds its queue full stays in the bridge,
/// so requesters bound what they send. The accounting is: waiting (refresh) while the data bus stands still
/// because the next burst's bank is refreshed, busy while any other request is pending or data is moving,
/// idle else.
class MemoryChannel : public Unit {
 public:
  MemoryChannel(std::string name, ClockDomain& memory_domain, TraceSink* sink, std::uint16_t unit_id)
      : Unit(std::move(name)), domain_(memory_domain), requests_(memory_domain), track_(unit_id, sink) {
    requests_.connect(this);
  }

  Bridge<MemoryRequest>& requests() { return requests_; }
  /// Where the answers go: entry i belongs to MemoryRequest::source == i. A read is answered with the time at
  /// which its last data beat has crossed the bus, often posted ahead of that time; a write when the write
  /// queue has taken all of it.
  void connect_answers(std::vector<Bridge<MemoryAnswer>*> by_source) { answers_ = std::move(by_source); }
  /// Called with every command in the order of their cycles; background refresh of idle time comes late, but
  /// in order.
  void set_command_observer(DramCommandObserver observer) { observer_ = std::move(observer); }
  /// Takes the place of the answer bridges.
  void set_request_observer(RequestObserver* observer) { request_observer_ = observer; }
  /// Requests will be pushed in the order of their times.
  virtual void expect_order() {}
  /// All channels of one memory, in the order in which they tick: those that see the same may share their
  /// work. Without `each_answer` they have the same bridges for their answers, and give one to what an engine
  /// asked several of them for.
  virtual void know_siblings(const std::vector<MemoryChannel*>&, bool /*each_answer*/) {}
  /// Sums over the commands decided so far, which may lie a little ahead of the present; exact once idle, and
  /// after finish().
  const DramStatistics& statistics() const { return statistics_; }

  /// Back to cycle 0: empty, all banks closed, statistics zero.
  virtual void reset() = 0;
  /// Nothing waits, nothing is queued and no data is moving at the domain's present.
  virtual bool idle() const = 0;
  /// What leap puts off is carried out, if its cycle is before `now`: to be called before the run ends.
  virtual void catch_up(Cycle) {}
  /// The run ends before cycle `end` of the memory domain: background work up to there is caught up, the
  /// accounting closed.
  virtual void finish(Cycle end) = 0;

 protected:
  void answer(const MemoryRequest& request, Cycle cycle) {
    if (request_observer_ != nullptr) return request_observer_->answered(request, cycle);
    send(answer_to(request), cycle);
  }
  MemoryAnswer answer_to(const MemoryRequest& request) const {
    return {request.source, request.id, request.bytes, request.write, request.transfer, track_.unit()};
  }
  void send(const MemoryAnswer& answer, Cycle cycle) {
    NNP_ASSERT(answer.source < answers_.size() && answers_[answer.source] != nullptr,
               "{}: no answer bridge for source {}", name(), answer.source);
    answers_[answer.source]->push(answer, domain_.edge(cycle));
  }

  ClockDomain& domain_;
  Bridge<MemoryRequest> requests_;
  std::vector<Bridge<MemoryAnswer>*> answers_;
  DramCommandObserver observer_;
  RequestObserver* request_observer_ = nullptr;
  DramStatistics statistics_;
  StateTrack track_;
};

/// The channel of the configured preset. Throws std::invalid_argument when the configuration does not fit
/// together.
std::unique_ptr<MemoryChannel> make_memory_channel(std::string name, ClockDomain& memory_domain,
                                                   const DramConfig& config, TraceSink* sink,
                                                   std::uint16_t unit_id);

}  // namespace nnp::sim
