// SPDX-License-Identifier: Apache-2.0
// docs/validation/scalesim.md: AlexNet and ResNet-50 on the chip scalesim against SCALE-Sim's fold law.
#pragma once

#include <string>
#include <vector>

#include "isa/arch/arch_spec.h"
#include "isa/arch/units.h"

namespace nnp::test {

struct ScaleSimLayer {
  std::string name;
  Cycles simulated = 0, law = 0;
};
/// A network on one array.
struct ScaleSimRow {
  std::string network, file;  // file: in tests/data
  std::uint32_t rows = 0, cols = 0;
  isa::ArrayKind kind = isa::ArrayKind::weight_stationary;
  std::vector<ScaleSimLayer> layers;
};
/// Two networks, four arrays, three dataflows.
std::vector<ScaleSimRow> scalesim_rows();

std::string scalesim_table();

}  // namespace nnp::test
