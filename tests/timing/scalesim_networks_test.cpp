// SPDX-License-Identifier: Apache-2.0
// Rung: oracle law. AlexNet and ResNet-50 on the scalesim chip against SCALE-Sim's fold law, layer by layer;
// their sums are the table of docs/validation/scalesim.md.
#include <gtest/gtest.h>

#include "tests/support/validation/scalesim.h"

namespace nnp {
namespace {

TEST(ScaleSim, EveryLayerOfAlexNetAndResNet50TakesTheLawsCycles) {
  for (const test::ScaleSimRow& row : test::scalesim_rows())
    for (const test::ScaleSimLayer& layer : row.layers)
      EXPECT_EQ(layer.simulated, layer.law)
          << row.network << ' ' << layer.name << ", reproduce: nnpsim run tests/data/" << row.file
          << " --chip scalesim --timing-only --json --set core.array.kind=" << isa::to_string(row.kind)
          << " --set core.array.rows=" << row.rows << " --set core.array.cols=" << row.cols;
}

}  // namespace
}  // namespace nnp
