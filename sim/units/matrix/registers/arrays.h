// SPDX-License-Identifier: Apache-2.0
// The register-level arrays that come along, one a dataflow. No SystemC here.
#pragma once

#include <memory>

#include "sim/units/matrix/registers/register_array.h"

namespace nnp::sim {

/// The one table: the array of design.dataflow. The design must satisfy make_array_timing's conditions.
std::unique_ptr<RegisterArray> make_register_array(const ArrayDesign& design);

std::unique_ptr<RegisterArray> make_weight_stationary_array(const ArrayDesign& design);
std::unique_ptr<RegisterArray> make_input_stationary_array(const ArrayDesign& design);
std::unique_ptr<RegisterArray> make_output_stationary_array(const ArrayDesign& design);
std::unique_ptr<RegisterArray> make_adder_tree_array(const ArrayDesign& design);

}  // namespace nnp::sim
