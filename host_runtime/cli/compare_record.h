// SPDX-License-Identifier: Apache-2.0
// Everything a comparison found out: what its JSON and its tables are made from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "host_runtime/compare/comparison.h"
#include "host_runtime/comparison/crossover.h"
#include "host_runtime/comparison/roofline.h"
#include "host_runtime/comparison/row.h"

namespace nnp::cli {

/// The network under the roof of one machine, at one batch.
struct RoofRecord {
  std::string device, precision, kind;  // kind: "chip", "measured" (in the results file), "data sheet"
  std::int64_t batch = 1;
  comparison::Ceilings ceilings;
  comparison::Position network;
};

/// A layer on the chip, and on the GPUs whose results have layers.
struct LayerRecord {
  struct OnGpu {
    std::string device, precision, kernel;
    std::optional<double> time_s;
    std::optional<comparison::Position> position;  // absent: no ceilings
  };
  std::int64_t batch = 1;
  std::string name, op, where;   // where: chip or host
  std::optional<double> time_s;  // of its turn; the turns of all layers and the launch sum to the latency
  comparison::Position position;
  std::vector<OnGpu> gpus;
};

struct CrossoverRecord {
  std::string device, precision, source;
  comparison::Crossover of;
};

struct CompareRecord {
  std::string network, chip, precision;
  std::uint64_t seed = 1;
  std::string processor;  // of this machine
  unsigned processors = 1;
  double load = 0;  // processes that ran or waited, a minute's average, before anything was timed
  std::vector<comparison::Row> rows;
  std::vector<compare::Comparison> checks;
  std::int64_t check_batch = 1;
  std::vector<RoofRecord> roofs;
  std::vector<LayerRecord> layers;
  std::vector<CrossoverRecord> crossovers;
  std::vector<std::string> sentences() const;  // what follows from the rows
};

/// Of the chip against every GPU and precision measured, both without transfers.
std::vector<CrossoverRecord> crossovers_of(const std::vector<comparison::Row>&);

std::string compare_json_text(const CompareRecord&);
std::string compare_text(const CompareRecord&, bool layers);

}  // namespace nnp::cli
