// SPDX-License-Identifier: Apache-2.0
// What one GPU did with networks: schema nnpsim.gpu/1.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host_runtime/reference/gpu/gpu.h"

namespace nnp::gpu_bench {

/// Limits of the GPU as measured, beside the networks and in the same run.
struct Ceilings {
  double copy_bytes_per_s = 0;  // within device memory, read and written
  double upload_bytes_per_s = 0, download_bytes_per_s = 0;
  std::map<std::string, double> operations_per_s;  // by precision, of one large product; two a MAC
};

/// The first inference of the batch against one on the CPU.
struct Check {
  std::string against;  // "onednn" in float, "naive" in codes
  std::string status;   // passed, failed
  std::uint64_t compared = 0, mismatches = 0;
  double max_abs_error = 0, sqnr_db = 0;  // sqnr_db: infinite where equal
  std::string reason;                     // why it failed
  // Each layer alone, from the GPU's own inputs of it; 0 layers where that was not asked (larger batches,
  // codes).
  std::uint64_t layers = 0;
  double worst_layer_db = 0;
  std::string worst_layer;
};

struct Layer {
  std::string name, op, kernel;
  double time_s = 0;
  std::uint64_t macs = 0, bytes = 0;
};

struct Row {
  std::string network, precision;
  std::int64_t batch = 1;
  std::string reason;  // why it was not measured; empty: it was
  double p50_s = 0, p99_s = 0;
  int runs = 0, warm_up = 0;
  double upload_s = 0, download_s = 0;  // of the inputs and outputs, beside the latency
  std::uint64_t macs = 0, weight_bytes = 0, activation_bytes = 0;
  Check check;
  std::vector<Layer> layers;
};

struct Measurement {
  std::string command, version, date;
  gpu::Device device;  // clocks as found behind the last run
  Ceilings ceilings;
  std::vector<Row> rows;
};

std::string to_json(const Measurement&);

}  // namespace nnp::gpu_bench
