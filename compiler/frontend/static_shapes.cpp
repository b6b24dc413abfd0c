// SPDX-License-Identifier: Apache-2.0
// Symbolic dimensions, shape inference and constant folding, in turns.
#include "compiler/frontend/static_shapes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <new>
#include <set>

#include "compiler/frontend/input_dimensions.h"
#include "compiler/frontend/model_file.h"
#include "compiler/frontend/shape_arithmetic.h"
#include "compiler/frontend/shape_functions.h"
#include "compiler/frontend/tensor_proto.h"

namespace nnp::compiler {
namespace {

// ---- protobuf to plain nodes

OnnxAttribute plain_attribute(const onnx::AttributeProto& attribute, const std::string& what) {
  using onnx::AttributeProto;
  switch (attribute.type()) {
    case AttributeProto::FLOAT:
      return attribute.f();
    case AttributeProto::STRING:
      return attribute.s();
    case AttributeProto::TENSOR:
      return tensor_from_proto(attribute.t(), what);
    case AttributeProto::INTS:
      return std::vector<std::int64_t>(attribute.ints().begin(), attribute.ints().end());
    case AttributeProto::FLOATS:
      return std::vector<float>(attribute.floats().begin(), attribute.floats().end());
    case AttributeProto::STRINGS:
      return fmt::format("{}", fmt::join(attribute.strings(), ","));
    case AttributeProto::INT:
      return attribute.i();
    default:
      throw CompileError(what + " has a type that is not supported");
  }
}

OnnxNode plain_node(const onnx::NodeProto& proto) {
  OnnxNode node{proto.name(),
                proto.op_type(),
                {proto.input().begin(), proto.input().end()},
                {proto.output().begin(), proto.output().end()},
                {}};
  for (const auto& attribute : proto.attribute()) {
    const std::string what =
        fmt::format("node '{}' ({}): attribute '{}'", node.name, node.op, attribute.name());
    node.attributes.emplace(attribute.name(), plain_attribute(attribute, what));
  }
  return node;
}

// ---- inference and folding

class ShapeResolver {
 public:
  using Declared = std::map<std::string, onnx::TypeProto>;
  ShapeResolver(onnx::ModelProto proto, Declared declared)
      : proto_(std::move(proto)), declared_(std::move(declared)) {
    model_.name = proto_.graph().name();
    model_.opset = opset_of(proto_);
    for (const auto& input : proto_.graph().input()) model_.inputs.push_back(input.name());
    for (const auto& output : proto_.graph().output()) model_.outputs.push_back(output.name());
    take_constants();
    for (const auto& node : proto_.graph().node()) model_.nodes.push_back(plain_node(node));
  }

  OnnxModel run() {
    while (true) {
      infer();
      const bool folded = fold();
      if (const auto unknown = first_unknown(); !unknown)
        break;
      else if (!folded && !take_declared(*unknown))
        refuse_unknown(*unknown);
    }
    check_sizes();
    return std::move(model_);
  }

 private:
  /// Initializers become tensors. Inference reads the values of small integer ones; the others' bytes leave
  /// the protobuf.
  void take_constants() {
    for (auto& tensor : *proto_.mutable_graph()->mutable_initializer()) {
      model_.constants.insert_or_assign(
          tensor.name(), tensor_from_proto(tensor, fmt::format("initializer '{}'", tensor.name())));
      if (tensor.raw_data().size() > kKeptBytes) delete tensor.release_raw_data();  // clear keeps the memory
      if (tensor.float_data_size() > 0) tensor.clear_float_data();
    }
  }

  [[noreturn]] void refuse_unknown(const std::string& value) const {
    for (const OnnxNode& node : model_.nodes) {
      if (std::ranges::find(node.outputs, value) != node.outputs.end())
        refuse(node,
               fmt::format("the shape of value '{}' cannot be computed: it depends on the input's values",
                           value));
    }
    throw CompileError(fmt::format("the shape of value '{}' is not known", value));
  }

  /// Afresh: what an earlier turn knew in part would stay as it was, even where a value is a constant by now.
  void infer() {
    proto_.mutable_graph()->clear_value_info();
    try {
      onnx::shape_inference::InferShapes(proto_, onnx::OpSchemaRegistry::Instance(), {true, 1, true});
    } catch (const std::bad_alloc&) {
      throw;
    } catch (const std::exception& error) {
      throw CompileError(fmt::format("shapes do not fit: {}", error.what()));
    }
    const auto& graph = proto_.graph();
    for (const auto* list : {&graph.input(), &graph.value_info(), &graph.output()}) {
      for (const auto& value : *list) note_type(value);
    }
  }

  void note_type(const onnx::ValueInfoProto& value) {
    if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape()) return;
    const auto& tensor = value.type().tensor_type();
    ir::Shape shape;
    for (const auto& dim : tensor.shape().dim()) {
      if (!dim.has_dim_value() || dim.dim_value() < 0) return;
      shape.push_back(dim.dim_value());
    }
    model_.types[value.name()] = {
        element_type_of(tensor.elem_type(), fmt::format("value '{}'", value.name())), shape};
  }

