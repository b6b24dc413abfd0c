// SPDX-License-Identifier: Apache-2.0
#include "sim/chip/chip.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <random>

#include "models/chips/chip_file.h"
#include "sim/chip/chip_units.h"
#include "sim/units/dram/memories.h"
#include "sim/units/matrix/registers/arrays.h"

namespace nnp::sim {
namespace {

enum MemorySource : std::uint8_t { kFromLoad, kFromWeight, kFromStore, kFromHostDma, kFromCommand };
enum LinkSource : std::uint8_t { kLinkHostDma, kLinkCommand };

// Throws models::ChipError where the chip's memory does not fit together: bits and symbols are known here
// alone.
DramConfig dram_config(const models::MemorySpec& memory) try {
  DramConfig config = make_dram_config(memory.preset, memory.timing);
  config.address_map = memory.address_map;
  config.organization.ranks = memory.ranks;
  config.page_policy = static_cast<PagePolicy>(memory.page_policy);  // the same words in the same order
  config.refresh = static_cast<RefreshMode>(memory.refresh);
  config.queue_depth = memory.queue_depth;
  config.row_hit_cap = memory.row_hit_cap;
  config.ideal_bandwidth_bytes_per_s = memory.ideal_bandwidth_bytes_per_s / memory.channels;
  config.ideal_latency_s = memory.ideal_latency_s;
  check(config);
  return config;
} catch (const std::invalid_argument& error) {
  throw models::ChipError(error.what());
}

AccountingSink register_units(const models::ChipSpec& spec) {
  using Clock = AccountingSink::Clock;
  AccountingSink sink;
  for (const UnitDescription& unit : describe_units(spec))
    sink.add_unit(unit.name, unit.memory_clock ? Clock::memory : Clock::core,
                  !unit.memory_clock && unit.kind != "command_processor");
  sink.set_array(kMatrix);
  return sink;
}

std::vector<std::unique_ptr<MemoryChannel>> make_channels(const models::ChipSpec& spec, ClockDomain& domain,
                                                          TraceSink& sink) {
  std::vector<std::unique_ptr<MemoryChannel>> channels;
  for (std::uint32_t i = 0; i < spec.memory.channels; ++i)
    channels.push_back(make_memory_channel(fmt::format("dram{}", i), domain, dram_config(spec.memory), &sink,
                                           static_cast<std::uint16_t>(kFirstMemory + i)));
  return channels;
}

std::vector<Bridge<MemoryRequest>*> request_bridges(
    const std::vector<std::unique_ptr<MemoryChannel>>& channels) {
  std::vector<Bridge<MemoryRequest>*> bridges;
  bridges.reserve(channels.size());
  for (const auto& channel : channels) bridges.push_back(&channel->requests());
  return bridges;
}

ArrayDesign array_design(const models::ChipSpec& spec) {
  return {.dataflow = spec.arch.array_kind,
          .rows = spec.arch.array_rows,
          .cols = spec.arch.array_cols,
          .shift_rows_per_cycle = spec.array.shift_rows_per_cycle,
          .tree_registers = spec.array.tree_registers,
          .drain_phase = spec.array.drain_phase,
          .overlap = spec.array.overlap,
          .ideal_fill = spec.array.ideal_fill};
}

/// An ideal memory has no bus to account for.
void add_bus_cycles(device::DramTotals& into, const DramStatistics& dram, Cycle memory_end) {
  const Cycles told = std::accumulate(dram.bus_waits.begin(), dram.bus_waits.end(), dram.data_cycles);
  if (told == dram.data_cycles && dram.data_cycles != 0) return;
  into.bus_cycles["data"] += dram.data_cycles;
  for (std::size_t i = 0; i < kBusWaits; ++i)
    into.bus_cycles[to_string(static_cast<BusWait>(i))] += dram.bus_waits[i];
  into.bus_cycles[to_string(BusWait::no_requests)] += memory_end - std::min(memory_end, told);
}

/// What a word from the buffer takes beyond the one cycle that every pipeline reckons with.
Cycles more_read_cycles(const models::ChipSpec& spec) { return spec.buffer.read_latency_cycles - 1; }

/// Consecutive bytes on one channel: the interleave, or what surely lies in one DRAM row where there is one
/// channel.
Bytes block_bytes(const models::MemorySpec& memory) {
  return memory.channels > 1 ? memory.interleave_bytes : 1024;
}

}  // namespace

Chip::Chip(const models::ChipSpec& spec, const ChipOptions& options)
    : spec_(spec),
      state_(spec.arch),
      simulation_(options.engine),
      sink_(register_units(spec)),
      trace_(options.trace),
      core_("core clock", spec.core_frequency_khz, options.engine, options.stalls),
      memory_domain_("memory clock", dram_config(spec.memory).frequency_khz, options.engine),
      tokens_(core_),
      retired_(core_),
      turns_(core_),
      arbiter_(core_, spec.buffer.banks, spec.buffer.conflicts),
      memory_(make_channels(spec, memory_domain_, sink_)),
      crossbar_(core_, request_bridges(memory_), block_bytes(spec.memory), spec.arch.device_memory_bytes,
                spec.memory.crossbar_latency_cycles),
      link_(core_, spec.pcie),
      matrix_("matrix", kMatrix, context(), spec.front_end.queue_depth, arbiter_, array_design(spec),
              spec.buffer.read_latency_cycles),
      drain_("drain", kDrain, context(), spec.front_end.queue_depth, arbiter_,
             spec.drain.latency_cycles + more_read_cycles(spec),
             spec.drain.lanes != 0 ? spec.drain.lanes : spec.arch.array_cols),
      vector_("vector", kVector, context(), spec.front_end.queue_depth, arbiter_,
              spec.vector.latency_cycles + more_read_cycles(spec), spec.vector.lanes),
      load_("load_dma", kLoad, context(), spec.front_end.queue_depth, arbiter_, crossbar_, kFromLoad,
            spec.dma.request_bytes, spec.dma.window_bytes),
      weight_("weight_dma", kWeight, context(), spec.front_end.queue_depth, matrix_.weights(), kMatrix,
              crossbar_, kFromWeight, spec.dma.request_bytes, spec.dma.window_bytes),
      store_("store_dma", kStore, context(), spec.front_end.queue_depth, arbiter_, crossbar_, kFromStore,
             spec.dma.request_bytes, spec.dma.window_bytes, more_read_cycles(spec)),
      host_dma_("host_dma", kHostDma, context(), spec.front_end.queue_depth, arbiter_, crossbar_, link_,
                kFromHostDma, kLinkHostDma, spec.dma.window_bytes, spec.pcie.outstanding_reads,
                more_read_cycles(spec), spec.pcie.shared_memory),
      command_("command_processor", kCommand, context(), spec.front_end, crossbar_, link_, kFromCommand,
               kLinkCommand, spec.front_end.fetch_buffer_bytes),
      last_edge_(options.max_cycles != 0 ? core_.edge(std::min(options.max_cycles, kLastCycle))
                                         : ~Picoseconds{0}) {
  state_.values = options.values;
  sink_.forward_to(options.trace);
  sink_.tell(&turns_);
  retired_.observe(&turns_);
  turns_.watch({&command_.track(), &host_dma_.track(), &load_.track(), &weight_.track(), &matrix_.track(),
                &drain_.track(), &vector_.track(), &store_.track()},
               [this](std::uint16_t layer) {
                 return load_.traffic().of(layer) + weight_.traffic().of(layer) + store_.traffic().of(layer);
               });
  matrix_.weights().connect(&weight_, &matrix_);
  matrix_.set_weight_source(kWeight, weight_);
  if (options.trace != nullptr)
    core_.before_each([this](Cycle now) {
      for (QueueEngine* engine : engines()) engine->catch_up(now);
    });
  if (options.trace_commands) trace_commands();
  if (options.values) drive_array(options);
  link_.connect_answers({&host_dma_.link_answers(), &command_.link_answers()});

  using isa::Queue;
  constexpr Queue queues[] = {Queue::hdma,  Queue::load,   Queue::weight, Queue::matrix,
                              Queue::drain, Queue::vector, Queue::store};
  std::vector<Unit*> units{&command_};
  std::vector<MemoryChannel*> channels;
  for (std::size_t i = 0; i < engines().size(); ++i)
    command_.connect(queues[i], *engines()[i]), units.push_back(engines()[i]);
  for (auto& channel : memory_) channels.push_back(channel.get());
  if (options.shuffle != 0) {
    std::mt19937_64 order(options.shuffle);
    std::shuffle(units.begin(), units.end(), order);
    std::shuffle(channels.begin(), channels.end(), order);
  }
  for (Unit* unit : units) core_.add(*unit);
  for (MemoryChannel* channel : channels) {
    memory_domain_.add(*channel);
    channel->know_siblings(channels, options.trace != nullptr);
    if (options.stalls.per_mille == 0) channel->expect_order();
  }
  for (auto& channel : memory_)
    channel->connect_answers({&load_.port().answers(), &weight_.port().answers(), &store_.port().answers(),
                              &host_dma_.port().answers(), &command_.port().answers()});
  simulation_.add(core_);
  simulation_.add(memory_domain_);
}

/// Throws models::ChipError where there is no such array. Without values there are no operands to drive it.
void Chip::drive_array(const ChipOptions& options) try {
  using Model = models::ArrayModel;
  const ArrayDesign design = array_design(spec_);
  if (spec_.array.model == Model::closed_form) return;
  if (spec_.array.model == Model::registers) return matrix_.drive("registers", make_register_array(design));
  if (!options.plugged) throw std::invalid_argument("no array is plugged in");
  if (options.plugged->dataflow != design.dataflow)
    throw std::invalid_argument(fmt::format("the plugged-in array {} is {}, but core.array.kind is {}",
                                            options.plugged->name, to_string(options.plugged->dataflow),
                                            to_string(design.dataflow)));
  matrix_.drive(options.plugged->name, options.plugged->make(design));
} catch (const std::invalid_argument& error) {
  throw models::ChipError(fmt::format("core.array.model = \"rtl\": {}", error.what()));
}

void Chip::trace_commands() {
  const DramOrganization organization = dram_config(spec_.memory).organization;
  const std::uint32_t groups = organization.bank_groups, banks = organization.banks;
  for (std::size_t i = 0; i < memory_.size(); ++i)
    memory_[i]->set_command_observer([sink = trace_, unit = static_cast<std::uint16_t>(kFirstMemory + i),
                                      groups, banks](const DramCommand& c) {
      sink->command({unit, static_cast<std::uint8_t>(c.op),
                     static_cast<std::uint8_t>((c.rank * groups + c.bank_group) * banks + c.bank), c.row,
                     c.column, c.cycle});
    });
}

void Chip::begin_inference() {
  core_.reset();
  memory_domain_.reset();
  simulation_.reset();
  sink_.reset();
  turns_.reset();
  arbiter_.reset();
  link_.reset();
  for (QueueEngine* engine : engines()) engine->reset();
  command_.reset();
  for (auto& channel : memory_) channel->reset();
  launch_end_ = 0;
}

void Chip::connect_tokens(const device::LaunchDescriptor& launch) {
  tokens_.start(launch.tokens);
  const ByteMemory& memory =
      spec_.front_end.fetch == models::FetchFrom::host ? state_.host_memory : state_.device_memory;
  const std::array<Unit*, isa::kQueues> units{&command_, &host_dma_, &load_,   &weight_,
                                              &matrix_,  &drain_,    &vector_, &store_};
  constexpr std::array<std::uint16_t, isa::kQueues> ids{kCommand, kHostDma, kLoad,   kWeight,
                                                        kMatrix,  kDrain,   kVector, kStore};
  for (std::uint32_t i = 0; i < launch.instructions; ++i) {
    const isa::Instruction instruction = decode_stored(
        memory, launch.stream + Bytes{i} * isa::kInstructionBytes, launch.first_instruction + i);
    turns_.expect(instruction);
    const auto queue = static_cast<std::size_t>(instruction.queue);
    if (instruction.wait.used()) {
      Unit* taker = tokens_.taker(instruction.wait.counter);
      if (taker != nullptr && taker != units[queue])
        throw TokenError(fmt::format(
            "instruction {} takes from token counter {}, which {} takes from too: one queue a counter",
            launch.first_instruction + i, instruction.wait.counter, taker->name()));
      tokens_.set_taker(instruction.wait.counter, units[queue]);
    }
    if (instruction.signal.used())
      tokens_.expect(instruction.signal.counter, ids[queue], units[queue], instruction.signal.amount);
  }
}

void Chip::start_launch(const device::LaunchDescriptor& launch) {
  turns_.begin_launch(launch.first_instruction, launch.in_parts);
  connect_tokens(launch);
  turns_.start();
  for (QueueEngine* engine : engines()) engine->start_launch();
  retired_.reset();
  launch_instructions_ = launch.instructions;
  progress_countdown_ = 0;
  command_.start(launch.stream, launch.instructions, launch.first_instruction,
                 core_.first_edge_after(core_.edge(launch_end_) + link_.message_time()));
}

bool Chip::run_until(Picoseconds limit) {
  try {
    if (!simulation_.run(std::min(limit, last_edge_),
                         [this] { return poll_progress() || command_.halted(); })) {
      if (last_edge_ > limit) return false;
      throw CycleLimitError(fmt::format("the run is not done at cycle {}, where it is to stop", core_.now()));
    }
  } catch (...) {
    abandon();
    throw;
  }
  interrupt_time_ = core_.edge(command_.interrupt_cycle()) + link_.message_time();
  launch_end_ = std::max(core_.first_edge_after(interrupt_time_), core_.now() + 1);
  close_accounts();
  return true;
}

bool Chip::poll_progress() {
  if (!progress_ || progress_countdown_-- != 0) return false;
  progress_countdown_ = 20'000;
  if (!progress_({core_.now(), command_.layer(), command_.dispatched(), launch_instructions_}))
    throw device::InterruptedError();
  return false;
}

/// A trace of a run that failed shows what every unit was in. A second failure would hide the first.
void Chip::abandon() {
  try {
    close_tracks(core_.now() + 1);
  } catch (const InternalError&) {
    return;
  }
}

Cycle Chip::close_tracks(Cycle end) {
  command_.finish(end);
  for (QueueEngine* engine : engines()) engine->catch_up(end), engine->finish(end);
  const Cycle memory_end =
      std::max(memory_domain_.first_edge_after(core_.edge(end)), memory_domain_.now() + 1);
  // Memory cycles have been run up to, and not into, the time of the last core cycle.
  const Picoseconds present = core_.edge(core_.now());
  for (auto& channel : memory_) {
    if (present != 0) channel->catch_up(memory_domain_.first_edge_after(present - 1));
    channel->finish(memory_end);
  }
  return memory_end;
}

void Chip::close_accounts() {
  const Cycle end = launch_end_;
  const Cycle memory_end = close_tracks(end);
  device::RunStatistics run;
  run.cycles = end;
  run.core_frequency_khz = spec_.core_frequency_khz;
  sink_.finish(run, end, memory_end);
  const device::UnitStatistics& matrix = run.units[kMatrix];
  const auto wait = [&](const char* cause) {
    const auto found = matrix.waits.find(cause);
    return found == matrix.waits.end() ? Cycles{0} : found->second;
  };
  run.array.active = matrix.busy;
  run.array.weight_stall = wait("weight_stall");
  run.array.weight_shift = wait("weight_shift");
  run.array.non_matrix = end - run.array.active - run.array.weight_stall - run.array.weight_shift;
  run.array.raw_stall = matrix_.raw_stall_cycles();
  run.array.input_stall = wait("bank_conflict");
  run.array.useful_macs = matrix_.useful_macs();
  if (const DrivenArray* array = matrix_.driven())
    run.array.driven = {array->name(), array->passes(), array->sums(), array->ticks()};

  const auto add = [&](const std::vector<std::uint64_t>& by_layer,
                       std::uint64_t device::LayerStatistics::*member) {
    if (run.layers.size() < by_layer.size()) run.layers.resize(by_layer.size());
    for (std::size_t i = 0; i < by_layer.size(); ++i) run.layers[i].*member += by_layer[i];
  };
  add(matrix_.occupied_by_layer(), &device::LayerStatistics::array_occupied);
  add(load_.traffic().by_layer, &device::LayerStatistics::dram_read_bytes);
  add(weight_.traffic().by_layer, &device::LayerStatistics::dram_read_bytes);
  add(weight_.traffic().by_layer, &device::LayerStatistics::weight_bytes);
  add(store_.traffic().by_layer, &device::LayerStatistics::dram_write_bytes);
  turns_.finish(run);

  run.dram.channels = spec_.memory.channels;
  for (const auto& channel : memory_) {
    const DramStatistics& dram = channel->statistics();
    run.dram.read_bytes += dram.read_bytes;
    run.dram.write_bytes += dram.write_bytes;
    run.dram.row_hits += dram.row_hits;
    run.dram.row_misses += dram.row_misses;
    run.dram.row_conflicts += dram.row_conflicts;
    run.dram.refreshes += dram.ref;
    add_bus_cycles(run.dram, dram, memory_end);
  }
  const double peak = dram_config(spec_.memory).peak_bytes_per_s() * spec_.memory.channels;
  const double seconds = static_cast<double>(core_.edge(end)) * 1e-12;
  if (peak > 0 && seconds > 0)
    run.dram.bandwidth_utilization =
        static_cast<double>(run.dram.read_bytes + run.dram.write_bytes) / (peak * seconds);
  run.pcie = {link_.statistics().to_device_bytes, link_.statistics().from_device_bytes,
              link_.statistics().tlps};
  run.load_cycles = core_.first_edge_after(load_time_);
  run.unit_ticks = core_.ticks() + memory_domain_.ticks();
  finished_ = std::move(run);
}

device::RunStatistics Chip::statistics() const { return finished_; }

}  // namespace nnp::sim
