// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/float_evaluator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <stdexcept>

#include "tests/unit/networks/evaluator_tensors.h"

namespace nnp::models::test {
namespace {

using Index = std::int64_t;

std::vector<Index> ints(const onnx::NodeProto& node, const std::string& name) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return {attribute.ints().begin(), attribute.ints().end()};
  }
  throw std::logic_error(node.name() + " has no " + name);
}

Index integer(const onnx::NodeProto& node, const std::string& name, Index otherwise) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return attribute.i();
  }
  return otherwise;
}

struct Window {
  Index kernel, stride, pad;
  explicit Window(const onnx::NodeProto& node)
      : kernel(ints(node, "kernel_shape")[0]), stride(ints(node, "strides")[0]), pad(ints(node, "pads")[0]) {}
  Index out(Index size) const { return (size + 2 * pad - kernel) / stride + 1; }
};

// Rows of patches, so that the inner loop runs along the output channels of a group.
Tensor conv(const Tensor& x, const Tensor& w, const Tensor* bias, const Window& window, Index groups) {
  const Index batch = x.shape[0], channels = x.shape[1], height = x.shape[2], width = x.shape[3],
              outputs = w.shape[0], own = outputs / groups;
  const Index rows = window.out(height), cols = window.out(width), k = window.kernel;
  const Index taps = channels / groups * k * k;
  std::vector<float> transposed(w.values.size());  // [groups][taps][outputs of the group]
  for (Index o = 0; o < outputs; ++o) {
    for (Index t = 0; t < taps; ++t)
      transposed[static_cast<std::size_t>((o / own * taps + t) * own + o % own)] =
          w.values[static_cast<std::size_t>(o * taps + t)];
  }
  Tensor y{{batch, outputs, rows, cols},
           std::vector<float>(static_cast<std::size_t>(batch * outputs * rows * cols))};
  std::vector<float> sums(static_cast<std::size_t>(outputs));
  for (Index n = 0; n < batch; ++n) {
    for (Index i = 0; i < rows; ++i) {
      for (Index j = 0; j < cols; ++j) {
        for (std::size_t o = 0; o < sums.size(); ++o) sums[o] = bias != nullptr ? bias->values[o] : 0;
        for (Index t = 0; t < groups * taps; ++t) {
          const Index c = t / (k * k);
          const Index h = i * window.stride - window.pad + t / k % k;
          const Index v = j * window.stride - window.pad + t % k;
          if (h < 0 || h >= height || v < 0 || v >= width) continue;
          const float value =
              x.values[static_cast<std::size_t>(((n * channels + c) * height + h) * width + v)];
          if (value == 0) continue;
          const float* row = transposed.data() + t * own;
          float* into = sums.data() + t / taps * own;
          for (Index o = 0; o < own; ++o) into[o] += value * row[o];
        }
        for (Index o = 0; o < outputs; ++o) {
          y.values[static_cast<std::size_t>(((n * outputs + o) * rows + i) * cols + j)] =
              sums[static_cast<std::size_t>(o)];
        }
      }
    }
  }
  return y;
}

Tensor max_pool(const Tensor& x, const Window& window) {
  const Index planes = x.shape[0] * x.shape[1], height = x.shape[2], width = x.shape[3];
  Tensor y{{x.shape[0], x.shape[1], window.out(height), window.out(width)}, {}};
  for (Index p = 0; p < planes; ++p) {
    for (Index i = 0; i < y.shape[2]; ++i) {
      for (Index j = 0; j < y.shape[3]; ++j) {
        float best = -std::numeric_limits<float>::infinity();
        for (Index t = 0; t < window.kernel * window.kernel; ++t) {
          const Index h = i * window.stride - window.pad + t / window.kernel;
          const Index v = j * window.stride - window.pad + t % window.kernel;
          if (h < 0 || h >= height || v < 0 || v >= width) continue;
          best = std::max(best, x.values[static_cast<std::size_t>((p * height + h) * width + v)]);
        }
        y.values.push_back(best);
      }
    }
  }
  return y;
}

Tensor batch_norm(Tensor x, const Tensor& scale, const Tensor& bias, const Tensor& mean,
                  const Tensor& variance) {
  const auto channels = scale.values.size();
  const std::size_t pixels = static_cast<std::size_t>(x.shape[2] * x.shape[3]);
  for (std::size_t i = 0; i < x.values.size(); ++i) {
    const std::size_t c = i / pixels % channels;
    x.values[i] = (x.values[i] - mean.values[c]) / std::sqrt(variance.values[c] + 1e-5f) * scale.values[c] +
                  bias.values[c];
  }
  return x;
}

