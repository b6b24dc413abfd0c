// SPDX-License-Identifier: Apache-2.0
// The commands and their options; what CLI11 throws leaves as UsageError, with the nearest name where a name
// is unknown. option_themes.h and the files of single commands' options (command_line_compare.cpp) know CLI11
// too, nobody else does.
#include "host_runtime/cli/command_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/option_themes.h"
#include "host_runtime/cli/option_values.h"
#include "host_runtime/cli/version.h"

namespace nnp::cli {
namespace {

// ---- the commands

class CommandLine {
 public:
  CommandLine() {
    app_.name("nnpsim");
    app_.require_subcommand(0, 1);
    app_.allow_extras();
    app_.set_version_flag("--version", version_line());
    app_.footer("nnpsim COMMAND --help tells a command's options.");

    CLI::App& run = command("run", "compile a network, simulate one inference, check its outputs",
                            [this] { return cli::run(run_); });
    add_network(run, run_.network);
    add_mapping(run, run_.network.mapping);
    add_calibration(run, run_.network.calibration);
    add_chip(run, run_.chip);
    add_execution(run, run_.execution);
    add_report(run, run_.report);
    add_layers(run, run_.report);

    CLI::App& compile =
        command("compile", "compile a network to a program file", [this] { return cli::compile(compile_); });
    add_network(compile, compile_.network);
    add_mapping(compile, compile_.network.mapping);
    add_calibration(compile, compile_.network.calibration);
    add_chip(compile, compile_.chip);
    add_seed(compile, compile_.seed);
    add_output_file(compile, compile_.output);
    compile
        .add_option("--mapping-output", compile_.mapping_output,
                    "write how the layers are cut, for --mapping")
        ->type_name("FILE.toml");
    add_report(compile, compile_.report);
    add_flag(compile, "--verify", compile_.verify,
             "check the order of all accesses, however long the program");

    CLI::App& exec = command("exec", "simulate a program file", [this] { return cli::exec(exec_); });
    exec_.execution.max_cycles = kMostExecCycles;
    add_program(exec, exec_.program);
    add_text(exec, "--precision", "P", "must be the program's",
             [this](const std::string& text) { exec_.precision = parse_precision(text); });
    add_batch(exec, exec_.batch);
    add_chip(exec, exec_.chip);
    add_execution(exec, exec_.execution);
    add_report(exec, exec_.report);
    add_layers(exec, exec_.report);

    CLI::App& assemble =
        command("asm", "assemble text to a program file", [this] { return cli::assemble(asm_); });
    assemble.add_option("source", asm_.source, "assembly text")->type_name("FILE.s")->required();
    add_output_file(assemble, asm_.output);
    assemble.add_option("--chip", asm_.chip, "preset or .toml; without it, the chip that the text names")
        ->type_name("CHIP");
    add_overrides(assemble, asm_.overrides);
    add_flag(assemble, "--unchecked", asm_.unchecked, "write the program even when its accesses race");

    CLI::App& disassemble = command("disasm", "print a program file as assembly text",
                                    [this] { return cli::disassemble(disasm_); });
    add_program(disassemble, disasm_.program);

    CLI::App& quantized = command("quantize", "write a network in int8 as ONNX, and say what that costs",
                                  [this] { return quantize(quantize_); });
    add_network(quantized, quantize_.network);
    add_calibration(quantized, quantize_.network.calibration);
    add_seed(quantized, quantize_.seed);
    quantized.add_option("-o", quantize_.output, "the ONNX file to write")->type_name("OUT.onnx")->required();
    add_texts(quantized, "--test", "[NAME=]FILE.npy",
              "inputs to judge by [those of --data, else random ones] (repeatable)", quantize_.test);
    add_text(quantized, "--check", "LIST", "none, or ort: ONNX Runtime runs the file, layer by layer [none]",
             [this](const std::string& text) { quantize_.checks = parse_quantize_checks(text); });
    add_flag(quantized, "--strict", quantize_.strict, "a check that was skipped counts as failed");
    add_report(quantized, quantize_.report);
    add_layers(quantized, quantize_.report);

    CLI::App& query =
        command("query", "ask a trace why its cycles were spent", [this] { return cli::query(query_); });
    add_trace(query, query_.trace);
    add_text(query, "--at", "CYCLE", "every unit's state at a core cycle",
             [this](const std::string& text) { query_.at = parse_whole("--at", text, 0); });
    add_flag(query, "--stalls", query_.stalls, "waits by unit, cause and what was waited for");
    add_flag(query, "--critical-path", query_.critical_path,
             "the chain of work and waits that makes the run so long");
    add_flag(query, "--verify", query_.verify, "check the laws that every trace keeps");
    query.add_option("--unit", query_.unit, "only this unit")->type_name("U");
    query.add_option("--layer", query_.layer, "only this layer, by name, number or ONNX node")
        ->type_name("L");
    query.add_option("--cause", query_.cause, "only this cause")->type_name("C");
    add_json(query, query_.json);

    CLI::App& exported =
        command("export", "a trace for another tool", [this] { return export_trace(export_); });
    add_trace(exported, export_.trace);
    add_flag(exported, "--perfetto", export_.perfetto, "for ui.perfetto.dev: tracks of states, 1 ns a cycle");
    add_flag(exported, "--konata", export_.konata, "for Konata: a row for each instruction");
    add_flag(exported, "--csv", export_.csv, "tables, one file a kind of record; -o names a folder");
    add_flag(exported, "--vcd", export_.vcd, "signals for GTKWave, of 10000 cycles where --to is not given");
    exported.add_option("-o", export_.output, "the file to write, or the folder")
        ->type_name("FILE|DIR")
        ->required();
    add_text(exported, "--from", "CYCLE", "first core cycle [0]",
             [this](const std::string& text) { export_.from = parse_whole("--from", text, 0); });
    add_text(exported, "--to", "CYCLE", "core cycle at which it ends [the end]",
             [this](const std::string& text) { export_.to = parse_whole("--to", text, 1); });

    CLI::App& reported =
        command("report", "a trace as one page for a browser", [this] { return report(page_); });
    reported.add_option("trace", page_.traces, "a trace file; a second one is compared with it")
        ->type_name("FILE.npt")
        ->required();
    reported.add_option("--compare", page_.comparison, "what nnpsim compare --json wrote, beside the run")
        ->type_name("FILE.json");
    reported.add_option("--whatif", page_.what_if, "what nnpsim whatif --json wrote, among what to try")
        ->type_name("FILE.json");
    reported.add_option("-o", page_.output, "the page to write")->type_name("FILE.html")->required();

    CLI::App& whatif = command("whatif", "simulate again with one resource made ideal",
                               [this] { return cli::whatif(whatif_); });
    add_network(whatif, whatif_.network);
    add_mapping(whatif, whatif_.network.mapping);
    add_calibration(whatif, whatif_.network.calibration);
    add_chip(whatif, whatif_.chip);
    add_seed(whatif, whatif_.seed);
    add_text(whatif, "--ideal", "LIST", "some of dram,pcie,sram,issue,array_fill [all, one after the other]",
             [this](const std::string& text) { whatif_.ideal = parse_list(text); });
    add_report(whatif, whatif_.report);

    add_compare_options(command("compare", "time the network elsewhere, beside the simulated chip",
                                [this] { return compare_runners(compare_); }),
                        compare_);

    CLI::App& explain = command("explain", "what a cause of waiting means, or why a layer takes so long",
                                [this] { return cli::explain(explain_); });
    explain
        .add_option("what", explain_.cause, "a cause, as tables and traces name it; with --layer a network")
        ->type_name("CAUSE|NETWORK")
        ->required();
    explain.add_option("--layer", explain_.layer, "a layer of the network: its name or number")
        ->type_name("LAYER");
    add_network_options(explain, explain_.network);
    add_mapping(explain, explain_.network.mapping);
    add_chip(explain, explain_.chip);
    add_seed(explain, explain_.seed);
    add_json(explain, explain_.json);
    CLI::App& dram =
        command("dram", "drive a memory controller alone with a trace", [this] { return cli::dram(dram_); });
    dram.add_option("--preset", dram_.preset, "a memory, such as ddr4_2400")->type_name("P")->required();
    dram.add_option("--trace", dram_.trace, "requests, one a line: R 0xADDR or W 0xADDR")
        ->type_name("FILE")
        ->required();
    add_text(dram, "--window", "N", "at most N reads outstanding [no limit]",
             [this](const std::string& text) {
               dram_.window = static_cast<std::uint32_t>(parse_whole("--window", text, 1, kLargestSize));
             });
    add_text(dram, "--address-map", "M", "fields, highest bits first [row:bank:bankgroup:column]",
             [this](const std::string& text) { dram_.address_map = text; });
    add_texts(dram, "--set", "SYMBOL=VALUE",
              "a timing symbol in clocks, or a setting of the controller (repeatable)", dram_.settings);
    add_json(dram, dram_.json);

    CLI::App& conformance = command("conformance", "run ONNX's backend test cases",
                                    [this] { return conformance_tests(conformance_); });
    conformance
        .add_option("folder", conformance_.folder, "holds cases: folders with model.onnx and test_data_set_*")
        ->type_name("DIR")
        ->required();
    conformance
        .add_option("--chip", conformance_.chip.chip, "run them on this chip [the reference on the host]")
        ->type_name("CHIP");
    add_overrides(conformance, conformance_.chip.overrides);
    conformance.add_option("--filter", conformance_.filter, "only cases with this text in their path")
        ->type_name("TEXT");
    add_json(conformance, conformance_.json);

    add_gpu_bench_options(command("gpu-bench", "time networks on this machine's GPU, and check their answers",
                                  [this] { return gpu_bench_networks(gpu_bench_); }),
                          gpu_bench_);

    add_json(command("chips", "list the chip presets", [this] { return list_chips(list_); }), list_.json);
    add_json(command("networks", "list the networks of the zoo", [this] { return list_networks(list_); }),
             list_.json);
    add_json(command("doctor", "check this installation", [this] { return doctor(list_); }), list_.json);
  }

