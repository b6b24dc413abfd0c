// SPDX-License-Identifier: Apache-2.0
// The options of `compare`.
#include "host_runtime/cli/option_themes.h"
#include "host_runtime/cli/option_values.h"

namespace nnp::cli {

void add_compare_options(CLI::App& app, CompareOptions& options) {
  add_network_name(app, options.network);
  add_network_form(app, options.network);
  add_text(app, "--batch", "LIST", "inferences at once, such as 1,8,64 [the network's own]",
           [&options](const std::string& text) { options.batches = parse_batches("--batch", text); });
  add_mapping(app, options.network.mapping);
  add_calibration(app, options.network.calibration);
  add_chip(app, options.chip);
  add_seed(app, options.seed);
  add_text(app, "--against", "LIST", "some of onednn,ort,cuda [all]",
           [&options](const std::string& text) { options.against = parse_against(text); });
  add_texts(app, "--gpu-results", "FILE.json", "what nnpsim gpu-bench wrote (repeatable)",
            options.gpu_results);
  add_text(app, "--runs", "N", "timed runs of each runner on this machine [as many as 3 s allow]",
           [&options](const std::string& text) {
             options.runs = static_cast<unsigned>(parse_whole("--runs", text, 1, 10'000));
           });
  add_text(app, "--check", "LIST",
           "references to hold the chip's values against, at the smallest batch: none, or some of "
           "naive,onednn,ort,cuda [naive and those of --against]",
           [&options](const std::string& text) { options.checks = parse_checks(text); });
  add_flag(app, "--strict", options.strict,
           "a check or a runner that was skipped, or a check that is mistrusted, counts as failed");
  add_report(app, options.report);
  add_layers(app, options.report);
}

}  // namespace nnp::cli