Tensor global_average_pool(const Tensor& x) {
  const Index pixels = x.shape[2] * x.shape[3];
  Tensor y{{x.shape[0], x.shape[1], 1, 1}, {}};
  for (Index p = 0; p < x.shape[0] * x.shape[1]; ++p) {
    float sum = 0;
    for (Index i = 0; i < pixels; ++i) sum += x.values[static_cast<std::size_t>(p * pixels + i)];
    y.values.push_back(sum / static_cast<float>(pixels));
  }
  return y;
}

// The last dimension of x by w, which is [outputs, inputs] or, not transposed, [inputs, outputs].
Tensor matmul(const Tensor& x, const Tensor& w, bool transposed) {
  const Index inputs = x.shape.back(), outputs = transposed ? w.shape[0] : w.shape[1];
  Tensor y{x.shape, {}};
  y.shape.back() = outputs;
  for (Index row = 0; row < product(x.shape) / inputs; ++row) {
    std::vector<float> sums(static_cast<std::size_t>(outputs));
    const float* in = x.values.data() + row * inputs;
    for (Index o = 0; transposed && o < outputs; ++o) {
      for (Index i = 0; i < inputs; ++i)
        sums[static_cast<std::size_t>(o)] += in[i] * w.values[static_cast<std::size_t>(o * inputs + i)];
    }
    for (Index i = 0; !transposed && i < inputs; ++i) {
      for (Index o = 0; o < outputs; ++o)
        sums[static_cast<std::size_t>(o)] += in[i] * w.values[static_cast<std::size_t>(i * outputs + o)];
    }
    y.values.insert(y.values.end(), sums.begin(), sums.end());
  }
  return y;
}

template <typename Element>
std::vector<float> converted(const std::string& raw) {
  std::vector<Element> elements(raw.size() / sizeof(Element));
  std::memcpy(elements.data(), raw.data(), raw.size());
  return {elements.begin(), elements.end()};
}

Tensor initializer(const onnx::TensorProto& proto) {
  Tensor tensor{{proto.dims().begin(), proto.dims().end()}, {}};
  const auto type = proto.data_type();
  if (type == onnx::TensorProto_DataType_FLOAT) tensor.values = converted<float>(proto.raw_data());
  if (type == onnx::TensorProto_DataType_INT64) tensor.values = converted<std::int64_t>(proto.raw_data());
  if (type == onnx::TensorProto_DataType_BOOL) tensor.values = converted<char>(proto.raw_data());
  return tensor;
}

Tensor mapped(Tensor x, float (*function)(float)) {
  for (float& value : x.values) value = function(value);
  return x;
}

Tensor slice(Tensor x, const Tensor& begins, const Tensor& ends, const Tensor& axes) {
  for (std::size_t i = 0; i < axes.values.size(); ++i)
    x = part(x, integers(axes)[i], integers(begins)[i], integers(ends)[i]);
  return x;
}

using Inputs = std::vector<const Tensor*>;

Tensor run_layer(const onnx::NodeProto& node, const Inputs& in) {
  const std::string& op = node.op_type();
  if (op == "Conv")
    return conv(*in[0], *in[1], in.size() > 2 ? in[2] : nullptr, Window(node), integer(node, "group", 1));
  if (op == "MaxPool") return max_pool(*in[0], Window(node));
  if (op == "BatchNormalization") return batch_norm(*in[0], *in[1], *in[2], *in[3], *in[4]);
  if (op == "GlobalAveragePool") return global_average_pool(*in[0]);
  if (op == "Gemm") return elementwise(matmul(*in[0], *in[1], true), *in[2], std::plus<>());
  if (op == "MatMul" && in[1]->shape.size() == 2) return matmul(*in[0], *in[1], false);
  if (op == "MatMul") return product_of_matrices(*in[0], *in[1]);
  if (op == "LSTM") return lstm(*in[0], *in[1], *in[2], *in[3]);
  if (op == "GRU") return gru(*in[0], *in[1], *in[2], *in[3]);
  if (op == "Softmax") return softmax(*in[0]);
  if (op == "ReduceMean") return mean_along_last(*in[0]);
  throw std::logic_error("the tests' evaluator has no " + op);
}

