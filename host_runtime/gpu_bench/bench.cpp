// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/gpu_bench/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <new>

#include "host_runtime/compare/sqnr.h"
#include "host_runtime/gpu_bench/layer_check.h"

namespace nnp::gpu_bench {
namespace {

constexpr int kFewestRuns = 10, kLayerRuns = 3, kTransferRuns = 9;

bool integers(gpu::NetworkPrecision precision) { return precision == gpu::NetworkPrecision::int8; }

/// The smallest of the sorted values that `share` of them do not exceed.
double quantile(const std::vector<double>& sorted, double share) {
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::clamp<std::size_t>(rank, 1, sorted.size()) - 1];
}

Check check_against(const reference::Tensors& expected, const reference::Tensors& got, bool codes) {
  Check check;
  check.against = codes ? "naive" : "onednn";
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto theirs = expected[i].data<float>(), ours = got.at(i).data<float>();
    for (std::size_t e = 0; e < theirs.size(); ++e) {
      ++check.compared;
      check.mismatches += theirs[e] != ours[e];
      check.max_abs_error = std::max(check.max_abs_error,
                                     std::abs(static_cast<double>(theirs[e]) - static_cast<double>(ours[e])));
    }
  }
  check.sqnr_db = compare::sqnr_db(expected, got);
  return check;
}

/// Kernels of one node count as its layer, under the name of the longest.
std::vector<Layer> layers_of(const ir::Graph& graph, gpu::NetworkProgram& network) {
  const std::vector<double> seconds = network.program().time_each(kLayerRuns);
  std::vector<Layer> layers;
  std::size_t last = graph.nodes.size();
  double longest = 0;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    const gpu::Step& step = network.steps()[i];
    if (layers.empty() || step.node != last) {
      const ir::Node& node = graph.nodes.at(step.node);
      layers.push_back({node.name, ir::operator_name(node), "", 0, 0, 0});
      longest = 0;
    }
    if (seconds[i] >= longest) layers.back().kernel = network.program().description(i), longest = seconds[i];
    last = step.node;
    layers.back().time_s += seconds[i];
    layers.back().macs += step.macs, layers.back().bytes += step.bytes;
  }
  return layers;
}

class Bench {
 public:
  Bench(gpu::Gpu& gpu, const BenchRequest& request) : gpu_(gpu), request_(request) {}

  Row measure(const BatchedNetwork& network, const OneInference& one, gpu::NetworkPrecision precision,
              std::int64_t batch) {
    Row row;
    row.network = request_.source.name, row.precision = gpu::to_string(precision), row.batch = batch;
    try {
      fill(network, one, precision, row);
    } catch (const gpu::GpuError& error) {
      row.reason = error.what();
    }
    return row;
  }

 private:
  void fill(const BatchedNetwork& network, const OneInference& one, gpu::NetworkPrecision precision,
            Row& row) {
    const ir::Graph& graph = integers(precision) ? network.codes() : network.real();
    gpu::NetworkProgram program(gpu_, graph, precision);
    program.set_inputs(network.inputs());
    program.program().run();
    row.check = check_against(expected(network, one, precision),
                              network.first_outputs(one, program.outputs()), integers(precision));
    judge(program, one, precision, row);
    time(program, row);
    for (const ir::Node& node : graph.nodes) row.macs += ir::macs(graph, node);
    row.weight_bytes = program.weight_bytes(), row.activation_bytes = program.activation_bytes();
    row.upload_s = gpu_.time_upload(program.input_bytes(), kTransferRuns);
    row.download_s = gpu_.time_download(program.output_bytes(), kTransferRuns);
    if (std::ranges::find(request_.layers_at, row.batch) != request_.layers_at.end())
      row.layers = layers_of(graph, program);
  }

