// SPDX-License-Identifier: Apache-2.0
// One plain sentence: what bounds the run, with the numbers that say so.
#pragma once

#include <string>

#include "host_runtime/cli/run_record.h"

namespace nnp::cli {

std::string verdict(const RunRecord&);

}  // namespace nnp::cli
