// SPDX-License-Identifier: Apache-2.0
// What the frontend makes of the zoo: a graph with all outputs, or a message that names the node it cannot
// take.
#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/compile_error.h"
#include "compiler/frontend/frontend.h"
#include "models/networks/zoo_table.h"
#include "tests/unit/networks/temporary_cache.h"

namespace nnp::models::test {
namespace {

struct Row {
  const char* network;
  bool imported;  // false: not yet, so a refusal is as good
};

class Import : public testing::TestWithParam<Row> {};

TEST_P(Import, GivesAGraphOrNamesTheNode) {
  const auto& [name, imported] = GetParam();
  const NetworkInfo& info = find_network(name).info;
  TemporaryCache cache;
  const auto file = network_file(name);
  const onnx::ModelProto model = load(file);
  try {
    const ir::Graph graph = compiler::import_network(
        file, {.dims = {{"batch", 1}, {"steps", std::max<std::int64_t>(1, info.default_steps)}}, .batch = 1});
    EXPECT_EQ(graph.outputs.size(), static_cast<std::size_t>(model.graph().output_size()));
  } catch (const compiler::CompileError& refusal) {
    const std::string message = refusal.what();
    EXPECT_FALSE(imported) << message;
    EXPECT_TRUE(std::any_of(model.graph().node().begin(), model.graph().node().end(),
                            [&](const onnx::NodeProto& node) {
                              return message.find("node '" + node.name() + "'") != std::string::npos &&
                                     message.find(node.op_type()) != std::string::npos;
                            }))
        << message;
  }
}

INSTANTIATE_TEST_SUITE_P(Zoo, Import,
                         testing::Values(Row{"lenet5", true}, Row{"lstm_lm", true},
                                         Row{"mobilenet_tiny", true}, Row{"mobilenet_v2", true},
                                         Row{"cnn0", true}, Row{"squeezenet", false}, Row{"gru_tiny", false},
                                         Row{"bilstm_speech", false}, Row{"bert_tiny", false},
                                         Row{"gpt2_tiny", false}, Row{"gpt2_tiny_decode", false}),
                         [](const auto& each) { return std::string(each.param.network); });

}  // namespace
}  // namespace nnp::models::test
