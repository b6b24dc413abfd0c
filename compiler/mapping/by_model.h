// SPDX-License-Identifier: Apache-2.0
// The default: mappings by formula.
#pragma once

#include "compiler/mapping/search.h"
#include "models/chips/chip_spec.h"

namespace nnp::compiler {

/// The formula on a chip. Throws models::ChipError where the chip's memory does not fit together.
Predictor predicted_by_model(const models::ChipSpec&);

/// A search by it, on as many threads, with an evaluator where the effort needs one. Throws the same.
SearchOptions search_by_model(const models::ChipSpec&, Effort, Evaluator*, unsigned jobs);

/// For CompileRequest::map: what --search model chooses.
std::function<Mapping(const ir::Graph&, const CodegenOptions&)> map_by_model(const models::ChipSpec&);

}  // namespace nnp::compiler
