// SPDX-License-Identifier: Apache-2.0
// The input-stationary systolic array: activations stay (8 or 16 bits wide), weights move right, sums move
// down; column i of PEs makes row i of the output.
#include "sim/units/matrix/registers/arrays.h"
#include "sim/units/matrix/registers/stationary_mesh.h"

namespace nnp::sim {
namespace {

// The moving operand is a weight; the PE takes the part of its own activation that the step asks for.
std::int32_t multiply(const Operand& moving, std::int16_t stationary) {
  switch (moving.part) {
    case Part::low:
      return std::int32_t{moving.value} * (stationary & 0xFF);
    case Part::high:
      return std::int32_t{moving.value} * (stationary >> 8) * 256;
    case Part::whole:
      break;
  }
  return std::int32_t{moving.value} * stationary;
}

struct InputStationaryMesh : StationaryMesh {
  InputStationaryMesh(const sc_core::sc_module_name& name, const ArrayDesign& design, ArrayWires& wires)
      : StationaryMesh(name, design, wires, multiply) {}
};

class InputStationaryArray : public SystemCArray {
 public:
  explicit InputStationaryArray(const ArrayDesign& design)
      : SystemCArray(design), mesh_(build<InputStationaryMesh>("input_stationary")) {}
  ArrayOutputs outputs() const override { return mesh_.outputs(); }
  std::vector<RegisterValue> registers(std::uint32_t row, std::uint32_t col) const override {
    return mesh_.pe(row, col).registers();
  }

 private:
  const InputStationaryMesh& mesh_;
};

}  // namespace

std::unique_ptr<RegisterArray> make_input_stationary_array(const ArrayDesign& design) {
  return std::make_unique<InputStationaryArray>(design);
}

}  // namespace nnp::sim
