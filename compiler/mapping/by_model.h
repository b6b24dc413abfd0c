// SPDX-License-Identifier: Apache-2.0
// The default: mappings by formula.
#pragma once

#include "compiler/mapping/search.h"
#include "models/chips/chip_spec.h"

namespace nnp::compiler {

/// The formula on a chip. Throws models::ChipError where the chip's memory does not fit together.
Predictor predicted_by_model(const models::ChipSpec&);

/// For CompileRequest::map: what --search model chooses.
std::function<Mapping(const ir::Graph&, const MemoryPlan&, const CodegenOptions&)> map_by_model(
    const models::ChipSpec&);

}  // namespace nnp::compiler
