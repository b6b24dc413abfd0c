// SPDX-License-Identifier: Apache-2.0
// Files that are not what they claim. Every one ends in one of the two exceptions, quickly, without much
// memory.
#include <gtest/gtest.h>

#include <random>

#include "compiler/compile_error.h"
#include "tests/unit/compiler/onnx_maker.h"

namespace nnp {
namespace {

using compiler::CompileError;
using compiler::ModelFileError;
using test::OnnxMaker;
using Ints = OnnxMaker::Ints;

ir::Graph import_bytes(const std::string& bytes) {
  return compiler::import_onnx(test::TemporaryFile(bytes).path());
}

template <typename Error>
std::string message(const std::string& bytes) {
  try {
    import_bytes(bytes);
  } catch (const Error& error) {
    return error.what();
  }
  return "(no such error)";
}

/// A network with something of everything, small.
std::string small_model() {
  OnnxMaker maker;
  maker.input("x", {1, 2, 6, 6})
      .floats("w", {3, 2, 3, 3})
      .floats("b", {3})
      .floats("f", {12, 4})
      .ints("to", {2}, {1, -1})
      .output("y");
  maker.node("Conv", {"x", "w", "b"}, {"c"}, {{"pads", Ints{1, 1, 1, 1}}, {"strides", Ints{2, 2}}})
      .node("Relu", {"c"}, {"r"});
  maker.node("MaxPool", {"r"}, {"p"}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{1, 1}}})
      .node("Reshape", {"p", "to"}, {"v"});
  maker.node("MatMul", {"v", "f"}, {"m"}).node("Softmax", {"m"}, {"y"}, {{"axis", 1}});
  return maker.bytes();
}

TEST(FrontendFiles, MissingEmptyAndDirectoryAreModelFileErrors) {
  EXPECT_THROW(compiler::import_onnx("/no/such/file.onnx"), ModelFileError);
  EXPECT_THROW(compiler::import_onnx("/"), ModelFileError);
  EXPECT_THROW(import_bytes(""), ModelFileError);
}

TEST(FrontendFiles, CutAnywhereIsAModelFileError) {
  const std::string bytes = small_model();
  ASSERT_NO_THROW(import_bytes(bytes));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THROW(import_bytes(bytes.substr(0, size)), ModelFileError) << "first " << size << " bytes";
  }
}

TEST(FrontendFiles, RandomBytesAreModelFileErrors) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    std::string bytes(random() % 400, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    EXPECT_THROW(import_bytes(bytes), ModelFileError) << "round " << round;
  }
}

TEST(FrontendFiles, DamagedOnesNeverCrash) {
  const std::string good = small_model();
  int refused = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    std::mt19937 random(seed);
    std::string bytes = good;
    for (unsigned change = 0; change <= seed % 4; ++change)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    try {
      const ir::Graph graph = import_bytes(bytes);
      EXPECT_TRUE(ir::verify(graph).empty()) << "seed " << seed;
    } catch (const CompileError&) {
      ++refused;
    } catch (const ModelFileError&) {
      ++refused;
    } catch (const std::exception& error) {
      ADD_FAILURE() << "seed " << seed << ": " << error.what();
    }
  }
  EXPECT_GT(refused, 500);
}

TEST(FrontendFiles, TensorsThatDeclareMoreThanTheyHoldAreModelFileErrors) {
  const std::int64_t huge = std::int64_t{1} << 40;
  for (const ir::Shape& shape : {ir::Shape{huge}, ir::Shape{huge, huge}, ir::Shape{2}, ir::Shape{-1}}) {
    OnnxMaker maker;
    maker.input("x", {4}).broken_initializer("w", shape, 4).output("y").node("Add", {"x", "w"}, {"y"});
    EXPECT_NE(message<ModelFileError>(maker.bytes()).find("initializer 'w' declares"), std::string::npos);
  }
}

