// SPDX-License-Identifier: Apache-2.0
// The chip files that travel inside the program. The build generates the source (embed_presets.cmake), sorted
// by name.
#pragma once

#include <span>
#include <string_view>

namespace nnp::models {

struct EmbeddedPreset {
  std::string_view name;
  std::string_view toml;
};
std::span<const EmbeddedPreset> embedded_presets();

}  // namespace nnp::models
