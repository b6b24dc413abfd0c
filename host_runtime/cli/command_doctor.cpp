// SPDX-License-Identifier: Apache-2.0
// nnpsim doctor: what this installation can do on this machine, each line tried and not assumed.
#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "compiler/frontend/frontend.h"
#include "host_runtime/cli/chip_choice.h"
#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/figures.h"
#include "host_runtime/cli/run_flow.h"
#include "host_runtime/cli/table.h"
#include "host_runtime/cli/version.h"
#include "host_runtime/reference/cuda/open.h"
#include "host_runtime/reference/onnxruntime/onnx_runtime.h"
#include "host_runtime/reference/reference.h"
#include "models/chips/chip_file.h"
#include "models/networks/zoo.h"

namespace nnp::cli {
namespace {

struct Finding {
  std::string what, status, detail;  // status: ok, warning, failed
};

/// Runs `probe`, which returns a detail text; an exception is the failure's text.
Finding tried(const std::string& what, const std::function<std::string()>& probe) {
  try {
    return {what, "ok", probe()};
  } catch (const std::exception& error) {
    return {what, "failed", error.what()};
  }
}

std::string machine() {
  const auto pages = static_cast<double>(sysconf(_SC_PHYS_PAGES)),
             page = static_cast<double>(sysconf(_SC_PAGESIZE));
  return fmt::format("{} processors, {} of memory", sysconf(_SC_NPROCESSORS_ONLN), size_text(pages * page));
}

std::string all_chips() {
  const auto names = models::preset_names();
  for (const std::string& name : names) models::load_chip(name);
  return fmt::format("{} presets load", names.size());
}

std::string onednn() {
  return fmt::format("{}; sums integers in {}", reference::OneDnn::version(),
                     reference::OneDnn::has_exact_int8() ? "int8" : "float32 (no AVX-512 VNNI here)");
}

/// Nobody needs it: its absence is no fault.
Finding onnx_runtime() {
  if (const auto reason = reference::OnnxRuntime::missing())
    return {"ONNX Runtime", "warning", *reason + ": --check ort is skipped"};
  return {"ONNX Runtime", "ok", "--check ort has it judge"};
}

/// "NVIDIA H100 80GB HBM3, driver 580.82, compute capability 9.0, CUDA 13.0, cuDNN 9.19, cuBLAS 13.1"; what
/// is not known is left out.
std::string device_text(const gpu::Device& device) {
  std::string text = device.name;
  const auto add = [&](const char* between, const char* what, const std::string& version) {
    if (!version.empty()) text += fmt::format("{} {} {}", between, what, version);
  };
  add(",", "driver", device.driver), add(",", "compute capability", device.compute_capability);
  add(",", "CUDA", device.cuda), add(",", "cuDNN", device.cudnn), add(",", "cuBLAS", device.cublas);
  return text;
}

/// Nobody needs it either.
Finding cuda() {
  std::string reason;
  const std::unique_ptr<gpu::Gpu> gpu = gpu::open_cuda(reason);
  if (!gpu) return {"CUDA", "warning", reason + ": --check cuda is skipped"};
  return tried("CUDA", [&] { return device_text(gpu->device()); });
}

std::string plugged_in_array() {
  const auto array = array_of_this_build();
  return array ? fmt::format("{}, {}", array->name, to_string(array->dataflow))
               : "none (core.array.kind = \"rtl\" needs -DNNPSIM_RTL=ON)";
}

/// The smallest network of the zoo through everything.
std::string small_run() {
  NetworkChoice choice;
  choice.network = "lenet5";
  const models::ChipSpec chip = models::load_chip("edge8");
  Progress quiet(false);
  const auto compiled = compile_network(choice, chip, 1, true, quiet);
  const Execution execution = execute({compiled.program, compiled.quantised, &compiled.optimised}, chip,
                                      compiler::random_inputs(compiled.optimised, 1), {}, quiet);
  for (const compare::Comparison& check : execution.record.checks)
    if (check.status != compare::Status::passed)
      throw std::runtime_error(check.reference + ": " + check.reason);
  return fmt::format("{} cycles, outputs as the naive reference",
                     count_text(execution.record.statistics.cycles));
}

}  // namespace

int doctor(const ListOptions& options) {
  const Finding findings[] = {
      {"version", "ok", version()},
      tried("machine", machine),
      tried("chips", all_chips),
      tried("operators",
            [] { return fmt::format("{} ONNX operators", compiler::supported_operators().size()); }),
      tried("network cache", [] { return models::network_file("lenet5").parent_path().string(); }),
      tried("oneDNN", onednn),
      tried("plugged-in array", plugged_in_array),
      onnx_runtime(),
      cuda(),
      tried("lenet5 on edge8", small_run),
  };
  bool sound = true;
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  Table table({{"what", Table::Align::left}, {"status", Table::Align::left}, {"detail", Table::Align::left}});
  for (const Finding& finding : findings) {
    sound = sound && finding.status != "failed";
    list.push_back({{"what", finding.what}, {"status", finding.status}, {"detail", finding.detail}});
    table.add({finding.what, finding.status, finding.detail});
  }
  if (options.json)
    fmt::print(
        "{}\n",
        nlohmann::ordered_json{{"schema", "nnpsim.doctor/1"}, {"sound", sound}, {"findings", list}}.dump(2));
  else
    fmt::print("{}", table.text(0));
  return sound ? kOk : kCheckFailed;
}

}  // namespace nnp::cli
