// SPDX-License-Identifier: Apache-2.0
// NumPy's .npy files (format 1.0 to 3.0): one little-endian, row-major array each.
#pragma once

#include <filesystem>

#include "compiler/ir/tensor.h"

namespace nnp::cli {

/// Reads as f32 (from float32, float64) or i64 (from any whole numbers up to 32 bits, int64, bool). Throws
/// FileFault.
ir::Tensor read_npy(const std::filesystem::path&);
/// Throws FileFault.
void write_npy(const ir::Tensor&, const std::filesystem::path&);

/// NumPy's name of a type: "float32".
const char* numpy_name(ir::DType);

}  // namespace nnp::cli
