// SPDX-License-Identifier: Apache-2.0
// The one table of chip parameters: a row says the key, what it may be, and which member of ChipSpec it sets.
// Loading, --set, writing back, hashing and the messages of refused files all read this table.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "models/chips/chip_spec.h"
#include "models/chips/toml_reader.h"

namespace nnp::models {

struct Parameter {
  std::string path;     // "core.array.rows"
  std::string allowed;  // for messages: "a whole number, 1 to 1024"
  /// Sets the member; false when the value is not allowed (the member is then unchanged).
  std::function<bool(const TomlValue&, ChipSpec&)> read;
  /// The member as TOML.
  std::function<std::string(const ChipSpec&)> write;
  bool required = false;  // else the member's initialiser in chip_spec.h stands

  Parameter with_required() && {
    required = true;
    return std::move(*this);
  }
};

/// In the order of a chip file, the keys of a table together.
const std::vector<Parameter>& parameters();

/// [memory.timing] holds any number of symbols; the DRAM preset says which it knows.
inline constexpr std::string_view kTimingTable = "memory.timing";
std::string read_timing(std::string_view symbol, const TomlValue&,
                        ChipSpec&);  // the complaint, empty when fine
std::string write_timing(double);

/// Names of the four array kinds, and of the models that come along with every build.
const std::vector<std::string>& array_kind_names();
const std::vector<std::string>& array_model_names();

/// Names of the DRAM presets that [memory] preset may say.
const std::vector<std::string>& memory_preset_names();

}  // namespace nnp::models
