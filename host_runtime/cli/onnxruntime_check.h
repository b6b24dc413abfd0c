// SPDX-License-Identifier: Apache-2.0
// ONNX Runtime asked about a network: the integer graph, written in QDQ form, layer by layer; and the float
// network, whole.
#pragma once

#include "host_runtime/cli/samples.h"
#include "host_runtime/compare/code_agreement.h"

namespace nnp::cli {

struct OnnxRuntimeVerdict {
  compare::Comparison summary;  // skipped, with the reason, where ONNX Runtime cannot judge
  std::vector<compare::LayerAgreement> layers;
  std::string version;
};

/// Each layer's codes against the naive operators' on ONNX Runtime's own inputs of that layer: at most one
/// step apart, or what compare/code_distance.h and step_distance.h derive for 16-bit codes. `outputs` are
/// ours, by sample: their largest distance is summary.end_to_end.
OnnxRuntimeVerdict check_codes(const ir::Graph& quantised, const Samples&, const Samples& outputs);

struct FloatVerdict {
  double sqnr_db = 0;                     // of our float reference against ONNX Runtime's run of the file
  double max_abs_error = 0, largest = 0;  // of the outputs
};

/// Two float runs that differ by rounding alone are further from each other's noise than this; int8 comes
/// nowhere near. Chosen: binary32 has 144 dB, deep networks of random weights lose up to 50 of them.
inline constexpr double kFloatSqnrDb = 80;

/// The file as it came, for samples of the graph it was imported to. Throws reference::OnnxRuntimeError.
FloatVerdict check_float(const std::filesystem::path& source, const ir::Graph& optimised, const Samples&,
                         compiler::FloatRunner&);

}  // namespace nnp::cli
