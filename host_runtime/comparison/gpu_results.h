// SPDX-License-Identifier: Apache-2.0
// What a GPU did with networks, as `nnpsim gpu-bench` measured it: schema nnpsim.gpu/1, read from a file or
// made by whoever measures now.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace nnp::comparison {

/// A results file that cannot be read or is not of its schema. The message begins with its path.
struct ResultsFileError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct GpuLayer {
  std::string name, op, kernel;
  std::optional<double> time_s;
  std::uint64_t macs = 0, bytes = 0;
};

/// A network in one precision at one batch.
struct GpuRow {
  std::string network, precision;  // int8, bf16, fp16, tf32, fp32
  std::int64_t batch = 1;
  bool measured = false;
  std::string reason;                              // why not
  std::optional<double> latency_s, latency_p99_s;  // the median, without transfers
  std::optional<double> throughput_per_s;          // inferences
  std::optional<double> upload_s, download_s;      // of inputs and outputs, beside the latency
  std::uint64_t runs = 0, warm_up = 0;
  std::uint64_t macs = 0, weight_bytes = 0, activation_bytes = 0;  // of the whole batch
  std::string check;             // "passed", "failed", "skipped"; empty: nobody asked
  std::vector<GpuLayer> layers;  // may be empty
};

struct GpuResults {
  std::string file;  // empty: measured now
  std::string date, device, driver, cuda, cudnn, cublas;
  std::optional<double> copy_bytes_per_s;          // within device memory, read + written
  std::map<std::string, double> operations_per_s;  // by precision: of a large product, two a MAC
  std::vector<GpuRow> rows;
  /// "read from h100.json of 2026-11-27: driver 580, CUDA 13.0, cuDNN 9.19, cuBLAS 13.1".
  std::string conditions() const;
};

/// Throws ResultsFileError.
GpuResults read_gpu_results(const std::filesystem::path&);
/// `name` is the file's for messages.
GpuResults parse_gpu_results(const std::string& text, const std::string& name);

}  // namespace nnp::comparison
