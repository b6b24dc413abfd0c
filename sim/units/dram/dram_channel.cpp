// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/dram_channel.h"

#include <bit>

namespace nnp::sim {
namespace {

const DramConfig& checked(const DramConfig& config) {
  check(config);
  NNP_ASSERT(config.standard != DramStandard::ideal, "an ideal memory has no commands");
  return config;
}

std::uint32_t sets_of(const DramConfig& config) {
  if (config.refresh == RefreshMode::off) return 0;
  return config.refresh == RefreshMode::all_bank ? 1 : refresh_sets(config.standard, config.organization);
}

/// Whether a plain order of commands would cost activates their pace for good: commands that take several
/// clocks of a shared bus, or numbers by which the fourth row's first column meets the activate that tFAW
/// allows next.
bool paces_activates(const DramConfig& config) {
  const CommandBus& bus = command_bus(config.standard);
  if (bus.separate_columns) return false;
  if (*std::max_element(bus.clocks.begin(), bus.clocks.end()) > 1) return true;
  return config.timing.has("tRRD_S") &&
         config.timing.at("tRCD") + 3 * config.timing.at("tRRD_S") == config.timing.at("tFAW");
}

/// Whether columns of one bank follow each other as fast as their data and those of any other bank.
bool columns_keep_bus_busy(const DramConfig& config, RuleOp column) {
  const ResolvedRules rules = resolve(timing_rules(config.standard), config);
  const std::uint32_t burst = evaluate("BL/n", config);
  const auto at = [&](RuleLevel level) { return rules.at(level, column, column); };
  return at(RuleLevel::rank) == burst && at(RuleLevel::bank) <= burst && at(RuleLevel::group) <= burst &&
         command_bus(config.standard).clocks[static_cast<std::size_t>(column)] <= burst;
}

}  // namespace

DramChannel::DramChannel(std::string name, ClockDomain& memory_domain, const DramConfig& config,
                         TraceSink* sink, std::uint16_t unit_id)
    : MemoryChannel(std::move(name), memory_domain, sink, unit_id),
      config_(checked(config)),
      map_(config.address_map, config.organization),
      bus_(command_bus(config.standard)),
      capacity_(config.capacity_bytes()),
      read_clocks_(evaluate("tCL + BL/n", config)),
      write_clocks_(evaluate("tCWL + BL/n", config)),
      burst_clocks_(evaluate("BL/n", config)),
      burst_shift_(static_cast<std::uint32_t>(std::countr_zero(config.organization.burst_bytes()))),
      write_high_(std::max(1u, config.queue_depth * config.write_high_percent / 100)),
      write_low_(std::min(write_high_ - 1, config.queue_depth * config.write_low_percent / 100)),
      banks_per_rank_(config.organization.banks_per_rank()),
      paced_(paces_activates(config)),
      trains_(domain_.engine() == Engine::leap && !paced_ && config.organization.ranks == 1 &&
              config.page_policy == PagePolicy::open),
      pace_is_bus_{columns_keep_bus_busy(config, RuleOp::RD), columns_keep_bus_busy(config, RuleOp::WR)},
      refresh_sets_(sets_of(config)),
      refresh_interval_(config.timing.at("tREFI") / std::max(1u, refresh_sets_)),
      timer_(config),
      reads_(config.queue_depth),
      writes_(config.queue_depth),
      reading_(config.queue_depth + 1) {
  reset();
}

void DramChannel::reset() {
  while (!requests_.empty()) requests_.pop();
  timer_.reset(), reads_.reset(), writes_.reset();
  banks_.fill({});
  open_ = capped_ = 0, plan_ = {}, last_issue_ = row_free_ = column_free_ = 0;
  // The ranks refresh in turn, so that the others can work meanwhile.
  refresh_.assign(config_.organization.ranks, {});
  next_refresh_ = kNever;
  for (std::uint32_t rank = 0; rank < refresh_.size() && refresh_sets_ != 0; ++rank) {
    refresh_[rank].due = refresh_interval_ + refresh_interval_ * rank / refresh_.size();
    next_refresh_ = std::min(next_refresh_, refresh_[rank].due);
    aim_refresh(refresh_[rank], rank);
  }
  busy_since_ = busy_until_ = 0, writing_ = wrote_last_ = draining_ = false;
  data_end_ = empty_from_ = empty_to_ = 0;
  door_ = Door::open, admitted_ = 0, next_age_ = 1, door_request_ = next_write_ = 0;
  for (std::uint32_t i = 0; i < reading_.size(); ++i) reading_[i] = {{}, 0, i + 1};
  free_reading_ = 0;
  refreshed_.clear();
  statistics_ = {};
  track_.reset();
}

void DramChannel::tick(Cycle now) {
  publish_refreshes(now);
  const bool stepped = domain_.engine() == Engine::stepped;
  if (!pending()) {
    if (!requests_.ready(now)) {
      if (stepped) background_until(now + 1);
      return;
    }
    background_until(now);
    become_busy(now);
  }
  const bool arrived = door_ == Door::open && admit(now);
  if (arrived || stepped) plan_ = plan(std::max(now, last_issue_));
  NNP_ASSERT(plan_.cycle >= now, "{}: slept through its command of cycle {}, now {}", name(), plan_.cycle,
             now);
  // With a request at the closed door nothing later can get in, so leap need not wait for its commands'
  // cycles to come.
  while (plan_.cycle == now || (door_ != Door::open && !stepped)) {
    if (trains_ && door_ == Door::full && (plan_.op == DramOp::RD || plan_.op == DramOp::WR))
      run_train(plan_);
    issue(plan_);
    if (door_ != Door::open) admit(now);
    plan_ = pending() && !arrival_is_first(now) ? plan(last_issue_) : Plan{};
  }
}

Cycle DramChannel::next_event(Cycle now) const {
  return door_ == Door::open ? std::min(plan_.cycle, requests_.next(now)) : plan_.cycle;
}

// Takes what the queues have room for, in order of arrival, burst by burst. True when that can change the
// plan.
bool DramChannel::admit(Cycle now) {
  bool any = false;
  door_ = Door::open;
  const Cycle entry =
      std::max(now, last_issue_);  // the door may have been closed until a command ahead of now
  while (requests_.ready(now)) {
    const MemoryRequest& request = requests_.front();
    NNP_ASSERT(
        request.bytes >= 1 && request.address < capacity_ && request.bytes <= capacity_ - request.address,
        "{}: request for {} bytes at {} of {}", name(), request.bytes, request.address, capacity_);
    BurstQueue& queue = request.write ? writes_ : reads_;
    const std::uint64_t first = request.address >> burst_shift_;
    const auto bursts =
        static_cast<std::uint32_t>(((request.address + request.bytes - 1) >> burst_shift_) - first + 1);
    while (admitted_ < bursts) {
      const DramLocation at = map_.locate(first + admitted_);
      const std::uint32_t run = std::min(std::min(bursts - admitted_, queue.space()), map_.run_length(at));
      door_ = door_for(request.write, at, run);
      if (door_ != Door::open) return true;
      if (admitted_ == 0) {
        door_request_ = request.write ? next_write_++ : free_reading_;
        if (!request.write) {
          Reading& reading = reading_[door_request_];
          free_reading_ = reading.next_free;
          reading = {request, bursts, kNone};
        }
      }
      if (!pending()) empty_to_ = entry;
      queue.push(at, run, door_request_, next_age_, banks_[at.bank].row);
      update_drain();
      next_age_ += run;
      admitted_ += run;
      any = true;
    }
    (request.write ? statistics_.write_bytes : statistics_.read_bytes) += request.bytes;
    if (request.write) answer(request, entry);
    admitted_ = 0;
    const MemoryRequest taken = requests_.pop();
    if (request_observer_ != nullptr) request_observer_->accepted(taken, entry);
  }
  return any;
}

// A burst does not enter while the same burst waits in the other direction: so reads see posted writes, and
// writes wait for earlier reads, whatever the order in which the queues are served.
DramChannel::Door DramChannel::door_for(bool write, const DramLocation& at, std::uint32_t bursts) const {
  if (bursts == 0) return Door::full;
  if (write) return reads_.overlaps(at, bursts) ? Door::behind_reads : Door::open;
  return writes_.overlaps(at, bursts) ? Door::behind_writes : Door::open;
}

// A refresh that held up the data bus is known when the burst behind it is decided, which may be ahead of the
// present; it is recorded when it is over, so that a run which ends before has the same records.
void DramChannel::publish_refreshes(Cycle until) {
  for (; !refreshed_.empty() && refreshed_.front().to <= until; refreshed_.pop_front()) {
    // A launch may end, and its states with it, while a fetch ahead is still on its way.
    const auto [from, to] = refreshed_.front();
    if (to <= busy_since_) continue;
    track_.set(std::max(from, busy_since_), {.state = State::wait, .cause = Cause::refresh});
    track_.set(to, {.state = State::busy});
  }
}

// The end of a busy time is known when its last column issues, and recorded when the next one begins.
void DramChannel::become_busy(Cycle now) {
  if (now <= busy_until_ && busy_until_ != 0) return;
  become_idle();
  track_.set(now, {.state = State::busy});
  busy_since_ = now;
}

void DramChannel::become_idle() {
  if (busy_until_ > busy_since_) {
    track_.set(busy_until_, {});
    statistics_.pending_cycles += busy_until_ - busy_since_;
    busy_since_ = busy_until_;
  }
}

bool DramChannel::idle() const { return !pending() && requests_.empty() && busy_until_ <= domain_.now(); }

void DramChannel::finish(Cycle end) {
  publish_refreshes(end);
  if (!refreshed_.empty() && refreshed_.front().from < end)
    track_.set(refreshed_.front().from, {.state = State::wait, .cause = Cause::refresh});
  refreshed_.clear();
  if (pending() || busy_until_ > end) busy_until_ = std::max(end, busy_since_);
  if (!pending()) background_until(end);
  become_idle();
  track_.finish(std::max(end, busy_until_));
}

std::string DramChannel::waiting_for() const {
  if (!pending() && requests_.empty()) return {};
  const char* door[] = {"open", "the queue is full", "waits for an earlier read of its bytes",
                        "waits for an earlier write of its bytes"};
  return fmt::format("{} read and {} write bursts queued, next command {} at {}, door: {}", reads_.size(),
                     writes_.size(), to_string(plan_.op), plan_.cycle, door[static_cast<std::size_t>(door_)]);
}

}  // namespace nnp::sim
