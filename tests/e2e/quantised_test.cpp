// SPDX-License-Identifier: Apache-2.0
// Networks that are quantised themselves, and layers of different precision, through the program: equal to
// the naive reference code by code, every product on the chip.
#include <nlohmann/json.hpp>

#include <map>
#include <set>

#include "tests/e2e/expect.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/compiler/quantised_maker.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;
using Ints = QuantisedMaker::Ints;

std::vector<float> scales(std::size_t count, float first) {
  std::vector<float> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(first * (1 + 0.1f * static_cast<float>(i % 7)));
  return result;
}

/// x -> Conv, Relu -> MaxPool -> Conv -> Add -> GlobalAveragePool -> Flatten -> Gemm, a pair around each.
std::string conv_net(const Code& x, const Code& hidden, const Code& sum) {
  QuantisedMaker m;
  m.input("x", {1, 3, 12, 12}).output("y").params("x", x).params("h", hidden).params("s", sum);
  m.quantize("x", "x.q", "x").dequantize("x.q", "x.d", "x");
  m.weights("w1", {8, 3, 3, 3}, random_codes(8 * 27, -127, 127, 1), scales(8, 0.004f), 0)
      .bias("b1", random_codes(8, -900, 900, 2), scales(8, 0.00008f));
  m.node("Conv", {"x.d", "w1", "b1"}, {"c1"}, {{"pads", Ints{1, 1, 1, 1}}}).node("Relu", {"c1"}, {"r1"});
  m.quantize("r1", "r1.q", "h").dequantize("r1.q", "r1.d", "h");
  m.node("MaxPool", {"r1.d"}, {"p"}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{2, 2}}});
  m.quantize("p", "p.q", "h").dequantize("p.q", "p.d", "h");
  m.weights("w2", {8, 8, 3, 3}, random_codes(8 * 72, -127, 127, 3), scales(8, 0.002f), 0);
  m.node("Conv", {"p.d", "w2"}, {"c2"}, {{"pads", Ints{1, 1, 1, 1}}})
      .quantize("c2", "c2.q", "s")
      .dequantize("c2.q", "c2.d", "s");
  m.node("Add", {"c2.d", "p.d"}, {"a"}).quantize("a", "a.q", "s").dequantize("a.q", "a.d", "s");
  m.node("GlobalAveragePool", {"a.d"}, {"g"}).quantize("g", "g.q", "h").dequantize("g.q", "g.d", "h");
  m.node("Flatten", {"g.d"}, {"f"}).quantize("f", "f.q", "h").dequantize("f.q", "f.d", "h");
  m.weights("w3", {8, 5}, random_codes(40, -127, 127, 4), scales(5, 0.01f), 1);
  m.node("MatMul", {"f.d", "w3"}, {"o"}).quantize("o", "o.q", "s").dequantize("o.q", "y", "s");
  return m.bytes();
}

class Quantised : public testing::Test {
 protected:
  Json run(Words arguments) {
    arguments.insert(arguments.begin(), "run");
    arguments.insert(arguments.end(), {"--json", "--check", "naive,onednn"});
    const Outcome outcome = run_nnpsim(arguments);
    EXPECT_EQ(outcome.exit, 0) << reproducer(arguments) << '\n' << outcome.err;
    if (outcome.exit != 0) return Json::object({{"check", Json::array()}, {"layers", Json::array()}});
    Json json = Json::parse(outcome.out);
    for (const Json& check : json["check"]) {
      EXPECT_EQ(check["status"], "passed") << reproducer(arguments) << '\n' << check.dump();
      EXPECT_EQ(check["mismatches"], 0) << reproducer(arguments);
    }
    return json;
  }
  static std::map<std::string, std::string> places(const Json& run) {
    std::map<std::string, std::string> result;
    for (const Json& layer : run["layers"]) result[layer["name"]] = layer["where"];
    return result;
  }
  std::string table(const std::string& text) { return folder_.file("precision.toml", text); }
  TemporaryFolder folder_;
};

TEST_F(Quantised, ConvNetRunsWhollyOnTheChipAndIsEqualToTheReference) {
  const std::string unsigned_net =
      folder_.file("u8.onnx", conv_net(u8(0.02, 120), u8(0.03, 0), u8(0.05, 99)));
  const std::string signed_net =
      folder_.file("s8.onnx", conv_net(s8(0.02, -8), s8(0.03, -128), s8(0.05, -29)));
  std::map<std::string, std::string> shas;
  for (const char* chip : {"edge8", "tpu_v1", "gemmini16", "nvdla_full", "hbm128"}) {
    for (const std::string& net : {unsigned_net, signed_net}) {
      const Json result = run({net, "--chip", chip});
      for (const Json& layer : result["layers"])
        EXPECT_TRUE(layer["where"] == "chip" || layer["op"] == "QuantizeLinear" ||
                    layer["op"] == "DequantizeLinear" || layer["op"] == "Cast")
            << chip << " " << layer.dump();
      if (result.contains("outputs")) shas[result["outputs"][0]["sha256"]] = chip;
    }
  }
  EXPECT_EQ(shas.size(), 1u) << "s8 codes with a zero point are u8 codes 128 further on, on every chip";
}

