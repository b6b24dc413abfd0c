// SPDX-License-Identifier: Apache-2.0
// The whole way from an ONNX file to a Program, in one call.
#pragma once

#include <functional>

#include "compiler/codegen/codegen.h"
#include "compiler/frontend/frontend.h"
#include "compiler/precision_table.h"
#include "compiler/quantize/quantize.h"

namespace nnp::compiler {

struct CompileRequest {
  std::filesystem::path model;
  std::string network;  // name for reports
  ImportOptions import;
  /// Reads the model; import_network when empty.
  std::function<ir::Graph(const std::filesystem::path&, const ImportOptions&)> importer;
  isa::Precision precision = isa::Precision::int8;
  PrecisionTable layers;          // precisions of single layers
  std::uint64_t seed = 1;         // of the calibration inputs
  unsigned calibration_runs = 8;  // random inferences, in whole batches, when `calibration` is empty
  std::vector<std::vector<ir::Tensor>> calibration;
  /// Asked for `calibration` once the network's inputs are known, when set.
  std::function<std::vector<std::vector<ir::Tensor>>(const ir::Graph&)> calibrate_on;
  CalibrationRule calibration_rule;
  std::string chip;
  isa::ArchSpec arch;
  /// How the batch and the layers are cut, asked when the scheduled graph is known; as choose_tiling() does
  /// when empty.
  std::function<Mapping(const ir::Graph&, const CodegenOptions&)> map;
};

struct CompiledNetwork {
  ir::Graph optimised;  // float
  ir::Graph quantised;  // as Program::graph; of a real precision not quantised but lowered
  isa::Program program;
  Mapping mapping;                  // of every Conv, Gemm and MatMul on the chip
  std::vector<SentHome> sent_home;  // of what the chip has code for
};

/// What a network runs in when nobody says: the first that the chip has of int8, fp32, bf16 and int8x16.
isa::Precision default_precision(const isa::ArchSpec&);

/// The way up to the codes, which no chip has a say in: `chip` and `arch` are not read, `program` stays
/// empty, no node is given to the host yet. Throws ModelFileError or CompileError. `runner` calibrates.
CompiledNetwork quantize_network(const CompileRequest&, FloatRunner& runner);

/// All of the way. Throws the same.
CompiledNetwork compile(const CompileRequest&, FloatRunner& runner);

/// Seeded inputs for a graph: standard normal floats; integer ids uniform over the table that a Gather looks
/// them up in.
std::vector<ir::Tensor> random_inputs(const ir::Graph&, std::uint64_t seed);

}  // namespace nnp::compiler
