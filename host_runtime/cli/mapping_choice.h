// SPDX-License-Identifier: Apache-2.0
// --search and --mapping: how the layers are cut.
#pragma once

#include "compiler/compile.h"
#include "compiler/mapping/search.h"
#include "host_runtime/cli/options.h"
#include "host_runtime/cli/progress.h"
#include "models/chips/chip_spec.h"

namespace nnp::cli {

/// Reads the mapping file at once (throws FileFault, compiler::MappingFileError); the rest is searched when
/// the compiler asks. `chip` and `progress` outlive the result.
decltype(compiler::CompileRequest::map) mapper(const MappingChoice&, const models::ChipSpec& chip,
                                               Progress& progress);

/// The candidates of one network's layers as the search ranks them; what a mapping file fixes has none.
std::vector<compiler::LayerChoice> search(const compiler::PlacedPart&, const compiler::CodegenOptions& fixed,
                                          const MappingChoice&, const models::ChipSpec&);

/// "resnet50 on tpu_v1, int8, batch 1" and the tilings of all its layers, as --mapping reads them.
std::string mapping_file_text(const compiler::CompiledNetwork&, const models::ChipSpec&);

}  // namespace nnp::cli
