// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/compiler/hungry_models.h"

#include <fmt/format.h>

#include "tests/unit/compiler/onnx_maker.h"

namespace nnp::test {
namespace {

ir::Tensor flag() {
  const bool on = true;
  return ir::Tensor::of<bool>({1}, {&on, 1});
}

/// A field of protobuf's wire format that holds bytes.
std::string field(unsigned number, const std::string& bytes) {
  const auto varint = [](std::size_t value) {
    std::string text;
    for (; value > 127; value >>= 7) text += static_cast<char>((value & 127) | 128);
    return text + static_cast<char>(value);
  };
  return varint(number << 3 | 2) + varint(bytes.size()) + bytes;
}

}  // namespace

std::string many_large_constants(int count) {
  OnnxMaker maker;
  maker.input("x", {1}).ints("size", {1}, {1 << 22}).output("y");
  std::vector<std::string> read{"x"};
  for (int i = 0; i < count; ++i) {
    const std::int64_t one = i;
    const std::string name = fmt::format("c{}", i);
    maker.node("ConstantOfShape", {"size"}, {name},
               {{"value", ir::Tensor::of<std::int64_t>({1}, {&one, 1})}});
    maker.node("Cast", {name}, {name + "f"}, {{"to", 1}});
    read.push_back(name + "f");
  }
  return maker.node("Sum", read, {"y"}).bytes();
}

std::string long_constant_chain(int count) {
  OnnxMaker maker;
  maker.input("x", {1, 1}, ir::DType::b8).ints("size", {2}, {2048, 2048}).output("y", ir::DType::b8);
  maker.node("ConstantOfShape", {"size"}, {"c0"}, {{"value", flag()}});
  for (int i = 0; i < count; ++i)
    maker.node("Transpose", {fmt::format("c{}", i)}, {fmt::format("c{}", i + 1)});
  return maker.node("And", {"x", fmt::format("c{}", count)}, {"y"}).bytes();
}

std::string crashing_inference() {
  OnnxMaker maker;
  maker.input("x", {1, 2, 6, 6}).floats("w", {6}).output("y");
  return maker.node("Identity", {"w"}, {"v"}).node("ConvTranspose", {"x", "v"}, {"y"}).bytes();
}

std::string nested_graphs(int depth) {
  std::string graph;
  for (int i = 0; i < depth; ++i) graph = field(1, field(5, field(6, graph)));  // graph.node.attribute.g
  // ir_version = 7, opset_import { version = 13 }, graph
  return std::string("\x08\x07") + field(8, std::string("\x10\x0d")) + field(7, graph);
}

}  // namespace nnp::test
