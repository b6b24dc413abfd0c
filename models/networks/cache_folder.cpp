// SPDX-License-Identifier: Apache-2.0
#include "models/networks/cache_folder.h"

#include <cstdlib>
#include <stdexcept>

namespace nnp::models {

std::filesystem::path cache_folder() {
  const auto variable = [](const char* name) -> std::filesystem::path {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const auto path = variable("NNPSIM_CACHE"); !path.empty()) return path;
  if (const auto path = variable("XDG_CACHE_HOME"); !path.empty()) return path / "nnpsim";
  if (const auto path = variable("HOME"); !path.empty()) return path / ".cache" / "nnpsim";
  throw std::runtime_error("no cache folder: none of NNPSIM_CACHE, XDG_CACHE_HOME and HOME is set");
}

}  // namespace nnp::models