  /// Nodes whose result is known become constants. True when there were any.
  bool fold() {
    std::vector<OnnxNode> rest;
    std::set<std::string> folded;
    for (OnnxNode& node : model_.nodes) {
      auto result = evaluate_shape_arithmetic(node, known_inputs(node));
      if (!result) {
        rest.push_back(std::move(node));
        continue;
      }
      const std::string& name = node.outputs.at(0);
      folded.insert(name);
      if (result->bytes().size() <= kKeptBytes)
        *proto_.mutable_graph()->add_initializer() = tensor_to_proto(*result, name);
      else
        add_shape_only(*result, name);
      model_.types.erase(name);
      model_.constants.insert_or_assign(name, std::move(*result));
    }
    model_.nodes = std::move(rest);
    if (!folded.empty()) drop_folded(folded);
    return !folded.empty();
  }

  /// Where a shape depends on values (NonZero, Compress), the one that the file declares for an output of the
  /// network holds; the node is checked against it when it runs.
  bool take_declared(const std::string& name) {
    const auto found = declared_.find(name);
    if (found == declared_.end()) return false;
    for (auto& output : *proto_.mutable_graph()->mutable_output()) {
      if (output.name() == name) *output.mutable_type() = found->second;
    }
    declared_.erase(found);
    return true;
  }

  void add_shape_only(const ir::Tensor& tensor, const std::string& name) {
    auto& proto = *proto_.mutable_graph()->add_initializer();
    proto = tensor_to_proto(ir::Tensor(tensor.type(), {0}), name);
    proto.clear_dims();
    for (const std::int64_t dim : tensor.shape()) proto.add_dims(dim);
    proto.clear_raw_data();
  }

  void drop_folded(const std::set<std::string>& folded) {
    auto& graph = *proto_.mutable_graph();
    auto nodes = std::move(*graph.mutable_node());
    graph.clear_node();
    for (auto& node : nodes) {
      if (node.output_size() == 0 || !folded.contains(node.output(0))) *graph.add_node() = std::move(node);
    }
  }

  std::vector<KnownInput> known_inputs(const OnnxNode& node) const {
    std::vector<KnownInput> known;
    for (const std::string& name : node.inputs) {
      if (const auto constant = model_.constants.find(name); constant != model_.constants.end()) {
        known.push_back({&constant->second, &constant->second.shape()});
      } else if (const auto type = model_.types.find(name); type != model_.types.end()) {
        known.push_back({nullptr, &type->second.shape});
      } else {
        known.push_back({});
      }
    }
    return known;
  }

  /// A value with a reader whose shape is not known.
  std::optional<std::string> first_unknown() const {
    std::set<std::string> read(model_.outputs.begin(), model_.outputs.end());
    for (const OnnxNode& node : model_.nodes) read.insert(node.inputs.begin(), node.inputs.end());
    for (const OnnxNode& node : model_.nodes) {
      for (const std::string& name : node.outputs) {
        if (!name.empty() && read.contains(name) && !model_.types.contains(name)) return name;
      }
    }
    return std::nullopt;
  }

  void check_sizes() const {
    for (const auto& [name, type] : model_.types) {
      if (bounded_count(type.shape) <= kLargestValue) continue;
      throw CompileError(fmt::format("value '{}': shape {} has too many elements; allowed are 0 to {}", name,
                                     describe(type.shape), kLargestValue));
    }
  }

  static constexpr std::size_t kKeptBytes = 4096;
  onnx::ModelProto proto_;
  Declared declared_;
  OnnxModel model_;
};

/// Types of the outputs whose shapes the file gives in numbers.
ShapeResolver::Declared declared_outputs(const onnx::GraphProto& graph) {
  ShapeResolver::Declared declared;
  for (const auto& output : graph.output()) {
    if (!output.type().has_tensor_type() || !output.type().tensor_type().has_shape()) continue;
    const auto& dims = output.type().tensor_type().shape().dim();
    const bool numbers = std::ranges::all_of(
        dims, [](const auto& dim) { return dim.has_dim_value() && dim.dim_value() >= 0; });
    if (numbers && !dims.empty()) declared.emplace(output.name(), output.type());
  }
  return declared;
}

void bind_constants(onnx::GraphProto& graph, const std::map<std::string, ir::Tensor>& constants) {
  for (const auto& [name, tensor] : constants) *graph.add_initializer() = tensor_to_proto(tensor, name);
}

}  // namespace

OnnxModel make_static(onnx::ModelProto model, const ImportOptions& options) {
  auto declared = declared_outputs(model.graph());
  bind_constants(*model.mutable_graph(), options.constants);
  fix_inputs(*model.mutable_graph(), options);
  return ShapeResolver(std::move(model), std::move(declared)).run();
}

}  // namespace nnp::compiler
