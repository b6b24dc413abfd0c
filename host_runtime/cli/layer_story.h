// SPDX-License-Identifier: Apache-2.0
// One layer of a run told from its shape to its gap.
#pragma once

#include "compiler/compile.h"
#include "host_runtime/cli/mapping_story.h"
#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

/// By name, by the name of an ONNX node in it, or by number. UsageError with the nearest name.
std::size_t layer_named(const std::vector<isa::LayerInfo>&, const std::string& name);

std::string layer_story(const RunRecord&, const compiler::CompiledNetwork&,
                        const std::optional<MappingStory>&, std::size_t layer);

}  // namespace nnp::cli
