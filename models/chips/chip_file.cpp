// SPDX-License-Identifier: Apache-2.0
// Loading: text -> entries -> parameters -> cross checks. Every problem is collected; only a flawless chip
// leaves.
#include "models/chips/chip_file.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "models/chips/chip_checks.h"
#include "models/chips/embedded_presets.h"
#include "models/chips/parameters.h"
#include "models/chips/toml_reader.h"

namespace nnp::models {
namespace {

std::string table_of(std::string_view path) { return std::string(path.substr(0, path.rfind('.'))); }
std::string key_of(std::string_view path) { return std::string(path.substr(path.rfind('.') + 1)); }

const Parameter* find_parameter(std::string_view path) {
  for (const Parameter& parameter : parameters()) {
    if (parameter.path == path) return &parameter;
  }
  return nullptr;
}

std::vector<std::string> parameter_paths() {
  std::vector<std::string> paths;
  for (const Parameter& parameter : parameters()) paths.push_back(parameter.path);
  return paths;
}

bool is_table(std::string_view path) {
  return path == kTimingTable ||
         std::any_of(parameters().begin(), parameters().end(), [&](const Parameter& parameter) {
           return parameter.path.starts_with(std::string(path) + ".");
         });
}

std::string unknown_key(const std::string& path) {
  std::string hint = nearest_name(path, parameter_paths());
  if (hint.empty()) {  // a key of another table
    std::vector<std::string> keys;
    for (const Parameter& parameter : parameters()) keys.push_back(key_of(parameter.path));
    const std::string key = nearest_name(key_of(path), keys);
    for (const Parameter& parameter : parameters()) {
      if (key_of(parameter.path) == key) hint += (hint.empty() ? "" : " or ") + parameter.path;
    }
  }
  return fmt::format("unknown key {}{}", in_quotes(path),
                     hint.empty() ? "" : fmt::format("; did you mean {}?", hint));
}

constexpr std::size_t kMostProblems = 100;  // a hostile file gets no longer an answer

class Loader {
 public:
  Loader(std::string_view file_name, const std::vector<std::string>& overrides)
      : file_name_(file_name), overrides_(overrides) {}

  ChipSpec load(std::string_view toml) {
    std::vector<Entry> entries;
    read_toml(toml, entries, problems_);
    const bool syntax_is_sound = problems_.empty();
    for (std::size_t i = 0; i < overrides_.size(); ++i) {
      read_override(overrides_[i], static_cast<std::uint32_t>(i + 1), entries, problems_);
    }
    for (const Entry& entry : entries) {
      if (problems_.size() < kMostProblems) apply(entry);
    }
    if (syntax_is_sound && problems_.size() < kMostProblems) {
      find_missing();
      find_contradictions();
    }
    if (!problems_.empty()) throw ChipError(report());
    chip_.arch.device_memory_bytes = chip_.memory.capacity;
    return chip_;
  }

 private:
  // A later value of the same path is an override: the file itself cannot say a key twice.
  void apply(const Entry& entry) {
    if (entry.path.starts_with(std::string(kTimingTable) + ".")) {
      const std::string complaint =
          read_timing(entry.path.substr(kTimingTable.size() + 1), entry.value, chip_);
      if (!complaint.empty())
        problems_.push_back({entry.place, fmt::format("{}: {}", entry.path, complaint)});
      return;
    }
    const Parameter* parameter = find_parameter(entry.path);
    if (const Parameter* outer = find_parameter(table_of(entry.path));
        outer != nullptr && parameter == nullptr) {
      places_[outer->path] = entry.place;
      bad_.insert(outer->path);
      problems_.push_back(
          {entry.place, fmt::format("{} is a value, not a table; it takes {}", outer->path, outer->allowed)});
      return;
    }
    if (parameter == nullptr) {
      const auto* empty = std::get_if<Unusable>(&entry.value);
      if (!is_table(entry.path)) {
        problems_.push_back({entry.place, unknown_key(entry.path)});
      } else if (empty == nullptr || empty->what != "a table") {
        problems_.push_back({entry.place, fmt::format("{} is a table, not a value", entry.path)});
      }
      return;
    }
    places_[parameter->path] = entry.place;
    if (!parameter->read(entry.value, chip_)) {
      bad_.insert(parameter->path);
      problems_.push_back({entry.place, refusal(*parameter, entry.value)});
    }
  }

  static std::string refusal(const Parameter& parameter, const TomlValue& value) {
    std::string text =
        fmt::format("{} = {} is not allowed; it takes {}", parameter.path, shown(value), parameter.allowed);
    const auto* word = std::get_if<std::string>(&value);
    const std::string near =
        word && parameter.path == "memory.preset" ? nearest_name(*word, memory_preset_names()) : "";
    return near.empty() ? text : text + fmt::format("; did you mean \"{}\"?", near);
  }

