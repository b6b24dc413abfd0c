// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/program/program_mutation.h"

namespace nnp::fuzz {
namespace {

ir::ValueId any_id(Random& random, const ir::Graph& graph) {
  if (once_in(random, 10)) return ir::kNoValue;
  if (once_in(random, 20)) return static_cast<ir::ValueId>(odd_number(random));
  return static_cast<ir::ValueId>(below(random, graph.values.size()));
}

void change_list(Random& random, const ir::Graph& graph, std::vector<ir::ValueId>& ids) {
  if (ids.empty() || once_in(random, 5)) return ids.push_back(any_id(random, graph));
  if (once_in(random, 5)) return ids.pop_back();
  any_of(random, ids) = any_id(random, graph);
}

void change_value(Random& random, ir::Value& value) {
  switch (below(random, 6)) {
    case 0:
      value.type = static_cast<ir::DType>(below(random, static_cast<std::size_t>(ir::kLastDType) + 1));
      return;
    case 1:
      if (!value.shape.empty() && !once_in(random, 4)) {
        any_of(random, value.shape) = odd_number(random);
      } else if (once_in(random, 2) && !value.shape.empty()) {
        value.shape.pop_back();
      } else {
        value.shape.push_back(once_in(random, 2) ? 1 : odd_number(random));
      }
      return;
    case 2:
      if (!value.quant) return void(value.quant.emplace());
      if (once_in(random, 4)) return value.quant.reset();
      if (once_in(random, 3)) return void(value.quant->axis = static_cast<std::int32_t>(odd_number(random)));
      if (once_in(random, 2))
        return void(value.quant->zero_point = static_cast<std::int32_t>(odd_number(random)));
      if (value.quant->scale.empty() || once_in(random, 3)) return value.quant->scale.push_back(0.5f);
      any_of(random, value.quant->scale) =
          static_cast<float>(odd_number(random)) * (once_in(random, 2) ? 1e-30f : 1.0f);
      return;
    case 3:
      if (value.constant && once_in(random, 3)) return value.constant.reset();
      if (value.constant && !value.constant->bytes().empty()) {
        const auto bytes = value.constant->bytes();
        for (int i = 0; i < 8; ++i) any_of(random, bytes) = static_cast<std::uint8_t>(random());
      }
      return;
    case 4:
      return damage(random, value.name);
    default:
      if (value.constant && !value.constant->shape().empty()) {  // shape and bytes still agree
        const ir::Shape flat{static_cast<std::int64_t>(value.constant->size())};
        value.constant->reshape(flat);
        value.shape = flat;
      }
  }
}

void change_node(Random& random, const ir::Graph& graph, ir::Node& node) {
  switch (below(random, 7)) {
    case 0:
      node.op = static_cast<ir::Op>(below(random, static_cast<std::size_t>(ir::kLastOp) + 1));
      return;
    case 1:
      return change_list(random, graph, node.inputs);
    case 2:
      return change_list(random, graph, node.outputs);
    case 3:
      node.on_host = !node.on_host;
      return;
    case 4:
      node.clamp = {static_cast<float>(odd_number(random)), static_cast<float>(odd_number(random))};
      return;
    case 5:
      node.attributes = graph.nodes[below(random, graph.nodes.size())].attributes;
      return;
    default:
      std::visit(
          [&](auto& attributes) {
            using T = std::decay_t<decltype(attributes)>;
            // The numbers of a family of attributes lie side by side; one of them becomes another.
            if constexpr (std::is_trivially_copyable_v<T> && sizeof(T) >= sizeof(std::int64_t) &&
                          !std::is_same_v<T, std::monostate>) {
              if constexpr (std::is_same_v<T, ir::ConvAttributes> || std::is_same_v<T, ir::AxisAttributes> ||
                            std::is_same_v<T, ir::ConvTransposeAttributes>) {
                std::int64_t words[sizeof(T) / sizeof(std::int64_t)];
                std::memcpy(words, &attributes, sizeof words);
                any_of(random, words) = odd_number(random);
                std::memcpy(&attributes, words, sizeof words);
              } else if constexpr (std::is_same_v<T, ir::PoolAttributes>) {
                any_of(random, once_in(random, 2) ? attributes.kernel : attributes.strides) =
                    odd_number(random);
                any_of(random, attributes.pads) = odd_number(random);
              } else if constexpr (std::is_same_v<T, ir::LstmAttributes> ||
                                   std::is_same_v<T, ir::RecurrentAttributes>) {
                attributes.hidden_size = odd_number(random);
              } else if constexpr (std::is_same_v<T, ir::NormalizationAttributes>) {
                attributes.axis = odd_number(random);
              }
            } else if constexpr (std::is_same_v<T, ir::TransposeAttributes>) {
              if (!attributes.permutation.empty())
                any_of(random, attributes.permutation) = odd_number(random);
            } else if constexpr (std::is_same_v<T, ir::SliceAttributes>) {
              if (!attributes.starts.empty())
                any_of(random, once_in(random, 2) ? attributes.starts : attributes.steps) =
                    odd_number(random);
            } else if constexpr (std::is_same_v<T, ir::PadAttributes>) {
              if (!attributes.begin.empty())
                any_of(random, once_in(random, 2) ? attributes.begin : attributes.end) = odd_number(random);
            } else if constexpr (std::is_same_v<T, ir::ReduceAttributes>) {
              attributes.axes.push_back(odd_number(random));
            }
          },
          node.attributes);
  }
}

}  // namespace

void mutate(Random& random, ir::Graph& graph) {
  if (graph.values.empty() || graph.nodes.empty()) return;
  switch (below(random, 12)) {
    case 0:
      return change_list(random, graph, once_in(random, 2) ? graph.inputs : graph.outputs);
    case 1:
      return std::swap(any_of(random, graph.nodes), any_of(random, graph.nodes));
    case 2:
    case 3:
    case 4:
    case 5:
    case 6:
      return change_value(random, any_of(random, graph.values));
    default:
      return change_node(random, graph, any_of(random, graph.nodes));
  }
}

}  // namespace nnp::fuzz
