// SPDX-License-Identifier: Apache-2.0
// The only file of the traces that knows SystemC. A simulation context of its own is driven from change to
// change; it lives beside any other.
#include "traces/export/vcd.h"

#include <fmt/format.h>

#include <cctype>
#include <fstream>
#include <map>
#include <memory>
#include <systemc>

// Debian's libsystemc wants one; a program that has its own uses that.
[[gnu::weak]] int sc_main(int, char**) { return 0; }

namespace nnp::traces {
namespace {

constexpr std::uint64_t kPicoseconds = 1000;  // of a cycle; sc_time counts them in 64 bits
constexpr Cycle kFurthest = 1'000'000'000'000'000;

/// While it lives, SystemC's global functions mean a private simulation, and print nothing.
class PrivateSimulation {
 public:
  PrivateSimulation()
      : outside_(sc_core::sc_curr_simcontext), context_(std::make_unique<sc_core::sc_simcontext>()) {
    sc_core::sc_curr_simcontext = context_.get();
    info_ = sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    idle_ =
        sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
  }
  ~PrivateSimulation() {
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, idle_);
    sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, info_);
    context_.reset();
    sc_core::sc_curr_simcontext = outside_;
  }
  PrivateSimulation(const PrivateSimulation&) = delete;
  PrivateSimulation& operator=(const PrivateSimulation&) = delete;
  /// To `cycle`; the values as they stand belong to the time before it.
  void run_to(Cycle cycle) {
    sc_core::sc_start(sc_core::sc_time::from_value((cycle - now_) * kPicoseconds));
    now_ = cycle;
  }

 private:
  sc_core::sc_simcontext* outside_;
  std::unique_ptr<sc_core::sc_simcontext> context_;
  sc_core::sc_actions info_{}, idle_{};
  Cycle now_ = 0;
};

/// The wires of one unit.
struct Signals {
  unsigned char state = 0, cause = 0;
  unsigned short layer = kNoLayerSignal;
  unsigned instruction = kNoInstructionSignal, queue = 0;
};

/// What changes in one cycle, applied in order.
struct Change {
  std::uint16_t unit;
  const sim::StateRecord* state;  // or none: the queue's depth
  int queue_step;
};
using Changes = std::map<Cycle, std::vector<Change>>;

/// Dots make scopes; a name has letters, digits and underscores.
std::string signal_name(std::string name) {
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return name.empty() ? "unit" : name;
}

std::string legend(const TraceInfo& info) {
  std::string text = fmt::format("{} on {}. 1 ns is one core cycle.\nstate:", info.network, info.chip);
  for (const auto state : {sim::State::idle, sim::State::busy, sim::State::wait})
    text += fmt::format(" {} {}", static_cast<int>(state), to_string(state));
  text += "\ncause:";
  for (int cause = 0; cause < static_cast<int>(sim::Cause::count); ++cause)
    text += fmt::format(" {} {}", cause, to_string(static_cast<sim::Cause>(cause)));
  text += "\nlayer:";
  for (std::size_t layer = 0; layer < info.layers.size(); ++layer)
    text += fmt::format(" {} {}", layer, info.layers[layer].name);
  for (std::size_t at = 0; (at = text.find('$', at)) != std::string::npos;) text[at] = '_';  // ends a comment
  return text;
}

class Exporter {
 public:
  Exporter(const TraceFile& file, Window window) : file_(file), info_(file.info()), window_(window) {
    if (window.to > kFurthest)
      throw TraceFileError(
          fmt::format("a VCD reaches to cycle {} at most, this window to {}", kFurthest, window.to));
    for (std::uint16_t unit = 0; unit < info_.units.size(); ++unit) collect(unit);
    changes_[window.from];  // the opening itself
  }