  std::function<int()> parse(int argc, const char* const* argv) {
    if (argc < 2) throw UsageError(fmt::format("no command. Commands: {}", fmt::join(names_, ", ")));
    if (const std::string first = argv[1]; first.empty() || first[0] != '-') {
      if (std::find(names_.begin(), names_.end(), first) == names_.end())
        throw UsageError(fmt::format("no command '{}'{}", first, instead_of(first, names_, "Commands")));
    }
    try {
      app_.parse(argc, argv);
      refuse_extras();
    } catch (const CLI::CallForHelp&) {
      return [text = help_text()] { return fmt::print("{}", text), 0; };
    } catch (const CLI::CallForVersion&) {
      return [] { return fmt::print("{}\n", version_line()), 0; };
    } catch (const CLI::ParseError& error) {
      refuse_extras();
      throw UsageError(fmt::format("{}; nnpsim {}--help tells more", error.what(),
                                   chosen() ? chosen()->get_name() + " " : ""));
    }
    if (chosen() == nullptr) throw UsageError("no command");
    return actions_.at(chosen()->get_name());
  }

 private:
  CLI::App& command(const std::string& name, const std::string& help, std::function<int()> action) {
    names_.push_back(name);
    actions_[name] = std::move(action);
    return *app_.add_subcommand(name, help)->allow_extras()->footer("");
  }
  static void add_program(CLI::App& app, std::string& program) {
    app.add_option("program", program, "a program file")->type_name("FILE.nnp")->required();
  }
  static void add_trace(CLI::App& app, std::string& trace) {
    app.add_option("trace", trace, "a trace file")->type_name("FILE.npt")->required();
  }
  static void add_output_file(CLI::App& app, std::string& output) {
    app.add_option("-o", output, "the program file to write")->type_name("FILE.nnp")->required();
  }

