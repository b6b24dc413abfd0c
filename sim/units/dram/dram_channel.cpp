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

}  // namespace

DramChannel::Pace DramChannel::pace_of(const DramConfig& config, RuleOp column) {
  const ResolvedRules rules = resolve(timing_rules(config.standard), config);
  const std::uint32_t burst = evaluate("BL/n", config);
  const auto at = [&](RuleLevel level) { return rules.at(level, column, column); };
  const std::uint32_t again = std::max({at(RuleLevel::bank), at(RuleLevel::group), 1u});
  if (at(RuleLevel::rank) != burst || again > 2 * burst ||
      command_bus(config.standard).clocks[static_cast<std::size_t>(column)] > burst)
    return Pace::slower;
  return again > burst ? Pace::half : Pace::bus;
}

DramChannel::DramChannel(std::string name, ClockDomain& memory_domain, const DramConfig& config,
                         TraceSink* sink, std::uint16_t unit_id)
    : MemoryChannel(std::move(name), memory_domain, sink, unit_id),
      DramState(checked(config)),
      config_(config),
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
      one_rank_(config.organization.ranks == 1),
      read_slack_(domain_.engine() == Engine::leap ? read_clocks_ - burst_clocks_ - 1 : 0),
      slack_(std::min<Cycle>(read_slack_, write_clocks_ - burst_clocks_)),
      paced_(paces_activates(config)),
      runs_(domain_.engine() == Engine::leap && !paced_ && one_rank_ &&
            config.page_policy == PagePolicy::open),
      pace_{pace_of(config, RuleOp::RD), pace_of(config, RuleOp::WR)},
      refresh_sets_(sets_of(config)),
      refresh_interval_(config.timing.at("tREFI") / std::max(1u, refresh_sets_)),
      asked_(config.queue_depth + 1) {
  for (std::uint64_t burst = 0; burst < kBlock; ++burst) in_block_[burst] = map_.locate(burst);
  find_stride();
  reset();
}

void DramChannel::reset() {
  while (!requests_.empty()) requests_.pop();
  requests_.rest_until(0);
  requests_.connect(this);
  leader_ = nullptr, twins_.clear(), agreed_ = 0;
  timer_.reset(), reads_.reset(), writes_.reset();
  banks_.fill({});
  open_ = capped_ = 0, plan_ = {}, row_plan_ = {}, last_issue_ = row_free_ = column_free_ = 0;
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
  door_ = Door::open, front_ = {}, next_age_ = 1, door_request_ = next_write_ = 0;
  for (std::uint32_t i = 0; i < reading_.size(); ++i) reading_[i] = {0, i + 1};
  free_reading_ = most_readings_ = 0, answer_due_ = 0;
  refreshed_.clear();
  statistics_ = {};
  track_.reset();
}

void DramChannel::tick(Cycle now) {
  if (leader_ != nullptr) return;
  catch_up(now);
  publish_refreshes(now);
  if (!twins_.empty()) part_from_others(now);
  const bool stepped = domain_.engine() == Engine::stepped;
  if (!pending()) {
    if (!requests_.ready(now)) {
      if (stepped) background_until(now + 1);
      return;
    }
    background_until(now);
    if (!siblings_.empty()) take_twins(now);
    become_busy(now);
  }
  const bool arrived = door_ == Door::open && requests_.ready(now) && admit(now);
  if (arrived || stepped) plan_ = plan(std::max(now, last_issue_));
  NNP_ASSERT(plan_.cycle >= now, "{}: slept through its command of cycle {}, now {}", name(), plan_.cycle,
             now);
  // With a request at the closed door nothing later can get in, so leap need not wait for its commands'
  // cycles to come.
  while (plan_.cycle == now || (door_ != Door::open && !stepped)) {
    if (door_ != Door::open && front_.left != 1 && columns_follow()) {
      if (run_columns(now, kNever)) continue;
    } else {
      const bool gives_way = plan_.op == DramOp::RD || plan_.op == DramOp::WR;
      issue(plan_);
      if (gives_way && door_ != Door::open) admit(now);
    }
    plan_ = pending() && !arrival_is_first(now) ? plan(last_issue_) : Plan{};
  }
  if (plan_.cycle != kNever && answer_due_ <= plan_.cycle) foresee_answers();
  // What comes before the last command, issued ahead of the present, can change nothing before it.
  if (!stepped)
    for_all_twins([until = pending() ? last_issue_ : 0](DramChannel& c) { c.requests_.rest_until(until); });
}

