// SPDX-License-Identifier: Apache-2.0
// What `nnpsim quantize` found out, and how it is told.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"
#include "compiler/quantize/quantize.h"
#include "host_runtime/cli/onnxruntime_check.h"
#include "host_runtime/compare/quantisation_noise.h"

namespace nnp::cli {

struct QuantizedLayer {
  compare::LayerNoise noise;
  ir::DType type = ir::DType::u8;
  float scale = 0;
  std::int32_t zero_point = 0;
  std::optional<compare::LayerAgreement> ort;
};

struct QuantizeRecord {
  std::string network, file;
  std::uint64_t bytes = 0;
  std::int64_t opset = 0;
  isa::Precision precision = isa::Precision::int8;
  std::uint64_t seed = 1;
  compiler::CalibrationRule rule;
  std::string calibrated_on, tested_on;  // "data", "test" or "random"
  std::uint64_t calibration_inputs = 0, test_inputs = 0;
  std::vector<QuantizedLayer> layers;
  std::uint64_t float_layers = 0;  // nodes without codes
  double sqnr_db = 0;              // of the outputs
  std::uint64_t answers = 0, agreeing = 0;
  std::vector<compare::Comparison> checks;
  std::string onnxruntime_version;
  std::optional<FloatVerdict> float_check;
};

std::string quantize_json(const QuantizeRecord&);
std::string quantize_text(const QuantizeRecord&, bool all_layers);

}  // namespace nnp::cli
