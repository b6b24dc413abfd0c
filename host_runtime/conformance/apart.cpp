// SPDX-License-Identifier: Apache-2.0
// A case in a child process, which sends its result.
#include <fmt/format.h>

#include "compiler/frontend/process_apart.h"
#include "compiler/frontend/tensor_file.h"
#include "host_runtime/conformance/conformance.h"
#include "isa/program/byte_stream.h"

namespace nnp::conformance {
namespace {

constexpr std::uint64_t kSummaryBytes = std::uint64_t{1} << 32;
constexpr unsigned kSummarySeconds = 20;

void put_strings(isa::ByteWriter& out, const std::vector<std::string>& texts) {
  out.put(static_cast<std::uint64_t>(texts.size()));
  for (const std::string& text : texts) out.put(text);
}

std::vector<std::string> get_strings(isa::ByteReader& in) {
  std::vector<std::string> texts(in.get_count(sizeof(std::uint64_t)));
  for (std::string& text : texts) text = in.get_string();
  return texts;
}

std::vector<std::uint8_t> bytes_of(const CaseResult& result) {
  isa::ByteWriter out;
  out.put(result.name), out.put(result.outcome), out.put(result.reason);
  out.put(result.chip_nodes), out.put(result.nodes);
  put_strings(out, result.operators);
  return out.take();
}

CaseResult result_of(std::span<const std::uint8_t> bytes) {
  isa::ByteReader in(bytes);
  CaseResult result;
  result.name = in.get_string(), result.outcome = in.get<Outcome>(), result.reason = in.get_string();
  result.chip_nodes = in.get<std::uint64_t>(), result.nodes = in.get<std::uint64_t>();
  result.operators = get_strings(in);
  return result;
}

std::vector<std::string> operators_of(const std::filesystem::path& model) {
  return compiler::summarise_model(model).operators;
}

CaseResult broken(const std::filesystem::path& folder, const std::string& reason) {
  CaseResult result;
  result.name = folder.filename().string(), result.outcome = Outcome::failed, result.reason = reason;
  // A file that broke one process is not read in this one.
  const auto summary =
      compiler::run_apart({kSummaryBytes, kSummarySeconds, {}}, [&](const ir::ByteSink& sink) {
        isa::ByteWriter out;
        put_strings(out, operators_of(folder / "model.onnx"));
        sink(out.take());
      });
  if (summary.end != compiler::ProcessEnd::done) return result;  // then nobody knows its operators
  isa::ByteReader in(summary.bytes.span());
  result.operators = get_strings(in);
  return result;
}

}  // namespace

CaseResult run_case_apart(const std::filesystem::path& folder, Backend& backend, unsigned seconds) {
  const auto apart = compiler::run_apart(
      {0, seconds, {}}, [&](const ir::ByteSink& sink) { sink(bytes_of(run_case(folder, backend))); });
  if (apart.end == compiler::ProcessEnd::out_of_time)
    return broken(folder, fmt::format("no end after {} s", seconds));
  if (apart.end != compiler::ProcessEnd::done)
    return broken(folder, "ended by " + compiler::describe_crash(apart));
  return result_of(apart.bytes.span());
}

}  // namespace nnp::conformance
