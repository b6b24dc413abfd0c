// SPDX-License-Identifier: Apache-2.0
// Reads the .npy files of models/networks/trained: version 1, C order, int8, uint8 or float32.
#pragma once

#include <filesystem>

#include "tests/unit/networks/float_evaluator.h"

namespace nnp::models::test {

Tensor read_npy(const std::filesystem::path&);

}  // namespace nnp::models::test