  void judge(const gpu::NetworkProgram& program, const OneInference& one, gpu::NetworkPrecision precision,
             Row& row) {
    Check& check = row.check;
    double least = kLeastCodesDb;
    if (!integers(precision)) {
      const auto [known, first] = layers_checked_db_.try_emplace(precision, check.sqnr_db);
      least = known->second - kBatchesApartDb;
      if (first) {
        const LayerCheck layers = check_layers(one.real(), program, precision);
        check.layers = layers.layers, check.worst_layer = layers.worst,
        check.worst_layer_db = layers.worst_db;
        if (!(layers.worst_db >= layers.allowed_db))
          check.reason = fmt::format("layer '{}' is {:.1f} dB from the CPU's, rounding allows {:.1f}",
                                     layers.worst, layers.worst_db, layers.allowed_db);
      }
    }
    if (check.mismatches != 0 && !(check.sqnr_db >= least))
      check.reason =
          fmt::format("the answer is {:.1f} dB from the CPU's, allowed are {:.1f}", check.sqnr_db, least);
    check.status = check.reason.empty() ? "passed" : "failed";
  }

  void time(gpu::NetworkProgram& program, Row& row) const {
    const double one = program.program().time(1, 1).at(0);
    const double affordable = request_.seconds_per_row / std::max(one, 1e-9);
    row.runs = static_cast<int>(std::clamp(affordable, static_cast<double>(kFewestRuns),
                                           static_cast<double>(std::max(kFewestRuns, request_.most_runs))));
    row.warm_up = std::min(request_.warm_up, row.runs);
    std::vector<double> seconds = program.program().time(row.warm_up, row.runs);
    std::ranges::sort(seconds);
    row.p50_s = quantile(seconds, 0.5), row.p99_s = quantile(seconds, 0.99);
  }

  /// Every batch begins with the same inference: one answer of the CPU serves all where inputs say so.
  const reference::Tensors& expected(const BatchedNetwork& network, const OneInference& one,
                                     gpu::NetworkPrecision precision) {
    const bool codes = integers(precision);
    reference::Tensors inputs = network.first_inputs(one);
    auto& known = codes ? of_codes_ : of_reals_;
    const auto same = [](const ir::Tensor& a, const ir::Tensor& b) {
      return std::ranges::equal(a.bytes(), b.bytes());
    };
    if (known.outputs.empty() || !std::ranges::equal(known.inputs, inputs, same)) {
      known.outputs = one.answers(codes, inputs);
      known.inputs = std::move(inputs);
    }
    return known.outputs;
  }

  struct Answer {
    reference::Tensors inputs, outputs;
  };
  gpu::Gpu& gpu_;
  const BenchRequest& request_;
  Answer of_codes_, of_reals_;
  std::map<gpu::NetworkPrecision, double>
      layers_checked_db_;  // of the whole answer where each layer was checked
};

}  // namespace

std::vector<Row> bench(gpu::Gpu& gpu, const BenchRequest& request, compiler::FloatRunner& runner,
                       const std::function<void(const std::string&)>& say) {
  const bool with_codes = std::ranges::any_of(request.precisions, integers);
  say(fmt::format("building {}", request.source.name));
  const OneInference one(request.source, with_codes, runner);
  Bench bench(gpu, request);
  std::vector<Row> rows;
  for (const std::int64_t batch : request.batches) try {
      say(fmt::format("building {} at batch {}", request.source.name, batch));
      const BatchedNetwork network(request.source, batch, with_codes, one);
      for (const gpu::NetworkPrecision precision : request.precisions) {
        say(fmt::format("{} in {} at batch {}", request.source.name, gpu::to_string(precision), batch));
        rows.push_back(bench.measure(network, one, precision, batch));
      }
    } catch (const std::bad_alloc&) {
      for (const gpu::NetworkPrecision precision : request.precisions) {
        Row row;
        row.network = request.source.name, row.precision = gpu::to_string(precision), row.batch = batch;
        row.reason = "this machine has not enough memory for the batch";
        rows.push_back(std::move(row));
      }
    }
  return rows;
}

}  // namespace nnp::gpu_bench
