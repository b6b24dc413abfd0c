// SPDX-License-Identifier: Apache-2.0
// The verdict of one reference about one run.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/graph.h"

namespace nnp::reference {
class SumsJudge;
}

namespace nnp::compare {

enum class Status : std::uint8_t { passed, failed, skipped, mistrusted };
const char* to_string(Status);

struct Comparison {
  std::string reference;  // naive, onednn, ort, cuda
  Status status = Status::skipped;
  std::string reason;  // why skipped or mistrusted; the first difference when failed (layer or output, index,
                       // both values)
  std::uint64_t compared = 0, mismatches = 0;
  double max_abs_error = 0;  // largest difference; of real sums the one that is most of its bound
  double bound = 0;          // of that one; 0 where equality was asked for
  double sqnr_db = 0;        // of the chip's outputs against the float network; 0 when not measured
  std::string sqnr_reason;   // why it was not, where the judge runs networks in float
  std::uint64_t layers_compared = 0;
  std::uint64_t exact = 0;           // of `compared`, where codes may be a step apart (ort)
  std::optional<double> end_to_end;  // largest difference of outputs, each side on its own values, in steps
                                     // of the last codes (ort)
};

/// What the chip handed out for judging.
struct ChipEvidence {
  std::vector<ir::Tensor> outputs;                 // graph outputs, in order
  std::map<std::string, ir::Tensor> accumulators;  // by node name, int32 or f32 [m, n] from the debug tap
};

/// Every output code and every accumulator equal to the naive integer run: status failed at the first
/// difference. A pass whose outputs are all one value is mistrusted.
Comparison compare_naive(const ir::Graph& quantised, const std::vector<ir::Tensor>& inputs,
                         const ChipEvidence&);

/// Layer by layer: the judge's sums of the chip's own inputs against the chip's accumulators, exactly; real
/// sums within a bound of rounding errors that follows from the layer's operands
/// (inputs of a layer are rebuilt from the chip's accumulators of the layers before it, so an error shows at
/// its own layer only). Then, where the judge runs networks in float: SQNR of the chip's outputs in dB,
/// reported, not judged; where it cannot run this one, its reason. `optimised` is the float graph before
/// quantisation with the same outputs (nullptr: no SQNR).
Comparison compare_layers(reference::SumsJudge&, const ir::Graph& quantised, const ir::Graph* optimised,
                          const std::vector<ir::Tensor>& inputs, const ChipEvidence&);
/// By oneDNN.
Comparison compare_onednn(const ir::Graph& quantised, const ir::Graph* optimised,
                          const std::vector<ir::Tensor>& inputs, const ChipEvidence&);

/// 10 log10(sum ref^2 / sum (ref - x)^2); infinity when equal.
double sqnr_db(const ir::Tensor& reference, const ir::Tensor& x);

}  // namespace nnp::compare
