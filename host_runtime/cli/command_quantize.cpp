// SPDX-License-Identifier: Apache-2.0
// nnpsim quantize NETWORK -o OUT.onnx: the codes that `run` would have, as a file for other tools, and what
// they cost.
#include <fmt/format.h>

#include "compiler/export/onnx_export.h"
#include "compiler/ir/quantized.h"
#include "host_runtime/cli/calibration.h"
#include "host_runtime/cli/checks.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/import_choice.h"
#include "host_runtime/cli/interruptible_runner.h"
#include "host_runtime/cli/network_choice.h"
#include "host_runtime/cli/output_folder.h"
#include "host_runtime/cli/progress.h"
#include "host_runtime/cli/quantize_record.h"
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"
#include "host_runtime/reference/reference.h"

namespace nnp::cli {
namespace {

constexpr std::uint64_t kTestSeedDistance =
    2000;  // from a run's own random inputs; calibration's are at 1000

void refuse_other_precisions(const NetworkChoice& choice) {
  const isa::Precision precision = choice.precision.value_or(isa::Precision::int8);
  if (precision == isa::Precision::int8 || precision == isa::Precision::int8x16) return;
  throw UsageError(fmt::format(
      "--precision {}: quantize writes int8 and int8x16; a network of real numbers is its own ONNX file",
      isa::to_string(precision)));
}

void measure(const compiler::CompiledNetwork& network, const Samples& tests,
             compiler::FloatRunner& float_runner, compiler::FloatRunner& integer_runner, Progress& progress,
             QuantizeRecord& record) {
  compare::QuantisationNoise noise(network.optimised, network.quantised);
  for (std::size_t i = 0; i < tests.size(); ++i) {
    progress.phase(fmt::format("measuring {}: input {} of {}", record.network, i + 1, tests.size()));
    noise.add(tests[i], float_runner, integer_runner);
  }
  for (const compare::LayerNoise& layer : noise.layers()) {
    const ir::Value& codes = network.quantised.values[layer.codes];
    record.layers.push_back(
        {layer, codes.type, codes.quant->scale.at(0), codes.quant->zero_point, std::nullopt});
  }
  for (const ir::Node& node : network.quantised.nodes) {
    const bool codes =
        node.outputs[0] != ir::kNoValue && ir::is_quantized(network.quantised.values[node.outputs[0]].type);
    record.float_layers += !codes && node.op != ir::Op::dequantize_linear;
  }
  record.test_inputs = tests.size();
  record.sqnr_db = noise.outputs().sqnr_db();
  record.answers = noise.answers(), record.agreeing = noise.agreeing();
}

/// The float network as its file has it; a pass of the codes stands only if it holds too.
void judge_float(const compiler::CompiledNetwork& network, const std::filesystem::path& source,
                 const Samples& tests, compiler::FloatRunner& float_runner, compare::Comparison& summary,
                 QuantizeRecord& record) {
  try {
    record.float_check = check_float(source, network.optimised, tests, float_runner);
    if (record.float_check->sqnr_db >= kFloatSqnrDb) return;
    summary.reason = fmt::format(
        "the float network: SQNR {:.1f} dB between ONNX Runtime's run of {} and ours, allowed is {} and more",
        record.float_check->sqnr_db, source.string(), kFloatSqnrDb);
  } catch (const reference::OnnxRuntimeError& error) {
    stop_if_interrupted();
    summary.reason = fmt::format("the float network: {}", error.what());
  }
  summary.status = compare::Status::failed;
}

void ask_onnxruntime(const compiler::CompiledNetwork& network, const std::filesystem::path& source,
                     const Samples& tests, compiler::FloatRunner& float_runner,
                     compiler::FloatRunner& integer_runner, Progress& progress, QuantizeRecord& record) {
  progress.phase("checking against ONNX Runtime");
  Samples outputs;
  for (const auto& test : tests) outputs.push_back(integer_runner.run(network.quantised, test, {}));
  OnnxRuntimeVerdict verdict = check_codes(network.quantised, tests, outputs);
  record.onnxruntime_version = verdict.version;
  for (QuantizedLayer& layer : record.layers)
    for (const compare::LayerAgreement& agreement : verdict.layers)
      if (agreement.layer == layer.noise.layer) layer.ort = agreement;
  if (verdict.summary.status == compare::Status::passed && source.extension() == ".onnx")
    judge_float(network, source, tests, float_runner, verdict.summary, record);
  record.checks.push_back(std::move(verdict.summary));
}

}  // namespace

int quantize(const QuantizeOptions& options) {
  refuse_other_precisions(options.network);
  const SampleChoice data = calibration_samples(options.network.calibration, options.seed);
  const SampleChoice test("--test", options.test, std::nullopt, options.seed + kTestSeedDistance);
  require_writable(options.output);
  Progress progress(!options.report.quiet);
  progress.phase("building " + options.network.network);
  const ResolvedNetwork source = resolve_network(options.network, options.seed);
  reference::OneDnn onednn;
  reference::Naive naive;
  InterruptibleRunner float_runner(onednn), integer_runner(naive);

  compiler::CompileRequest request;
  request.importer = import_interruptibly;
  request.model = source.file, request.network = source.name, request.import = source.import;
  request.precision = options.network.precision.value_or(isa::Precision::int8), request.seed = options.seed;
  set_calibration(options.network.calibration, data, nullptr, request);
  progress.phase("quantising " + source.name);
  const compiler::CompiledNetwork network = compiler::quantize_network(request, float_runner);
  const compiler::OnnxExport exported = compiler::export_onnx(network.quantised);

  QuantizeRecord record;
  record.network = source.name, record.file = options.output, record.seed = options.seed;
  record.bytes = exported.model.size(), record.opset = exported.opset, record.precision = request.precision;
  record.rule = request.calibration_rule;
  record.calibrated_on = data.has_files() ? "data" : "random";
  const Samples calibration = data.samples_for(network.optimised);
  record.calibration_inputs = calibration.size();
  const bool test_is_data = !test.has_files() && data.has_files();
  record.tested_on = test.has_files() ? "test" : record.calibrated_on;
  const Samples tests = test_is_data ? calibration : test.samples_for(network.optimised);
  measure(network, tests, float_runner, integer_runner, progress, record);
  if (options.checks && !options.checks->empty())
    ask_onnxruntime(network, source.file, tests, float_runner, integer_runner, progress, record);
  progress.erase();
  stop_if_interrupted();
  replace_file(options.output, exported.model);
  if (options.report.json)
    fmt::print("{}", quantize_json(record));
  else if (!options.report.quiet)
    fmt::print("{}", quantize_text(record, options.report.layers));
  return checks_hold(record.checks, options.strict) ? kOk : kCheckFailed;
}

}  // namespace nnp::cli
