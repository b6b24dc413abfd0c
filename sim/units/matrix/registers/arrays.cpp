// SPDX-License-Identifier: Apache-2.0
#include "sim/units/matrix/registers/arrays.h"

#include "sim/kernel/assert.h"

namespace nnp::sim {

std::unique_ptr<RegisterArray> make_register_array(const ArrayDesign& design) {
  NNP_ASSERT(!design.ideal_fill, "no array of registers fills in no time");
  switch (design.dataflow) {
    case Dataflow::weight_stationary:
      return make_weight_stationary_array(design);
    case Dataflow::output_stationary:
      return make_output_stationary_array(design);
    case Dataflow::input_stationary:
      return make_input_stationary_array(design);
    case Dataflow::adder_tree:
      return make_adder_tree_array(design);
  }
  NNP_ASSERT(false, "dataflow {}", static_cast<int>(design.dataflow));
}

}  // namespace nnp::sim