  const CLI::App* chosen() const {
    const auto parsed = app_.get_subcommands();
    return parsed.empty() ? nullptr : parsed.front();
  }
  std::string help_text() const { return chosen() ? chosen()->help("nnpsim") : app_.help(); }

  void refuse_extras() const {
    const CLI::App& app = chosen() ? *chosen() : app_;
    std::vector<std::string> options;
    for (const CLI::Option* option : app.get_options())
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    for (const std::string& extra : app.remaining(true)) {
      const std::string name = extra.substr(0, extra.find('='));
      if (extra.starts_with("-"))
        throw UsageError(
            fmt::format("no option '{}'{}", name, instead_of(name, options, app.get_name() + " takes")));
      throw UsageError(fmt::format("'{}' is one word too many", extra));
    }
  }

  CLI::App app_{"nnpsim: a cycle-level simulator of neural-network processors"};
  std::vector<std::string> names_;
  std::map<std::string, std::function<int()>> actions_;
  RunOptions run_;
  CompileOptions compile_;
  QuantizeOptions quantize_;
  ExecOptions exec_;
  AsmOptions asm_;
  DisasmOptions disasm_;
  QueryOptions query_;
  ExportOptions export_;
  PageOptions page_;
  WhatifOptions whatif_;
  CompareOptions compare_;
  ExplainOptions explain_;
  DramOptions dram_;
  ConformanceOptions conformance_;
  GpuBenchOptions gpu_bench_;
  ListOptions list_;
};

}  // namespace

std::function<int()> parse_command_line(int argc, const char* const* argv) {
  const auto line = std::make_shared<CommandLine>();
  return [line, action = line->parse(argc, argv)] { return action(); };
}

}  // namespace nnp::cli
