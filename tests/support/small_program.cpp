// SPDX-License-Identifier: Apache-2.0
#include "tests/support/small_program.h"

#include <algorithm>
#include <cstring>

namespace nnp::test {

models::ChipSpec plain_chip(std::uint32_t rows, std::uint32_t cols) {
  models::ChipSpec chip;
  chip.name = "plain";
  chip.arch.array_rows = rows, chip.arch.array_cols = cols;
  chip.arch.weight_fifo_tiles = 8;
  chip.arch.accumulator_rows = 256;
  chip.arch.buffer_word_bytes = 16;
  chip.arch.channel_align_bytes = 8;
  chip.arch.unified_buffer_bytes = 64 * 1024;
  chip.arch.device_memory_bytes = chip.memory.capacity = 1 << 20;
  chip.arch.precisions = {isa::Precision::int8, isa::Precision::int8x16};
  chip.buffer.banks = 8;
  chip.dma.request_bytes = 256;
  chip.dma.window_bytes = 4096;
  chip.front_end.fetch = models::FetchFrom::host;
  chip.front_end.queue_depth = 32;
  chip.memory.preset = "ideal";
  chip.memory.crossbar_latency_cycles = 1;
  chip.memory.ideal_bandwidth_bytes_per_s = 1e12;
  chip.memory.ideal_latency_s = 5e-9;
  chip.pcie.latency_s = 10e-9;
  return chip;
}

std::vector<sim::StateRecord> SmallRun::of(const std::string& unit) const {
  const auto found = std::find_if(statistics.units.begin(), statistics.units.end(),
                                  [&](const auto& u) { return u.name == unit; });
  const auto id = static_cast<std::uint16_t>(found - statistics.units.begin());
  std::vector<sim::StateRecord> result;
  std::copy_if(records.begin(), records.end(), std::back_inserter(result),
               [id](const sim::StateRecord& record) { return record.unit == id; });
  return result;
}

Cycles SmallRun::sum(const std::string& unit, sim::State state, sim::Cause cause) const {
  Cycles total = 0;
  for (const sim::StateRecord& record : of(unit))
    if (record.state.state == state && record.state.cause == cause) total += record.length;
  return total;
}

namespace {

struct Recorder : sim::TraceSink {
  void state(const sim::StateRecord& record) override { records.push_back(record); }
  std::vector<sim::StateRecord> records;
};

SmallRun run(const models::ChipSpec& chip, compiler::StreamBuilder& builder, sim::Engine engine, bool tokens,
             bool values, Cycle max_cycles) {
  builder.emit(isa::Queue::ctrl, isa::Opcode::sync, {});
  builder.emit(isa::Queue::ctrl, isa::Opcode::irq, {});
  builder.emit(isa::Queue::ctrl, isa::Opcode::halt, {});
  const auto stream =
      tokens ? compiler::insert_tokens(builder.instructions(), chip.arch, {}) : builder.instructions();
  Recorder recorder;
  sim::ChipOptions options;
  options.engine = engine;
  options.trace = &recorder;
  options.values = values;
  options.max_cycles = max_cycles;
  const auto device = sim::make_device(chip, options, sim::Host::plain);
  device->allocate_device_memory(chip.arch.device_memory_bytes);
  const auto host = device->map_host_memory(stream.size() * isa::kInstructionBytes + 4096);
  for (std::size_t i = 0; i < stream.size(); ++i) {
    const auto bytes = isa::encode(stream[i]);
    std::memcpy(host.data() + 4096 + i * bytes.size(), bytes.data(), bytes.size());
  }
  device->begin_inference();
  device->ring_doorbell({4096, static_cast<std::uint32_t>(stream.size()), 0, {}});
  device->wait_for_interrupt();
  return {device->statistics(), std::move(recorder.records)};
}

}  // namespace

SmallRun run_program(const models::ChipSpec& chip, compiler::StreamBuilder& builder, sim::Engine engine,
                     bool tokens, Cycle max_cycles) {
  return run(chip, builder, engine, tokens, true, max_cycles);
}

SmallRun run_timing(const models::ChipSpec& chip, compiler::StreamBuilder& builder, sim::Engine engine) {
  return run(chip, builder, engine, true, false, 0);
}

}  // namespace nnp::test