  void write(const std::filesystem::path& path) {
    const std::string name = path.string();
    PrivateSimulation simulation;
    std::vector<Signals> signals(info_.units.size());
    bool recorded = false;
    // SystemC writes the values of the first cycle without a time: they are those before the window.
    if (window_.from > 0) simulation.run_to(window_.from - 1);
    const std::unique_ptr<sc_core::sc_trace_file, void (*)(sc_core::sc_trace_file*)> file(
        sc_core::sc_create_vcd_trace_file(name.substr(0, name.size() - 4).c_str()),
        sc_core::sc_close_vcd_trace_file);
    sc_core::sc_trace_file* const trace = file.get();
    trace->set_time_unit(1, sc_core::SC_NS);
    sc_core::sc_write_comment(trace, legend(info_));
    sc_core::sc_trace(trace, recorded, "recorded");
    for (std::size_t unit = 0; unit < signals.size(); ++unit) {
      const std::string scope = signal_name(info_.units[unit].name);
      sc_core::sc_trace(trace, signals[unit].state, scope + ".state", 2);
      sc_core::sc_trace(trace, signals[unit].cause, scope + ".cause", 4);
      sc_core::sc_trace(trace, signals[unit].layer, scope + ".layer", 16);
      sc_core::sc_trace(trace, signals[unit].instruction, scope + ".instruction", 32);
      sc_core::sc_trace(trace, signals[unit].queue, scope + ".queue", 16);
    }
    for (const auto& [cycle, list] : changes_) {
      if (cycle > 0) simulation.run_to(cycle);
      recorded = true;
      for (const Change& change : list) apply(change, signals[change.unit]);
    }
    simulation.run_to(window_.to);
    recorded = false;
    simulation.run_to(window_.to + 1);
  }

 private:
  void collect(std::uint16_t unit) {
    const Window own = on_unit_axis(info_, unit, window_);
    states_.push_back(file_.states(unit, own.from, own.to));
    for (const sim::StateRecord& r : states_.back()) {
      const Cycle start = on_core_axis(info_, unit, r.start);
      const Cycle end = on_core_axis(info_, unit, r.start + r.length);
      if (start < end && window_.meets(start, end)) changes_[window_.clip(start)].push_back({unit, &r, 0});
    }
    // In the queue from the cycle after the dispatch to that of the decoding, as query --at counts.
    for (const sim::InstructionSpan& r : file_.instructions(unit, window_.from, window_.to)) {
      const Cycle in = r.dispatched + 1, out = r.decoded + 1;
      if (in >= out || !window_.meets(in, out)) continue;
      changes_[window_.clip(in)].push_back({unit, nullptr, 1});
      if (out < window_.to) changes_[out].push_back({unit, nullptr, -1});
    }
  }

  static void apply(const Change& change, Signals& signals) {
    signals.queue += static_cast<unsigned>(change.queue_step);
    if (change.state == nullptr) return;
    const sim::UnitState& state = change.state->state;
    signals.state = static_cast<unsigned char>(state.state);
    signals.cause = static_cast<unsigned char>(state.cause);
    signals.layer = state.layer;
    signals.instruction = state.instruction;
  }

  const TraceFile& file_;
  const TraceInfo& info_;
  Window window_;
  std::vector<std::vector<sim::StateRecord>> states_;  // by unit
  Changes changes_;
};

/// SystemC does not tell when a write fails: the last time stamp must be there.
bool is_whole(const std::filesystem::path& path, Cycle last) {
  const std::string stamp = fmt::format("#{}\n", last);
  std::ifstream file(path, std::ios::binary);
  std::string end(stamp.size(), ' ');
  file.seekg(-static_cast<std::streamoff>(stamp.size()), std::ios::end);
  file.read(end.data(), static_cast<std::streamsize>(end.size()));
  return file && end == stamp;
}

}  // namespace

void write_vcd(const TraceFile& file, Window window, const std::filesystem::path& path) {
  if (path.extension() != ".vcd")
    throw TraceFileError(fmt::format("{}: the name of a VCD ends in .vcd", path.string()));
  if (window.from >= window.to) throw TraceFileError("the window of the VCD is empty");
  const auto refuse = [&] { throw TraceFileError(fmt::format("{}: cannot be written", path.string())); };
  if (!std::ofstream(path)) refuse();  // SystemC would say so only when it stops
  Exporter(file, window).write(path);
  if (!is_whole(path, window.to + 1)) refuse();
}

}  // namespace nnp::traces
