// SPDX-License-Identifier: Apache-2.0
// The text of gpus.toml, which travels inside the program.
#pragma once

namespace nnp::models {

extern const char* const kPublishedGpus;

}  // namespace nnp::models