// Behind an open door, commands whose cycles went by with nobody coming in.
void DramChannel::catch_up(Cycle now) {
  if (leader_ != nullptr) return;
  while (plan_.cycle < now) {
    if (!columns_follow())
      issue(plan_);
    else if (run_columns(now, now))
      continue;
    plan_ = pending() ? plan(last_issue_) : Plan{};
  }
}

// Columns are at least a burst apart.
void DramChannel::foresee_answers() {
  std::uint32_t fewest = kNone;  // columns before the last one of a read; there may be none
  for (std::uint32_t i = 0; i < most_readings_ && fewest != 0; ++i)
    fewest = std::min(fewest, reading_[i].bursts_left - 1u);
  answer_due_ = plan_.cycle + (fewest == kNone ? 0 : fewest) * burst_clocks_;
}

// The first thing that anybody sees of a command is the answer to a read, when the data of its last column
// has crossed the bus, or the end of a write's data: leap carries out commands late, several in one wake-up.
Cycle DramChannel::next_event(Cycle now) const {
  if (leader_ != nullptr) return kNever;
  if (door_ != Door::open) return plan_.cycle;
  if (plan_.cycle == kNever) return next_request(now);
  const Cycle seen =
      writes_.size() == 0 ? std::max(plan_.cycle, answer_due_) + read_slack_ : plan_.cycle + slack_;
  return std::min(seen, next_request(now));
}

// A refresh that held up the data bus is known when the burst behind it is decided, which may be ahead of the
// present; it is recorded when it is over, so that a run which ends before has the same records.
void DramChannel::publish_refreshes(Cycle until) {
  for (; !refreshed_.empty() && refreshed_.front().to <= until; refreshed_.pop_front()) {
    // A launch may end, and its states with it, while a fetch ahead is still on its way.
    const auto [from, to] = refreshed_.front();
    if (to <= busy_since_) continue;
    for_all_twins([&, from = from, to = to](DramChannel& c) {
      c.track_.set(std::max(from, busy_since_), {.state = State::wait, .cause = Cause::refresh});
      c.track_.set(to, {.state = State::busy});
    });
  }
}

// The end of a busy time is known when its last column issues, and recorded when the next one begins.
void DramChannel::become_busy(Cycle now) {
  if (now <= busy_until_ && busy_until_ != 0) return;
  become_idle();
  for_all_twins([&](DramChannel& c) { c.track_.set(now, {.state = State::busy}); });
  busy_since_ = now;
}

void DramChannel::become_idle() {
  if (busy_until_ > busy_since_) {
    for_all_twins([&](DramChannel& c) { c.track_.set(busy_until_, {}); });
    statistics_.pending_cycles += busy_until_ - busy_since_;
    busy_since_ = busy_until_;
  }
}

bool DramChannel::idle() const {
  const DramState& state = leader_ != nullptr ? *leader_ : *this;
  return !state.pending() && requests_.empty() && state.busy_until_ <= domain_.now();
}

void DramChannel::finish(Cycle end) {
  part_from_all(end);
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
  if (leader_ != nullptr) return leader_->waiting_for();
  if (!pending() && requests_.empty()) return {};
  const char* door[] = {"open", "the queue is full", "waits for an earlier read of its bytes",
                        "waits for an earlier write of its bytes"};
  return fmt::format("{} read and {} write bursts queued, next command {} at {}, door: {}", reads_.size(),
                     writes_.size(), to_string(plan_.op), plan_.cycle, door[static_cast<std::size_t>(door_)]);
}

}  // namespace nnp::sim