TEST_F(Quantised, LayersOfBothWidthsMeetOnTheChip) {
  for (const char* op : {"Gemm", "Conv", "MaxPool"}) {
    const std::string file = table("[operator]\n" + std::string(op) + " = \"int8x16\"\n");
    for (const char* chip : {"edge8", "tpu_v1"}) {
      const Json result = run({"lenet5", "--chip", chip, "--precision-file", file});
      for (const Json& layer : result["layers"])
        if (layer["macs"] != 0) EXPECT_EQ(layer["where"], "chip") << layer.dump();
    }
  }
}

TEST_F(Quantised, Bfloat16AndInt8LayersMeetOnTheChip) {
  for (const Words& words :
       {Words{"int8", "Conv", "bf16"}, Words{"bf16", "Conv", "int8"}, Words{"int8", "Gemm", "bf16"}}) {
    const std::string file = table("[operator]\n" + words[1] + " = \"" + words[2] + "\"\n");
    const Json result =
        run({"lenet5", "--chip", "hbm128", "--precision", words[0], "--precision-file", file});
    std::size_t casts = 0;
    std::set<std::string> precisions;
    for (const Json& layer : result["layers"]) {
      if (layer["where"] == "chip") precisions.insert(layer["precision"]);
      if (layer["macs"] != 0) EXPECT_EQ(layer["where"], "chip") << layer.dump();
      casts += layer["op"] == "Cast" && layer["where"] == "chip";
    }
    EXPECT_GT(casts, 0u) << words[0] << ", " << words[1] << " " << words[2];
    EXPECT_EQ(precisions, (std::set<std::string>{"bf16", "int8"}));
    const Outcome table =
        run_nnpsim({"run", "lenet5", "--chip", "hbm128", "--precision", words[0], "--precision-file", file});
    EXPECT_NE(table.out.find("where  precision  from cycle"), std::string::npos) << table.out;
  }
}

TEST_F(Quantised, AQuantisedNetHasItsFloatLayersInTheOtherPrecisionThatWasAskedFor) {
  QuantisedMaker m;
  m.input("x", {1, 16}).output("y").params("h", u8(0.03, 100)).floats("w0", {16, 16});
  m.node("MatMul", {"x", "w0"}, {"a"}).quantize("a", "a.q", "h").dequantize("a.q", "a.d", "h");
  m.weights("w1", {16, 8}, random_codes(128, -127, 127, 4), scales(8, 0.01f), 1);
  m.node("MatMul", {"a.d", "w1"}, {"b"}).quantize("b", "b.q", "h").dequantize("b.q", "y", "h");
  const std::string net = folder_.file("half.onnx", m.bytes());
  EXPECT_EQ(places(run({net, "--chip", "hbm128"}))["a_node"], "host");
  const auto both = places(run({net, "--chip", "hbm128", "--precision", "bf16"}));
  EXPECT_EQ(both.at("a_node"), "chip");
  EXPECT_EQ(both.at("b_node"), "chip");
  const auto asked =
      places(run({net, "--chip", "edge8", "--precision-file", table("[layer]\na_node = \"int8\"\n")}));
  EXPECT_EQ(asked.at("a_node"), "chip");
}

TEST_F(Quantised, ALayerOfTheHostIsTheHosts) {
  const Json result =
      run({"lenet5", "--chip", "edge8", "--precision-file", table("[operator]\nMaxPool = \"host\"\n")});
  std::size_t pools = 0;
  for (const Json& layer : result["layers"])
    if (layer["op"] == "MaxPool") {
      ++pools;
      EXPECT_EQ(layer["where"], "host");
    }
  EXPECT_GT(pools, 0u);
}

TEST_F(Quantised, PrecisionFilesAreRefusedWithPlaceAndNearestName) {
  const auto refused = [&](const std::string& text, int exit, const Words& words) {
    expect_refused({"run", "lenet5", "--chip", "edge8", "--precision-file", table(text)}, exit, words);
  };
  refused("[layers]\nx = \"int8\"\n", 2, {"precision.toml:2:1: ", "\"layers.x\"", "did you mean layer?"});
  refused("[operator]\nConv = \"int16\"\n", 2, {"precision.toml:2:", "operator \"Conv\"", "\"int16\""});
  refused("[operator]\nConf = \"int8\"\n", 2,
          {"precision.toml: the network has no operator 'Conf'; did you mean 'Conv'?"});
  refused("[operator]\nConv = \"bf16\"\n", 2,
          {"chip edge8 has no precision bf16; allowed are int8, int8x16, host"});
  refused("", 2, {"names no layer and no operator"});
  expect_refused({"run", "lenet5", "--precision-file", folder_.path("none.toml")}, 3,
                 {"none.toml: cannot be read"});
}

}  // namespace
}  // namespace nnp::test