TEST(FrontendFiles, ExternalDataIsRefusedWithAdvice) {
  OnnxMaker maker;
  maker.input("x", {4}).broken_initializer("w", {4}, 0, true).output("y").node("Add", {"x", "w"}, {"y"});
  EXPECT_NE(message<CompileError>(maker.bytes()).find("save the model as one file"), std::string::npos);
}

TEST(FrontendFiles, HugeInputsAreRefused) {
  OnnxMaker maker;
  maker.input("x", {1 << 30, 1 << 30, 1 << 30}).output("y").node("Relu", {"x"}, {"y"});
  EXPECT_NE(message<CompileError>(maker.bytes()).find("elements"), std::string::npos);
}

TEST(FrontendOperators, UnknownOnesAreNamedWithWhatIsSupported) {
  OnnxMaker maker;
  maker.input("x", {4})
      .output("y")
      .node("Bernoulli", {"x"}, {"e"})
      .node("Relu", {"e"}, {"r"})
      .node("TfIdfVectorizer", {"r"}, {"y"});
  const std::string text = message<CompileError>(maker.bytes());
  EXPECT_NE(text.find("node 'e_node': operator Bernoulli is not supported"), std::string::npos) << text;
  EXPECT_NE(text.find("node 'y_node': operator TfIdfVectorizer is not supported"), std::string::npos) << text;
  EXPECT_NE(text.find("AveragePool, BatchNormalization"), std::string::npos) << text;
}

TEST(FrontendOperators, SetsOutsideSevenToSeventeenAreRefused) {
  for (const int opset : {1, 5, 18, 1000}) {
    OnnxMaker maker(opset);
    maker.input("x", {4}).output("y").node("Relu", {"x"}, {"y"});
    EXPECT_NE(message<CompileError>(maker.bytes()).find("supported are 7 to 17"), std::string::npos) << opset;
  }
  for (int opset = 6; opset <= 17; ++opset) {  // Relu of set 6 is that of 7
    OnnxMaker maker(opset);
    maker.input("x", {4}).output("y").node("Relu", {"x"}, {"y"});
    EXPECT_NO_THROW(maker.import()) << opset;
  }
}

TEST(FrontendOperators, AttributesThatDivideAreChecked) {
  OnnxMaker stride;
  stride.input("x", {1, 1, 4, 4})
      .output("y")
      .node("MaxPool", {"x"}, {"y"}, {{"kernel_shape", Ints{2, 2}}, {"strides", Ints{0, 1}}});
  EXPECT_NE(message<CompileError>(stride.bytes()).find("attribute 'strides' holds 0; allowed are 1 to"),
            std::string::npos);
  for (const OnnxMaker::Attribute& zero :
       {OnnxMaker::Attribute(0), OnnxMaker::Attribute(OnnxMaker::NoField{})}) {
    OnnxMaker group;
    group.input("x", {1, 1, 4, 4})
        .floats("w", {1, 1, 1, 1})
        .output("y")
        .node("Conv", {"x", "w"}, {"y"}, {{"group", zero}});
    EXPECT_NE(message<CompileError>(group.bytes()).find("attribute 'group' holds 0"), std::string::npos);
  }
}

TEST(FrontendOperators, WeightsWithoutTheAxesOfAConvTransposeAreRefused) {
  OnnxMaker maker;
  maker.input("x", {1, 2, 6, 6}).floats("w", {6}).output("y").node("ConvTranspose", {"x", "w"}, {"y"});
  EXPECT_NE(message<CompileError>(maker.bytes()).find("weights 'w' have rank 1; at least 3"),
            std::string::npos);
}

TEST(FrontendOperators, ShapesThatDoNotFitAreRefused) {
  OnnxMaker maker;
  maker.input("x", {3, 4}).floats("w", {5, 6}).output("y").node("MatMul", {"x", "w"}, {"y"});
  EXPECT_NE(message<CompileError>(maker.bytes()).find("shapes do not fit"), std::string::npos);
}

}  // namespace
}  // namespace nnp
