// SPDX-License-Identifier: Apache-2.0
#include "models/chips/parameters.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "models/chips/quantity.h"

namespace nnp::models {
namespace {

using isa::ArchSpec;

// A path of members: at(&ChipSpec::arch, &ArchSpec::array_rows)(chip) is chip.arch.array_rows, const as the
// chip is.
template <typename Member>
auto at(Member ChipSpec::*member) {
  return [member](auto& chip) -> auto& { return chip.*member; };
}
template <typename Table, typename Member>
auto at(Table ChipSpec::*table, Member Table::*member) {
  return [ table, member ](auto& chip) -> auto& { return chip.*table.*member; };
}

enum class Step { any, power_of_two };

template <typename Where>
Parameter count(std::string path, Where where, std::int64_t low, std::int64_t high, Step step = Step::any) {
  return {std::move(path),
          fmt::format("a whole number, {} to {}{}", low, high, step == Step::any ? "" : ", a power of two"),
          [=](const TomlValue& value, ChipSpec& chip) {
            const auto* number = std::get_if<std::int64_t>(&value);
            if (number == nullptr || *number < low || *number > high) return false;
            if (step == Step::power_of_two && !std::has_single_bit(static_cast<std::uint64_t>(*number)))
              return false;
            where(chip) = static_cast<std::remove_reference_t<decltype(where(chip))>>(*number);
            return true;
          },
          [=](const ChipSpec& chip) { return std::to_string(where(chip)); }};
}

// `low` and `high` are quantities too. A whole member (bytes, kilohertz) takes whole values only.
template <typename Where>
Parameter quantity(std::string path, Quantity kind, Where where, const char* low, const char* high,
                   Step step = Step::any) {
  const double least = parse_quantity(low, kind).value();
  const double most = parse_quantity(high, kind).value();
  return {
      std::move(path),
      fmt::format("{}, {} to {}{}", describe(kind), low, high, step == Step::any ? "" : ", a power of two"),
      [=](const TomlValue& value, ChipSpec& chip) {
        using Member = std::remove_reference_t<decltype(where(chip))>;
        const auto* text = std::get_if<std::string>(&value);
        const std::optional<double> number = text ? parse_quantity(*text, kind) : std::nullopt;
        if (!number || !(*number >= least && *number <= most)) return false;
        if constexpr (std::is_integral_v<Member>) {
          const double whole = std::round(*number);
          if (std::abs(*number - whole) > 1e-9 * whole) return false;
          if (step == Step::power_of_two && !std::has_single_bit(static_cast<std::uint64_t>(whole)))
            return false;
          where(chip) = static_cast<Member>(whole);
        } else {
          where(chip) = *number;
        }
        return true;
      },
      [=](const ChipSpec& chip) {
        return fmt::format("\"{}\"", format_quantity(static_cast<double>(where(chip)), kind));
      }};
}

// The names stand in the order of the enumerators.
template <typename Where>
Parameter choice(std::string path, Where where, std::vector<std::string> names) {
  return {std::move(path), fmt::format("one of \"{}\"", fmt::join(names, "\", \"")),
          [=](const TomlValue& value, ChipSpec& chip) {
            const auto* text = std::get_if<std::string>(&value);
            const auto name = text ? std::find(names.begin(), names.end(), *text) : names.end();
            if (name == names.end()) return false;
            where(chip) = static_cast<std::remove_reference_t<decltype(where(chip))>>(name - names.begin());
            return true;
          },
          [=](const ChipSpec& chip) {
            return fmt::format("\"{}\"", names[static_cast<std::size_t>(where(chip))]);
          }};
}

template <typename Where>
Parameter flag(std::string path, Where where) {
  return {std::move(path), "true or false",
          [=](const TomlValue& value, ChipSpec& chip) {
            const auto* on = std::get_if<bool>(&value);
            if (on != nullptr) where(chip) = *on;
            return on != nullptr;
          },
          [=](const ChipSpec& chip) { return std::string(where(chip) ? "true" : "false"); }};
}

std::string toml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

// Text that `fits`; printable, so that to_toml needs no other escapes.
template <typename Where, typename Fits>
Parameter text(std::string path, Where where, std::string allowed, Fits fits) {
  return {std::move(path), std::move(allowed),
          [=](const TomlValue& value, ChipSpec& chip) {
            const auto* read = std::get_if<std::string>(&value);
            if (read == nullptr || !fits(std::string_view(*read))) return false;
            where(chip) = *read;
            return true;
          },
          [=](const ChipSpec& chip) { return toml_string(where(chip)); }};
}

// The four kinds, and "rtl": the kind that the plugged-in array has, and model = "rtl" with it.
Parameter array_kind(std::string path) {
  const Parameter kinds = choice(path, at(&ChipSpec::arch, &ArchSpec::array_kind), array_kind_names());
  return {path, kinds.allowed + "; or \"rtl\", the kind of the plugged-in array",
          [=](const TomlValue& value, ChipSpec& chip) {
            const auto* text = std::get_if<std::string>(&value);
            const bool plugged = text != nullptr && *text == "rtl";
            if (!plugged && !kinds.read(value, chip)) return false;
            chip.array.kind_of_plugged = plugged;
            if (plugged) chip.array.model = ArrayModel::rtl;
            return true;
          },
          [=](const ChipSpec& chip) {
            return chip.array.kind_of_plugged ? std::string("\"rtl\"") : kinds.write(chip);
          }};
}

const std::vector<std::string>& precision_names() {
  static const std::vector<std::string> names = {"int8", "int8x16", "bf16",
                                                 "fp32"};  // in the order of isa::Precision
  return names;
}

// A set: the order of the file does not matter, so equal chips have equal hashes.
Parameter precisions(std::string path) {
  return {std::move(path),
          fmt::format("a list, each at most once, of \"{}\"", fmt::join(precision_names(), "\", \"")),
          [](const TomlValue& value, ChipSpec& chip) {
            const auto* list = std::get_if<std::vector<std::string>>(&value);
            if (list == nullptr || list->empty()) return false;
            std::vector<isa::Precision> read;
            for (const std::string& name : *list) {
              const auto known = std::find(precision_names().begin(), precision_names().end(), name);
              if (known == precision_names().end()) return false;
              const auto precision = static_cast<isa::Precision>(known - precision_names().begin());
              if (std::find(read.begin(), read.end(), precision) != read.end()) return false;
              read.push_back(precision);
            }
            std::sort(read.begin(), read.end());
            chip.arch.precisions = std::move(read);
            return true;
          },
          [](const ChipSpec& chip) {
            std::vector<std::string> names;
            for (const isa::Precision precision : chip.arch.precisions) {
              names.push_back(toml_string(precision_names()[static_cast<std::size_t>(precision)]));
            }
            return fmt::format("[{}]", fmt::join(names, ", "));
          }};
}

bool is_printable(std::string_view read) {
  return std::all_of(read.begin(), read.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
}
bool is_name(std::string_view read) {
  return !read.empty() && read.size() <= 64 && std::all_of(read.begin(), read.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  });
}

// "row", "row[3]" or "row[4:2]" -> "row"; empty where it is none of these.
std::string_view address_field(std::string_view term) {
  const std::size_t bracket = term.find('[');
  const std::string_view name = term.substr(0, bracket);
  const bool known =
      name == "row" || name == "bank" || name == "bankgroup" || name == "column" || name == "rank";
  if (!known || bracket == std::string_view::npos) return known ? name : std::string_view{};
  const std::string_view range = term.substr(bracket);
  const bool sound = range.size() > 2 && range.back() == ']' &&
                     range.find_first_not_of("0123456789:", 1) == range.size() - 1;
  return sound ? name : std::string_view{};
}

// row, bank and column, with bankgroup and rank where there are such, each once or in pieces, hashed with
// others or not; models/dram/address_map knows how many bits each has and judges the rest.
bool is_address_map(std::string_view read) {
  std::vector<std::string_view> whole, seen;
  const auto has = [](const std::vector<std::string_view>& list, std::string_view field) {
    return std::find(list.begin(), list.end(), field) != list.end();
  };
  bool more = true;
  while (more) {
    std::size_t end = 0;
    for (bool inside = false; end < read.size() && (inside || read[end] != ':'); ++end)
      inside = read[end] == '[' || (inside && read[end] != ']');
    std::string_view item = read.substr(0, end);
    more = end < read.size();
    if (more) read.remove_prefix(end + 1);
    const std::string_view term = item.substr(0, item.find('^'));
    const std::string_view field = address_field(term);
    if (field.empty() || has(whole, field) || (field == term && has(seen, field))) return false;
    seen.push_back(field);
    if (field == term) whole.push_back(field);
    while (item.find('^') != std::string_view::npos) {
      item.remove_prefix(item.find('^') + 1);
      if (address_field(item.substr(0, item.find('^'))).empty()) return false;
    }
  }
  return has(seen, "row") && has(seen, "bank") && has(seen, "column");
}

std::vector<Parameter> make_parameters() {
  using enum Step;
  const auto size = [](std::string path, auto where, const char* low, const char* high, Step step = any) {
    return quantity(std::move(path), Quantity::size, where, low, high, step);
  };
  std::vector<Parameter> rows;
  const auto add = [&rows](Parameter parameter) { rows.push_back(std::move(parameter)); };
  const auto need = [&rows](Parameter parameter) { rows.push_back(std::move(parameter).with_required()); };

  // The upper ends keep what a simulation allocates, and the time it takes, within reason.
  need(text("chip.name", at(&ChipSpec::name), "a name of up to 64 letters, digits, _ - .", is_name));
  add(text("chip.description", at(&ChipSpec::description), "printable text of up to 500 bytes",
           [](std::string_view read) { return read.size() <= 500 && is_printable(read); }));

  need(quantity("core.frequency", Quantity::frequency, at(&ChipSpec::core_frequency_khz), "1 MHz", "10 GHz"));
  need(precisions("core.precisions"));

  need(array_kind("core.array.kind"));
  need(count("core.array.rows", at(&ChipSpec::arch, &ArchSpec::array_rows), 1, 1024));
  need(count("core.array.cols", at(&ChipSpec::arch, &ArchSpec::array_cols), 1, 1024));
  add(count("core.array.most_rows", at(&ChipSpec::arch, &ArchSpec::most_rows), 0, 65535));
  add(choice("core.array.weight_fetch", at(&ChipSpec::arch, &ArchSpec::weight_fetch), {"padded", "exact"}));
  add(size("core.array.weight_align", at(&ChipSpec::arch, &ArchSpec::weight_align_bytes), "1 B", "4 KiB",
           power_of_two));
  add(count("core.array.shift_rows_per_cycle", at(&ChipSpec::array, &ArraySpec::shift_rows_per_cycle), 1,
            1024));
  add(flag("core.array.overlap", at(&ChipSpec::array, &ArraySpec::overlap)));
  add(count("core.array.tree_registers", at(&ChipSpec::array, &ArraySpec::tree_registers), 1, 1000));
  add(flag("core.array.drain_phase", at(&ChipSpec::array, &ArraySpec::drain_phase)));
  add(flag("core.array.ideal_fill", at(&ChipSpec::array, &ArraySpec::ideal_fill)));
  add(choice("core.array.model", at(&ChipSpec::array, &ArraySpec::model),
             {"closed_form", "registers", "rtl"}));

  need(count("core.accumulators.rows", at(&ChipSpec::arch, &ArchSpec::accumulator_rows), 2, 131072));
  need(count("core.weight_fifo.tiles", at(&ChipSpec::arch, &ArchSpec::weight_fifo_tiles), 1, 4096));

  need(size("core.buffer.size", at(&ChipSpec::arch, &ArchSpec::unified_buffer_bytes), "1 KiB", "1 GiB"));
  need(size("core.buffer.word", at(&ChipSpec::arch, &ArchSpec::buffer_word_bytes), "1 B", "4 KiB",
            power_of_two));
  need(
      size("core.buffer.channel_align", at(&ChipSpec::arch, &ArchSpec::channel_align_bytes), "1 B", "4 KiB"));
  add(choice("core.buffer.residency", at(&ChipSpec::arch, &ArchSpec::residency), {"network", "layer"}));
  add(count("core.buffer.banks", at(&ChipSpec::buffer, &BufferSpec::banks), 3, 1024));
  add(count("core.buffer.read_latency_cycles", at(&ChipSpec::buffer, &BufferSpec::read_latency_cycles), 1,
            1000));
  add(flag("core.buffer.conflicts", at(&ChipSpec::buffer, &BufferSpec::conflicts)));

  add(count("core.drain.lanes", at(&ChipSpec::drain, &DrainSpec::lanes), 0, 4096));
  add(count("core.drain.latency_cycles", at(&ChipSpec::drain, &DrainSpec::latency_cycles), 1, 1000));
  add(count("core.vector.lanes", at(&ChipSpec::vector, &VectorSpec::lanes), 1, 4096));
  add(count("core.vector.latency_cycles", at(&ChipSpec::vector, &VectorSpec::latency_cycles), 1, 1000));
  add(size("core.dma.request", at(&ChipSpec::dma, &DmaSpec::request_bytes), "32 B", "64 KiB", power_of_two));
  add(size("core.dma.window", at(&ChipSpec::dma, &DmaSpec::window_bytes), "32 B", "16 MiB"));

  add(choice("front_end.fetch", at(&ChipSpec::front_end, &FrontEndSpec::fetch), {"device", "host"}));
  add(count("front_end.dispatch_cycles", at(&ChipSpec::front_end, &FrontEndSpec::dispatch_cycles), 1, 10000));
  add(count("front_end.queue_depth", at(&ChipSpec::front_end, &FrontEndSpec::queue_depth), 1, 4096));
  add(size("front_end.fetch_bytes", at(&ChipSpec::front_end, &FrontEndSpec::fetch_bytes), "32 B", "64 KiB"));
  add(size("front_end.fetch_buffer_bytes", at(&ChipSpec::front_end, &FrontEndSpec::fetch_buffer_bytes),
           "32 B", "1 MiB"));

  need({"memory.preset", fmt::format("one of \"{}\"", fmt::join(memory_preset_names(), "\", \"")),
        [](const TomlValue& value, ChipSpec& chip) {
          const auto* name = std::get_if<std::string>(&value);
          const auto& known = memory_preset_names();
          if (name == nullptr || std::find(known.begin(), known.end(), *name) == known.end()) return false;
          chip.memory.preset = *name;
          return true;
        },
        [](const ChipSpec& chip) { return toml_string(chip.memory.preset); }});
  add(count("memory.channels", at(&ChipSpec::memory, &MemorySpec::channels), 1, 256));
  need(size("memory.capacity", at(&ChipSpec::memory, &MemorySpec::capacity), "1 MiB", "256 GiB"));
  add(text(
      "memory.address_map", at(&ChipSpec::memory, &MemorySpec::address_map),
      "the fields row, bank, column and, where wanted, bankgroup and rank, each once, highest bits first, "
      "such "
      "as \"row:bank:bankgroup:column\", or split and hashed as in \"row:column[6:2]:bank^row:column[1:0]\"",
      is_address_map));
  add(size("memory.interleave", at(&ChipSpec::memory, &MemorySpec::interleave_bytes), "32 B", "1 MiB",
           power_of_two));
  add(count("memory.ranks", at(&ChipSpec::memory, &MemorySpec::ranks), 1, 8, power_of_two));
  add(choice("memory.page_policy", at(&ChipSpec::memory, &MemorySpec::page_policy), {"open", "closed"}));
  add(choice("memory.refresh", at(&ChipSpec::memory, &MemorySpec::refresh), {"all_bank", "per_bank", "off"}));
  add(count("memory.queue_depth", at(&ChipSpec::memory, &MemorySpec::queue_depth), 1, 4096));
  add(count("memory.row_hit_cap", at(&ChipSpec::memory, &MemorySpec::row_hit_cap), 1, 65536));
  add(count("memory.crossbar_latency_cycles", at(&ChipSpec::memory, &MemorySpec::crossbar_latency_cycles), 1,
            1000));
  add(quantity("memory.ideal_bandwidth", Quantity::bandwidth,
               at(&ChipSpec::memory, &MemorySpec::ideal_bandwidth_bytes_per_s), "1 MB/s", "100 TB/s"));
  add(quantity("memory.ideal_latency", Quantity::time, at(&ChipSpec::memory, &MemorySpec::ideal_latency_s),
               "1 ps", "1 ms"));

  add(flag("pcie.shared_memory", at(&ChipSpec::pcie, &PcieSpec::shared_memory)));
  add(count("pcie.generation", at(&ChipSpec::pcie, &PcieSpec::generation), 1, 6));
  add(count("pcie.lanes", at(&ChipSpec::pcie, &PcieSpec::lanes), 1, 16, power_of_two));
  add(count("pcie.address_bits", at(&ChipSpec::pcie, &PcieSpec::address_bits), 32, 64, power_of_two));
  add(size("pcie.max_payload", at(&ChipSpec::pcie, &PcieSpec::max_payload_bytes), "128 B", "4 KiB",
           power_of_two));
  add(size("pcie.max_read_request", at(&ChipSpec::pcie, &PcieSpec::max_read_request_bytes), "128 B", "4 KiB",
           power_of_two));
  add(size("pcie.read_completion_boundary", at(&ChipSpec::pcie, &PcieSpec::read_completion_boundary_bytes),
           "64 B", "128 B", power_of_two));
  add(count("pcie.outstanding_reads", at(&ChipSpec::pcie, &PcieSpec::outstanding_reads), 1, 1024));
  add(quantity("pcie.latency", Quantity::time, at(&ChipSpec::pcie, &PcieSpec::latency_s), "1 ns", "1 ms"));
  // The most that scaled flow control can advertise: 127 and 2047, times 16.
  constexpr std::int64_t kHeaders = 127 * 16, kData = 2047 * 16;
  add(count("pcie.posted_header_credits", at(&ChipSpec::pcie, &PcieSpec::posted_header_credits), 0,
            kHeaders));
  add(count("pcie.posted_data_credits", at(&ChipSpec::pcie, &PcieSpec::posted_data_credits), 0, kData));
  add(count("pcie.nonposted_header_credits", at(&ChipSpec::pcie, &PcieSpec::nonposted_header_credits), 0,
            kHeaders));
  add(count("pcie.completion_header_credits", at(&ChipSpec::pcie, &PcieSpec::completion_header_credits), 0,
            kHeaders));
  add(count("pcie.completion_data_credits", at(&ChipSpec::pcie, &PcieSpec::completion_data_credits), 0,
            kData));
  return rows;
}

}  // namespace

const std::vector<Parameter>& parameters() {
  static const std::vector<Parameter> rows = make_parameters();
  return rows;
}

// In the order of isa::ArrayKind.
const std::vector<std::string>& array_kind_names() {
  static const std::vector<std::string> names = {"weight_stationary", "output_stationary", "input_stationary",
                                                 "adder_tree"};
  return names;
}

const std::vector<std::string>& array_model_names() {
  static const std::vector<std::string> names = {"closed_form", "registers"};
  return names;
}

// As models/dram/presets has them, and ideal.
const std::vector<std::string>& memory_preset_names() {
  static const std::vector<std::string> names = {"ddr3_1600",  "ddr3_2133",   "ddr4_2400",   "ddr4_3200",
                                                 "ddr5_4800",  "lpddr4_3200", "lpddr5_6400", "hbm2_2000",
                                                 "hbm2e_3200", "hbm3_6400",   "ideal"};
  return names;
}

std::string read_timing(std::string_view symbol, const TomlValue& value, ChipSpec& chip) {
  constexpr double kMost = 1e6;
  constexpr std::size_t kMostSymbols = 64;
  if (!is_name(symbol) || symbol.find('.') != std::string_view::npos) {
    return "a timing symbol is a short name such as tRCD";
  }
  double clocks = -1;
  if (const auto* whole = std::get_if<std::int64_t>(&value)) clocks = static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&value)) clocks = *number;
  if (!(clocks >= 0 && clocks <= kMost)) {
    return fmt::format("{} is not allowed; it takes a number of memory clocks, 0 to {}", shown(value), kMost);
  }
  if (chip.memory.timing.size() >= kMostSymbols)
    return fmt::format("more than {} timing symbols", kMostSymbols);
  chip.memory.timing[std::string(symbol)] = clocks;
  return {};
}

std::string write_timing(double clocks) { return fmt::format("{}", clocks); }

}  // namespace nnp::models
