// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/comparison/row.h"

namespace nnp::comparison {

const char* to_string(Status status) {
  switch (status) {
    case Status::measured:
      return "measured";
    case Status::simulated:
      return "simulated";
    case Status::published:
      return "published";
    case Status::skipped:
      return "skipped";
  }
  return "?";
}

void complete(Row& row, double macs) {
  if (row.latency_s && *row.latency_s > 0 && row.batch && !row.throughput_per_s)
    row.throughput_per_s = static_cast<double>(*row.batch) / *row.latency_s;
  if (row.throughput_per_s && row.batch && !row.latency_s)
    row.latency_s = static_cast<double>(*row.batch) / *row.throughput_per_s;
  if (row.latency_s && *row.latency_s > 0 && row.peak_operations_per_s && *row.peak_operations_per_s > 0)
    row.peak_fraction = 2 * macs / *row.latency_s / *row.peak_operations_per_s;
}

Row skipped_row(std::string runner, std::string device, std::string precision, std::string reason) {
  Row row;
  row.runner = std::move(runner), row.device = std::move(device), row.precision = std::move(precision);
  row.reason = std::move(reason);
  return row;
}

}  // namespace nnp::comparison
