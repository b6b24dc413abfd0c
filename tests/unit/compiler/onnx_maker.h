// SPDX-License-Identifier: Apache-2.0
// Writes small ONNX models for tests. Keeps the ONNX headers out of the tests themselves.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "compiler/frontend/frontend.h"

namespace nnp::test {

class OnnxMaker {
 public:
  using Dim = std::variant<int, const char*>;  // a size, or a name ("" for an unnamed unknown one)
  using Ints = std::vector<std::int64_t>;
  struct NoField {};  // an INT attribute whose number is missing from the file
  using Attribute = std::variant<int, NoField, float, const char*, Ints, std::vector<float>,
                                 std::vector<std::string>, ir::Tensor>;

  explicit OnnxMaker(int opset = 13);
  OnnxMaker(OnnxMaker&&) noexcept;
  ~OnnxMaker();

  OnnxMaker& input(const std::string& name, std::vector<Dim>, ir::DType = ir::DType::f32);
  OnnxMaker& output(const std::string& name, ir::DType = ir::DType::f32);
  OnnxMaker& floats(const std::string& name, ir::Shape,
                    std::vector<float> = {});  // no values: a fixed pattern around 0
  OnnxMaker& ints(const std::string& name, ir::Shape, Ints);
  OnnxMaker& tensor(const std::string& name, const ir::Tensor&);
  /// Another set of operators; its operators are written with it: "com.microsoft.QLinearAdd".
  OnnxMaker& domain(const std::string& name);
  OnnxMaker& node(const std::string& op, std::vector<std::string> inputs, std::vector<std::string> outputs,
                  std::map<std::string, Attribute> = {});
  /// An initializer that says one thing of its shape and another of its data.
  OnnxMaker& broken_initializer(const std::string& name, ir::Shape, std::size_t raw_bytes,
                                bool external = false);

  std::string bytes() const;
  ir::Graph import(const compiler::ImportOptions& = {}) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The values `floats` makes up: (7 i mod 13 - 6) / 8.
std::vector<float> pattern(std::size_t count);

/// Writes bytes to a file that lives as long as this.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& bytes);
  ~TemporaryFile();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Runs a graph with one input by plain loops; its first output.
std::vector<float> run(const ir::Graph&, const std::vector<float>& input);

}  // namespace nnp::test
