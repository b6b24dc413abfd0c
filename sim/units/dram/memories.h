// SPDX-License-Identifier: Apache-2.0
// What a memory is, before any time (models/dram), under the names that this room uses.
#pragma once

#include "models/dram/address_map.h"
#include "models/dram/dram_config.h"
#include "models/dram/timing_rules.h"

namespace nnp::sim {
using namespace dram;
}
