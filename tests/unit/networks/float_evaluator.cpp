// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/networks/float_evaluator.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <stdexcept>

namespace nnp::models::test {
namespace {

using Index = std::int64_t;

Index product(const std::vector<Index>& shape) {
  Index count = 1;
  for (const Index size : shape) count *= size;
  return count;
}

std::vector<Index> ints(const onnx::NodeProto& node, const std::string& name) {
  for (const auto& attribute : node.attribute()) {
    if (attribute.name() == name) return {attribute.ints().begin(), attribute.ints().end()};
  }
  throw std::logic_error(node.name() + " has no " + name);
}

struct Window {
  Index kernel, stride, pad;
  explicit Window(const onnx::NodeProto& node)
      : kernel(ints(node, "kernel_shape")[0]), stride(ints(node, "strides")[0]), pad(ints(node, "pads")[0]) {}
  Index out(Index size) const { return (size + 2 * pad - kernel) / stride + 1; }
};

// Rows of patches, so that the inner loop runs along the output channels.
Tensor conv(const Tensor& x, const Tensor& w, const Tensor* bias, const Window& window) {
  const Index batch = x.shape[0], channels = x.shape[1], height = x.shape[2], width = x.shape[3],
              outputs = w.shape[0];
  const Index rows = window.out(height), cols = window.out(width), k = window.kernel, taps = channels * k * k;
  std::vector<float> transposed(w.values.size());  // [taps][outputs]
  for (Index o = 0; o < outputs; ++o) {
    for (Index t = 0; t < taps; ++t)
      transposed[static_cast<std::size_t>(t * outputs + o)] =
          w.values[static_cast<std::size_t>(o * taps + t)];
  }
  Tensor y{{batch, outputs, rows, cols},
           std::vector<float>(static_cast<std::size_t>(batch * outputs * rows * cols))};
  std::vector<float> sums(static_cast<std::size_t>(outputs));
  for (Index n = 0; n < batch; ++n) {
    for (Index i = 0; i < rows; ++i) {
      for (Index j = 0; j < cols; ++j) {
        for (std::size_t o = 0; o < sums.size(); ++o) sums[o] = bias != nullptr ? bias->values[o] : 0;
        for (Index t = 0; t < taps; ++t) {
          const Index c = t / (k * k);
          const Index h = i * window.stride - window.pad + t / k % k;
          const Index v = j * window.stride - window.pad + t % k;
          if (h < 0 || h >= height || v < 0 || v >= width) continue;
          const float value =
              x.values[static_cast<std::size_t>(((n * channels + c) * height + h) * width + v)];
          if (value == 0) continue;
          const float* row = transposed.data() + t * outputs;
          for (std::size_t o = 0; o < sums.size(); ++o) sums[o] += value * row[o];
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

Tensor add(const Tensor& left, const Tensor& right) {  // as long, or one of them a single row
  if (left.values.size() < right.values.size()) return add(right, left);
  Tensor y = left;
  for (std::size_t i = 0; i < y.values.size(); ++i) y.values[i] += right.values[i % right.values.size()];
  return y;
}

float sigmoid(float x) { return 1 / (1 + std::exp(-x)); }

// ONNX: gates in the order i, o, f, c; Y is [steps, 1, batch, hidden].
Tensor lstm(const Tensor& x, const Tensor& w, const Tensor& r, const Tensor& b) {
  const Index steps = x.shape[0], batch = x.shape[1], inputs = x.shape[2], hidden = r.shape[2];
  const auto gates = static_cast<std::size_t>(4 * hidden);
  Tensor y{{steps, 1, batch, hidden}, {}};
  Tensor h{{batch, hidden}, std::vector<float>(static_cast<std::size_t>(batch * hidden))};
  std::vector<float> c = h.values;
  const Tensor w2{{4 * hidden, inputs}, w.values};
  const Tensor r2{{4 * hidden, hidden}, r.values};
  for (Index step = 0; step < steps; ++step) {
    const auto begin = x.values.begin() + step * batch * inputs;
    const Tensor now{{batch, inputs}, {begin, begin + batch * inputs}};
    const Tensor sums = add(matmul(now, w2, true), matmul(h, r2, true));
    for (std::size_t n = 0; n < static_cast<std::size_t>(batch); ++n) {
      for (std::size_t u = 0; u < static_cast<std::size_t>(hidden); ++u) {
        const auto gate = [&](std::size_t g) {
          const std::size_t row = g * static_cast<std::size_t>(hidden) + u;
          return sums.values[n * gates + row] + b.values[row] + b.values[gates + row];
        };
        const std::size_t at = n * static_cast<std::size_t>(hidden) + u;
        c[at] = sigmoid(gate(2)) * c[at] + sigmoid(gate(0)) * std::tanh(gate(3));
        h.values[at] = sigmoid(gate(1)) * std::tanh(c[at]);
      }
    }
    y.values.insert(y.values.end(), h.values.begin(), h.values.end());
  }
  return y;
}

Tensor gather(const Tensor& table, const Tensor& indices) {
  Tensor y{indices.shape, {}};
  y.shape.push_back(table.shape[1]);
  for (const float index : indices.values) {
    const auto row = table.values.begin() + static_cast<Index>(index) * table.shape[1];
    y.values.insert(y.values.end(), row, row + table.shape[1]);
  }
  return y;
}

Tensor initializer(const onnx::TensorProto& proto) {
  Tensor tensor{{proto.dims().begin(), proto.dims().end()}, {}};
  tensor.values.resize(static_cast<std::size_t>(product(tensor.shape)));
  if (proto.data_type() == onnx::TensorProto_DataType_FLOAT)
    std::memcpy(tensor.values.data(), proto.raw_data().data(), proto.raw_data().size());
  return tensor;
}

Tensor run(const onnx::NodeProto& node, const std::vector<const Tensor*>& in) {
  const std::string& op = node.op_type();
  if (op == "Conv") return conv(*in[0], *in[1], in.size() > 2 ? in[2] : nullptr, Window(node));
  if (op == "MaxPool") return max_pool(*in[0], Window(node));
  if (op == "BatchNormalization") return batch_norm(*in[0], *in[1], *in[2], *in[3], *in[4]);
  if (op == "GlobalAveragePool") return global_average_pool(*in[0]);
  if (op == "Gemm") return add(matmul(*in[0], *in[1], true), *in[2]);
  if (op == "MatMul") return matmul(*in[0], *in[1], false);
  if (op == "Add") return add(*in[0], *in[1]);
  if (op == "LSTM") return lstm(*in[0], *in[1], *in[2], *in[3]);
  if (op == "Gather") return gather(*in[0], *in[1]);
  Tensor y = *in[0];
  if (op == "Relu") {
    for (float& value : y.values) value = std::max(value, 0.0f);
  } else if (op == "Flatten") {
    y.shape = {y.shape[0], product(y.shape) / y.shape[0]};
  } else if (op == "Squeeze") {
    y.shape.erase(y.shape.begin() + 1);
  } else {
    throw std::logic_error("the tests' evaluator has no " + op);
  }
  return y;
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

// Nodes that only reckon with shapes, as PyTorch writes them around an LSTM for its zero initial states;
// lstm() assumes those.
static bool is_about_shapes(const onnx::NodeProto& node, const std::map<std::string, Tensor>& values) {
  const std::string& op = node.op_type();
  return op == "Shape" || op == "Constant" || op == "ConstantOfShape" || op == "Unsqueeze" ||
         op == "Concat" || !values.contains(node.input(0));
}

std::map<std::string, Tensor> evaluate(const onnx::ModelProto& model, std::map<std::string, Tensor> values) {
  for (const auto& proto : model.graph().initializer()) values[proto.name()] = initializer(proto);
  for (const auto& node : model.graph().node()) {
    if (is_about_shapes(node, values)) continue;
    std::vector<const Tensor*> inputs;
    for (const std::string& name : node.input()) {
      if (values.contains(name)) inputs.push_back(&values.at(name));
    }
    values[node.output(0)] = run(node, inputs);
  }
  return values;
}

void expect_activations_in_scale(const onnx::ModelProto& model, const std::map<std::string, Tensor>& inputs) {
  const auto values = evaluate(model, inputs);
  for (const auto& node : model.graph().node()) {
    const double scale = deviation(values.at(node.output(0)).values);
    EXPECT_TRUE(scale >= 0.2 && scale <= 5) << node.name() << " (" << node.op_type() << "): " << scale;
  }
  const Tensor& output = values.at(model.graph().output(0).name());
  const std::size_t length = static_cast<std::size_t>(output.shape.back());
  std::vector<float> difference;
  for (std::size_t i = 0; i < length; ++i) difference.push_back(output.values[i] - output.values[length + i]);
  EXPECT_GE(deviation(difference), 0.2) << "two samples give nearly the same outputs";
}

}  // namespace nnp::models::test