  void find_missing() {
    for (const Parameter& parameter : parameters()) {
      if (!parameter.required || places_.contains(parameter.path)) continue;
      bad_.insert(parameter.path);
      problems_.push_back(
          {{}, fmt::format("missing key {}; it takes {}", parameter.path, parameter.allowed)});
    }
  }

  // A check whose parameters are already complained about would only repeat the complaint.
  void find_contradictions() {
    for (const CrossCheck& check : cross_checks()) {
      const auto is_bad = [this](std::string_view path) { return bad_.contains(std::string(path)); };
      if (std::any_of(check.paths.begin(), check.paths.end(), is_bad)) continue;
      const std::string complaint = check.complaint(chip_);
      if (complaint.empty()) continue;
      // At the latest word that took part: with an override that broke the chip, the override.
      Place place;
      const auto first = places_.find(std::string(check.paths.front()));
      if (first != places_.end()) place = first->second;
      for (const std::string_view path : check.paths) {
        const auto found = places_.find(std::string(path));
        if (found != places_.end() && found->second.override_number > place.override_number)
          place = found->second;
      }
      problems_.push_back({place, complaint});
    }
  }

  std::string report() {
    std::sort(problems_.begin(), problems_.end());
    std::string text;
    for (const auto& [place, message] : problems_) {
      if (!text.empty()) text += '\n';
      if (place.override_number > 0) {
        text += fmt::format("--set {}: {}", in_quotes(overrides_[place.override_number - 1]), message);
      } else {
        text += fmt::format("{}:{}:{}: {}", file_name_, place.line, place.column, message);
      }
    }
    return text;
  }

  std::string file_name_;
  const std::vector<std::string>& overrides_;
  ChipSpec chip_;
  std::map<std::string, Place> places_;
  std::set<std::string> bad_;
  std::vector<Problem> problems_;
};

std::string read_file(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::exists(path, error))
    throw ChipFileError(fmt::format("{}: no such file", path.string()));
  if (!std::filesystem::is_regular_file(path, error))
    throw ChipFileError(fmt::format("{}: not a regular file", path.string()));
  std::ifstream file(path, std::ios::binary);
  std::string text(1 << 20, '\0');  // far more than read_toml accepts
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || (!file.eof() && file.fail()) || !file.is_open()) {
    throw ChipFileError(fmt::format("{}: cannot be read", path.string()));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return text;
}

}  // namespace

ChipSpec parse_chip(std::string_view toml, std::string_view file_name,
                    const std::vector<std::string>& overrides) {
  return Loader(file_name, overrides).load(toml);
}

ChipSpec load_chip(std::string_view name_or_path, const std::vector<std::string>& overrides) {
  if (name_or_path.ends_with(".toml")) return parse_chip(read_file(name_or_path), name_or_path, overrides);
  for (const EmbeddedPreset& preset : embedded_presets()) {
    if (preset.name == name_or_path)
      return parse_chip(preset.toml, fmt::format("{}.toml", preset.name), overrides);
  }
  const std::string near = nearest_name(name_or_path, preset_names());
  throw ChipError(fmt::format(
      "no chip {}{} Presets: {}; or a path that ends in .toml", in_quotes(name_or_path),
      near.empty() ? "." : fmt::format("; did you mean {}?", near), fmt::join(preset_names(), ", ")));
}

std::string to_toml(const ChipSpec& chip) {
  std::string text;
  std::string table;
  const auto begin_table = [&](const std::string& next) {
    if (next == table) return;
    text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", next);
    table = next;
  };
  for (const Parameter& parameter : parameters()) {
    // Zero is "not set", and not a value the key takes.
    if (parameter.path == "memory.ideal_bandwidth" && chip.memory.ideal_bandwidth_bytes_per_s == 0) continue;
    if (parameter.path == "memory.ideal_latency" && chip.memory.ideal_latency_s == 0) continue;
    begin_table(table_of(parameter.path));
    text += fmt::format("{} = {}\n", key_of(parameter.path), parameter.write(chip));
  }
  for (const auto& [symbol, clocks] : chip.memory.timing) {
    begin_table(std::string(kTimingTable));
    text += fmt::format("{} = {}\n", symbol, write_timing(clocks));
  }
  return text;
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const EmbeddedPreset& preset : embedded_presets()) names.emplace_back(preset.name);
  return names;
}

std::uint64_t full_hash(const ChipSpec& chip) {
  std::uint64_t hash = 0xcbf29ce484222325;  // 64-bit FNV-1a
  const auto feed = [&hash](std::string_view key, std::string_view value) {
    for (const char c : fmt::format("{}={}\n", key, value))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  };
  for (const Parameter& parameter : parameters()) {
    if (!parameter.path.starts_with("chip.")) feed(parameter.path, parameter.write(chip));
  }
  for (const auto& [symbol, clocks] : chip.memory.timing) feed(symbol, write_timing(clocks));
  return hash;
}

}  // namespace nnp::models
