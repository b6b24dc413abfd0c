// SPDX-License-Identifier: Apache-2.0
// Results of gpu-bench: what is read from a good file, and what is said of a bad one.
#include "host_runtime/comparison/gpu_results.h"

#include <gtest/gtest.h>

namespace nnp::comparison {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_gpu_results(text, "r.json");
  } catch (const ResultsFileError& error) {
    return error.what();
  }
  return "accepted";
}

/// A file with one row, whose members are given.
std::string file_with(const std::string& row) {
  return R"({"schema": "nnpsim.gpu/1", "device": {"name": "G"}, "rows": [{)" + row + "}]}";
}
constexpr const char* kRow = R"("network": "n", "precision": "int8", "batch": 8, "status": "measured")";

TEST(GpuResults, AreReadWithDeviceCeilingsRowsAndLayers) {
  const GpuResults results = read_gpu_results(NNPSIM_SOURCE_DIR "/tests/data/gpu_lenet5.json");
  EXPECT_EQ(results.device, "Handmade GPU");
  EXPECT_EQ(results.operations_per_s.at("int8"), 1e14);
  EXPECT_EQ(results.copy_bytes_per_s, 1e12);
  ASSERT_EQ(results.rows.size(), 4u);
  const GpuRow& row = results.rows[0];
  EXPECT_EQ(row.latency_s, 1e-3);
  EXPECT_EQ(row.latency_p99_s, 2e-3);
  EXPECT_EQ(row.upload_s, 1e-5);
  EXPECT_EQ(row.runs, 200u);
  EXPECT_EQ(row.macs, 416520u);
  EXPECT_EQ(row.check, "passed");
  ASSERT_EQ(row.layers.size(), 1u);
  EXPECT_EQ(row.layers[0].name, "conv1");
  EXPECT_EQ(row.layers[0].time_s, 1e-4);
  EXPECT_FALSE(results.rows[1].latency_p99_s) << "not told";
  EXPECT_FALSE(results.rows[2].measured);
  EXPECT_EQ(results.rows[2].reason, "not asked for");
  EXPECT_NE(results.conditions().find(
                "gpu_lenet5.json of 2026-01-02: driver 1.2.3, CUDA 13.0, cuDNN 9.0, cuBLAS 13.0"),
            std::string::npos)
      << results.conditions();
}

TEST(GpuResults, ThatAreNoJsonAreRefusedWithLineAndColumn) {
  EXPECT_EQ(refusal("{\n  \"schema\": nnpsim}"), "r.json:2:14: not JSON from here on");
  EXPECT_EQ(refusal("").substr(0, 9), "r.json:1:");
}

TEST(GpuResults, OfAnotherSchemaAreRefusedByItsName) {
  EXPECT_EQ(
      refusal(R"({"schema": "nnpsim.run/1"})"),
      "r.json: is no results file of gpu-bench: its schema is \"nnpsim.run/1\", must be \"nnpsim.gpu/1\"");
  EXPECT_EQ(refusal("{}"),
            "r.json: is no results file of gpu-bench: its schema is missing, must be \"nnpsim.gpu/1\"");
  EXPECT_EQ(refusal("[1]"),
            "r.json: is no results file of gpu-bench: its schema is missing, must be \"nnpsim.gpu/1\"");
}

TEST(GpuResults, ThatLackOrMisstateAFigureAreRefusedWithItsPlace) {
  EXPECT_EQ(refusal(R"({"schema": "nnpsim.gpu/1", "rows": []})"), "r.json: device is missing");
  EXPECT_EQ(refusal(R"({"schema": "nnpsim.gpu/1", "device": {"name": "G"}, "rows": 3})"),
            "r.json: rows is 3, must be an array");
  EXPECT_EQ(refusal(R"({"schema": "nnpsim.gpu/1", "device": {"name": ""}})"), "r.json: device.name is empty");
  const std::string row = kRow;
  EXPECT_EQ(refusal(file_with(row)), "r.json: rows[0].latency_s is missing");
  EXPECT_EQ(refusal(file_with(row + R"(, "latency_s": {"p50": "1 ms"})")),
            "r.json: rows[0].latency_s.p50 is \"1 ms\", must be a number of at least 0.0");
  EXPECT_EQ(refusal(file_with(row + R"(, "latency_s": {"p50": 0})")),
            "r.json: rows[0].latency_s.p50 is 0, must be above 0");
  EXPECT_EQ(refusal(file_with(R"("network": "n", "precision": "int4")")),
            "r.json: rows[0].precision is \"int4\"; allowed are int8, bf16, fp16, tf32, fp32");
  EXPECT_EQ(refusal(file_with(R"("network": "n", "precision": "int8", "batch": -1)")),
            "r.json: rows[0].batch is -1, must be a whole number of at least 1");
}

TEST(GpuResults, ThatCannotBeReadAreRefusedWithTheirPath) {
  EXPECT_THROW(read_gpu_results("/nonexistent/r.json"), ResultsFileError);
  EXPECT_THROW(read_gpu_results(NNPSIM_SOURCE_DIR), ResultsFileError) << "a folder";
}

}  // namespace
}  // namespace nnp::comparison
