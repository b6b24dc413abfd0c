// SPDX-License-Identifier: Apache-2.0
// A RunRecord as the object of schema nnpsim.run/1 (docs/guide/cli.md): numbers, never texts with units; null
// where not known.
#pragma once

#include <string>

#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

std::string json_text(const RunRecord&);

}  // namespace nnp::cli
