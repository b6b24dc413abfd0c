// SPDX-License-Identifier: Apache-2.0
// --precision-file: which layers run in another precision than the rest.
#pragma once

#include <stdexcept>
#include <string>

#include "compiler/precision_table.h"

namespace nnp::cli {

/// Lines of file:line:col: message.
struct PrecisionFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// TOML: tables [layer] and [operator], names to "int8", "int8x16", "bf16", "fp32" or "host". Throws
/// FileFault where it cannot be read, PrecisionFileError with every fault.
compiler::PrecisionTable read_precision_file(const std::string& path);

}  // namespace nnp::cli
