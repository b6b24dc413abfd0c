// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/option_themes.h"

#include "host_runtime/cli/option_values.h"

namespace nnp::cli {

/// A text option handed to `take`; may be given once, or as often as wanted.
CLI::Option* add_text(CLI::App& app, const std::string& name, const std::string& type,
                      const std::string& help, std::function<void(const std::string&)> take) {
  return app.add_option_function<std::string>(name, std::move(take), help)->type_name(type);
}
CLI::Option* add_texts(CLI::App& app, const std::string& name, const std::string& type,
                       const std::string& help, std::vector<std::string>& into) {
  return app.add_option(name, into, help)->type_name(type)->allow_extra_args(false);
}

/// A flag takes no value: --json=3 is refused.
void add_flag(CLI::App& app, const std::string& name, bool& flag, const std::string& help) {
  app.add_flag(name, flag, help)->disable_flag_override();
}

void add_overrides(CLI::App& app, std::vector<std::string>& overrides) {
  add_texts(app, "--set", "PATH=VALUE", "set a chip parameter by its path in the TOML (repeatable)",
            overrides);
}

void add_chip(CLI::App& app, ChipChoice& choice) {
  app.add_option("--chip", choice.chip, "preset name, or a path ending in .toml")
      ->type_name("CHIP")
      ->capture_default_str();
  add_overrides(app, choice.overrides);
}

void add_seed(CLI::App& app, std::uint64_t& seed) {
  add_text(app, "--seed", "N", "seed of zoo weights, calibration and random inputs [1]",
           [&seed](const std::string& text) { seed = parse_whole("--seed", text, 0); });
}

void add_batch(CLI::App& app, std::optional<std::int64_t>& batch) {
  add_text(app, "--batch", "N", "inferences at once", [&batch](const std::string& text) {
    batch = static_cast<std::int64_t>(parse_whole("--batch", text, 1, kLargestSize));
  });
}

/// How a network is taken.
void add_network_options(CLI::App& app, NetworkChoice& choice) {
  add_network_form(app, choice);
  add_batch(app, choice.batch);
}

void add_network_form(CLI::App& app, NetworkChoice& choice) {
  add_text(app, "--precision", "P",
           "int8, int8x16, bf16 or fp32 [int8, else fp32, else bf16, as the chip has them]",
           [&choice](const std::string& text) { choice.precision = parse_precision(text); });
  app.add_option("--precision-file", choice.precision_file,
                 "TOML: layers and operators that run in another precision, or on the host")
      ->type_name("FILE.toml");
  add_text(app, "--seq-len", "T", "steps of a sequence", [&choice](const std::string& text) {
    choice.steps = static_cast<std::int64_t>(parse_whole("--seq-len", text, 1, kLargestSize));
  });
  app.add_option_function<std::vector<std::string>>(
         "--dim", [&choice](const std::vector<std::string>& texts) { choice.dims = parse_dims(texts); },
         "size of a symbolic dimension (repeatable)")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
}

void add_network_name(CLI::App& app, NetworkChoice& choice) {
  app.add_option("network", choice.network, "zoo name, or a path ending in .onnx")
      ->type_name("NETWORK")
      ->required();
}

void add_network(CLI::App& app, NetworkChoice& choice) {
  add_network_name(app, choice);
  add_network_options(app, choice);
}

void add_calibration(CLI::App& app, CalibrationChoice& choice) {
  add_text(app, "--calibration", "METHOD",
           "how int8 ranges follow from what was seen: minmax, percentile or entropy [minmax]",
           [&choice](const std::string& text) { choice.method = parse_calibration(text); });
  add_text(app, "--percentile", "P", "share of the values that percentile keeps, in % [99.99]",
           [&choice](const std::string& text) { choice.percentile = parse_percentile(text); });
  add_texts(app, "--data", "[NAME=]FILE.npy",
            "inputs to calibrate on, one or several along the first axis [random ones] (repeatable)",
            choice.data);
  add_text(app, "--samples", "N", "calibrate on at most N inputs of --data, or on N random ones [all; 8]",
           [&choice](const std::string& text) {
             choice.samples = parse_whole("--samples", text, 1, kLargestSize);
           });
}

void add_mapping(CLI::App& app, MappingChoice& choice) {
  add_text(
      app, "--search", "EFFORT",
      "how layers are cut into tiles: model (by a formula), simulate (the best few are timed) or thorough "
      "[model]",
      [&choice](const std::string& text) { choice.search = parse_effort(text); });
  app.add_option("--mapping", choice.file, "TOML: how layers are cut; the others are searched")
      ->type_name("FILE.toml");
  add_text(app, "--jobs", "N", "threads of a search [all]", [&choice](const std::string& text) {
    choice.jobs = static_cast<unsigned>(parse_whole("--jobs", text, 1, 1024));
  });
}

void add_execution(CLI::App& app, ExecutionChoice& choice) {
  add_seed(app, choice.seed);
  add_texts(app, "--input", "[NAME=]FILE.npy", "an input's values, or random:SEED (repeatable)",
            choice.inputs);
  app.add_option("--output", choice.output, "write outputs, resolved chip and run.json into this folder")
      ->type_name("DIR");
  add_text(app, "--check", "LIST",
           "references to hold the outputs against: none, or some of naive,onednn,ort,cuda [naive]",
           [&choice](const std::string& text) { choice.checks = parse_checks(text); });
  add_flag(app, "--strict", choice.strict, "a check that was skipped or is mistrusted counts as failed");
  add_text(app, "--engine", "E", "leap (skips idle cycles) or stepped (each cycle) [leap]",
           [&choice](const std::string& text) { choice.engine = parse_engine(text); });
  app.add_option("--trace", choice.trace.file, "write why every cycle was spent; nnpsim query reads it")
      ->type_name("FILE.npt");
  app.add_option("--report", choice.page, "write the trace as a page for a browser")->type_name("FILE.html");
  add_text(app, "--trace-level", "L",
           "summary (figures only), units (every state) or full (memory commands too) [units]",
           [&choice](const std::string& text) { choice.trace.level = parse_trace_level(text); });
  add_flag(app, "--timing-only", choice.timing_only, "cycles only: compute no values, check nothing");
  add_text(app, "--max-cycles", "N", "stop at core cycle N [run: never; exec: 10000000000]",
           [&choice](const std::string& text) { choice.max_cycles = parse_whole("--max-cycles", text, 1); });
}

void add_json(CLI::App& app, bool& json) {
  add_flag(app, "--json", json, "one JSON object instead of tables");
}

void add_report(CLI::App& app, ReportChoice& choice) {
  add_json(app, choice.json);
  add_flag(app, "--quiet", choice.quiet, "no tables and no progress line");
}

void add_layers(CLI::App& app, ReportChoice& choice) {
  add_flag(app, "--layers", choice.layers, "all layers in the table, not only the longest");
}

}  // namespace nnp::cli
