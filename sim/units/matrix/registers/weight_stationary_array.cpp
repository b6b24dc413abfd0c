// SPDX-License-Identifier: Apache-2.0
// The weight-stationary systolic array: weights stay, activations move right, sums move down.
#include "sim/units/matrix/registers/arrays.h"
#include "sim/units/matrix/registers/stationary_mesh.h"

namespace nnp::sim {
namespace {

// The moving operand is the activation, in whole or in part.
std::int32_t multiply(const Operand& moving, std::int16_t stationary) { return product(moving, stationary); }

struct WeightStationaryMesh : StationaryMesh {
  WeightStationaryMesh(const sc_core::sc_module_name& name, const ArrayDesign& design, ArrayWires& wires)
      : StationaryMesh(name, design, wires, multiply) {}
};

class WeightStationaryArray : public SystemCArray {
 public:
  explicit WeightStationaryArray(const ArrayDesign& design)
      : SystemCArray(design), mesh_(build<WeightStationaryMesh>("weight_stationary")) {}
  ArrayOutputs outputs() const override { return mesh_.outputs(); }
  std::vector<RegisterValue> registers(std::uint32_t row, std::uint32_t col) const override {
    return mesh_.pe(row, col).registers();
  }

 private:
  const WeightStationaryMesh& mesh_;
};

}  // namespace

std::unique_ptr<RegisterArray> make_weight_stationary_array(const ArrayDesign& design) {
  return std::make_unique<WeightStationaryArray>(design);
}

}  // namespace nnp::sim
