// SPDX-License-Identifier: Apache-2.0
#include "traces/export/konata.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "traces/query/words.h"

namespace nnp::traces {
namespace {

/// Konata's separators and its mark of a line's end must not stand in a label.
std::string label(std::string text) {
  for (char& c : text)
    if (c == '\t' || c == '\n' || c == '\r' || c == '\\') c = ' ';
  return text;
}

/// What happens to a row. Within one cycle a row's events follow each other in this order.
enum class Step : std::uint8_t { begin, stage_end, stage, wait_end, wait, arrow, end };

struct Event {
  Cycle at;
  std::uint32_t row;
  std::uint8_t order;  // lane 0 goes from stage to stage within one cycle
  Step step;
  std::uint32_t detail;  // stage, cause, or the row that released this one
};

constexpr const char* kStages[] = {"Q", "T", "S", "X", "P"};
constexpr std::uint8_t kLaneOne = 2 * std::size(kStages);

class Exporter {
 public:
  Exporter(const TraceFile& file, Window window, std::ostream& to)
      : file_(file), info_(file.info()), window_(window), to_(to) {}

  void run() {
    collect_rows();
    for (std::uint32_t row = 0; row < rows_.size(); ++row) add_stages(row);
    for (std::uint16_t unit = 0; unit < info_.units.size(); ++unit) add_waits(unit);
    std::stable_sort(events_.begin(), events_.end(), [](const Event& a, const Event& b) {
      return std::tie(a.at, a.row, a.order) < std::tie(b.at, b.row, b.order);
    });
    write();
  }

 private:
  void collect_rows() {
    for (std::uint16_t unit = 0; unit < info_.units.size(); ++unit)
      for (const sim::InstructionSpan& span : file_.instructions(unit, window_.from, window_.to))
        if (const KonataRow row = konata_row(span); window_.meets(row.queue, row.end)) rows_.push_back(span);
    std::stable_sort(rows_.begin(), rows_.end(), [](const auto& a, const auto& b) {
      return std::tie(a.dispatched, a.instruction) < std::tie(b.dispatched, b.instruction);
    });
    for (std::uint32_t row = 0; row < rows_.size(); ++row) row_of_[rows_[row].instruction] = row;
  }

  void add_stages(std::uint32_t row) {
    const KonataRow times = konata_row(rows_[row]);
    const Cycle at[] = {times.queue, times.tokens, times.start, times.execute, times.pipeline, times.end};
    events_.push_back({times.queue, row, 0, Step::begin, 0});
    std::uint8_t order = 1;
    for (std::uint32_t stage = 0; stage < std::size(kStages); ++stage) {
      if (at[stage] >= at[stage + 1]) continue;
      events_.push_back({at[stage], row, order++, Step::stage, stage});
      events_.push_back({at[stage + 1], row, order++, Step::stage_end, stage});
    }
    events_.push_back({times.end, row, kLaneOne + 3, Step::end, 0});
  }

  void add_waits(std::uint16_t unit) {
    for (const sim::StateRecord& r : file_.states(unit, window_.from, window_.to)) {
      if (r.state.state != sim::State::wait) continue;
      const auto found = row_of_.find(r.state.instruction);
      if (found == row_of_.end() || rows_[found->second].unit != unit) continue;
      const std::uint32_t row = found->second;
      const KonataRow times = konata_row(rows_[row]);
      const Cycle end = r.start + r.length;
      const Cycle from = std::max(r.start, times.queue), to = std::min(end, times.end);
      if (from >= to) continue;
      const auto cause = static_cast<std::uint32_t>(r.state.cause);
      events_.push_back({from, row, kLaneOne + 1, Step::wait, cause});
      events_.push_back({to, row, kLaneOne, Step::wait_end, cause});
      if (r.ended_by.kind != sim::Release::Kind::retired || end > times.end) continue;
      const auto releaser = row_of_.find(r.ended_by.number);
      if (releaser != row_of_.end() && rows_[releaser->second].dispatched < rows_[row].retired)
        events_.push_back({end, row, kLaneOne + 2, Step::arrow, releaser->second});
    }
  }

  void write() {
    line("Kanata\t0004");
    line("C=\t0");
    Cycle now = 0;
    std::uint32_t retired = 0;
    for (const Event& event : events_) {
      if (event.at != now) line("C\t{}", event.at - now);
      now = event.at;
      switch (event.step) {
        case Step::begin:
          write_head(event.row);
          break;
        case Step::stage:
          line("S\t{}\t0\t{}", event.row, kStages[event.detail]);
          break;
        case Step::stage_end:
          line("E\t{}\t0\t{}", event.row, kStages[event.detail]);
          break;
        case Step::wait:
          line("S\t{}\t1\t{}", event.row, to_string(static_cast<sim::Cause>(event.detail)));
          break;
        case Step::wait_end:
          line("E\t{}\t1\t{}", event.row, to_string(static_cast<sim::Cause>(event.detail)));
          break;
        case Step::arrow:
          if (event.detail < started_) line("W\t{}\t{}\t0", event.row, event.detail);
          break;
        case Step::end:
          line("R\t{}\t{}\t0", event.row, retired++);
          break;
      }
    }
  }

  void write_head(std::uint32_t row) {
    const sim::InstructionSpan& span = rows_[row];
    line("I\t{}\t{}\t{}", row, span.instruction, span.unit);
    line("L\t{}\t0\t{}: {} {}", row, span.instruction, label(unit_word(info_, span.unit)),
         label(file_.instruction_text(span.instruction)));
    if (span.layer < info_.layers.size())
      line("L\t{}\t1\tlayer {} ({})", row, label(info_.layers[span.layer].name),
           label(info_.layers[span.layer].op));
    started_ = row + 1;
  }

  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    buffer_.clear();
    fmt::format_to(std::back_inserter(buffer_), text, std::forward<Args>(args)...);
    buffer_.push_back('\n');
    to_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  }

  const TraceFile& file_;
  const TraceInfo& info_;
  Window window_;
  std::ostream& to_;
  fmt::memory_buffer buffer_;
  std::vector<sim::InstructionSpan> rows_;
  std::unordered_map<std::uint32_t, std::uint32_t> row_of_;  // by instruction
  std::vector<Event> events_;
  std::uint32_t started_ = 0;  // rows that the file has introduced so far
};

}  // namespace

KonataRow konata_row(const sim::InstructionSpan& span) {
  KonataRow row{};
  row.queue = span.dispatched;
  row.tokens = std::max(row.queue, span.decoded);
  row.start = std::max(row.tokens, span.ready);
  row.execute = std::max(row.start, span.started);
  row.pipeline = std::max(row.execute + 1, span.ended);
  row.end = std::max(row.pipeline, span.retired + 1);
  return row;
}

void write_konata(const TraceFile& file, Window window, std::ostream& to) {
  Exporter(file, window, to).run();
}

}  // namespace nnp::traces