Tensor run(const onnx::NodeProto& node, const Inputs& in) {
  const std::string& op = node.op_type();
  // A value an element.
  if (op == "Relu") return mapped(*in[0], [](float x) { return std::max(x, 0.0f); });
  if (op == "Clip")
    return elementwise(elementwise(*in[0], *in[1], [](float x, float low) { return std::max(x, low); }),
                       *in[2], [](float x, float high) { return std::min(x, high); });
  if (op == "Tanh") return mapped(*in[0], [](float x) { return std::tanh(x); });
  if (op == "Sqrt") return mapped(*in[0], [](float x) { return std::sqrt(x); });
  if (op == "Erf") return mapped(*in[0], [](float x) { return std::erf(x); });
  if (op == "Add") return elementwise(*in[0], *in[1], std::plus<>());
  if (op == "Sub") return elementwise(*in[0], *in[1], std::minus<>());
  if (op == "Mul") return elementwise(*in[0], *in[1], std::multiplies<>());
  if (op == "Div") return elementwise(*in[0], *in[1], std::divides<>());
  if (op == "Pow") return elementwise(*in[0], *in[1], [](float x, float y) { return std::pow(x, y); });
  if (op == "Where") return where(*in[0], *in[1], *in[2]);
  // Values elsewhere.
  if (op == "Gather") return gather(*in[0], *in[1], integer(node, "axis", 0));
  if (op == "Transpose") return transpose(*in[0], ints(node, "perm"));
  if (op == "Reshape") return reshape(*in[0], integers(*in[1]));
  if (op == "Flatten") return reshape(*in[0], {in[0]->shape[0], -1});
  if (op == "Slice") return slice(*in[0], *in[1], *in[2], *in[3]);
  if (op == "Concat") return concat(in, integer(node, "axis", 0));
  if (op == "Shape")
    return {{static_cast<Index>(in[0]->shape.size())}, {in[0]->shape.begin(), in[0]->shape.end()}};
  if (op == "Squeeze") {
    Tensor y = *in[0];
    y.shape.erase(y.shape.begin() + 1);
    return y;
  }
  return run_layer(node, in);
}

double deviation(const std::vector<float>& values) {
  double sum = 0;
  double squares = 0;
  for (const float value : values) {
    sum += value;
    squares += static_cast<double>(value) * value;
  }
  const double mean = sum / static_cast<double>(values.size());
  return std::sqrt(std::max(squares / static_cast<double>(values.size()) - mean * mean, 0.0));
}

}  // namespace

Tensor random_tensor(const std::vector<std::int64_t>& shape) {
  std::mt19937_64 random(1);
  std::normal_distribution<float> normal;
  Tensor tensor{shape, std::vector<float>(static_cast<std::size_t>(product(shape)))};
  for (float& value : tensor.values) value = normal(random);
  return tensor;
}

// Nodes that only make the zero initial states of an LSTM, as PyTorch writes them; lstm() assumes those.
static bool is_about_states(const onnx::NodeProto& node, const std::map<std::string, Tensor>& values) {
  const std::string& op = node.op_type();
  if (op == "Constant" || op == "ConstantOfShape" || op == "Unsqueeze" || !values.contains(node.input(0)))
    return true;
  return (op == "Concat" || op == "Gather" || op == "Expand") &&
         !std::all_of(node.input().begin(), node.input().end(),
                      [&](const std::string& name) { return values.contains(name); });
}

std::map<std::string, Tensor> evaluate(const onnx::ModelProto& model, std::map<std::string, Tensor> values) {
  for (const auto& proto : model.graph().initializer()) values[proto.name()] = initializer(proto);
  for (const auto& node : model.graph().node()) {
    if (is_about_states(node, values)) continue;
    Inputs inputs;
    for (const std::string& name : node.input()) {
      if (values.contains(name)) inputs.push_back(&values.at(name));
    }
    if (node.op_type() != "Split") {
      values[node.output(0)] = run(node, inputs);
      continue;
    }
    Index begin = 0;
    const auto sizes = integers(*inputs.at(1));
    for (int i = 0; i < node.output_size(); begin += sizes[static_cast<std::size_t>(i++)])
      values[node.output(i)] =
          part(*inputs[0], integer(node, "axis", 0), begin, begin + sizes[static_cast<std::size_t>(i)]);
  }
  return values;
}

void expect_activations_in_scale(const onnx::ModelProto& model, const std::map<std::string, Tensor>& inputs,
                                 const std::set<std::string>& operators) {
  const auto values = evaluate(model, inputs);
  for (const auto& node : model.graph().node()) {
    if (!operators.empty() && !operators.contains(node.op_type())) continue;
    const Tensor& value = values.at(node.output(0));
    if (!operators.empty() && value.shape.back() == 1) continue;  // a size, or a row's variance
    const double scale = deviation(value.values);
    EXPECT_TRUE(scale >= 0.2 && scale <= 5) << node.name() << " (" << node.op_type() << "): " << scale;
  }
  const Tensor& output = values.at(model.graph().output(0).name());
  const std::size_t length = static_cast<std::size_t>(output.shape.back());
  std::vector<float> difference;
  for (std::size_t i = 0; i < length; ++i) difference.push_back(output.values[i] - output.values[length + i]);
  EXPECT_GE(deviation(difference), 0.2) << "two samples give nearly the same outputs";
}

}  // namespace nnp::models::test
