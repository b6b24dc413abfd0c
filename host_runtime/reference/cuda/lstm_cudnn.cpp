// SPDX-License-Identifier: Apache-2.0
// An LSTM as cuDNN sees it: sequences of one length, step after step in memory, and its weights in a space of
// its own, gate by gate.
#include <memory>

#include "host_runtime/reference/cuda/lstm.h"

namespace nnp::cuda {
namespace {

using gpu::Lstm;

using RnnDescriptor = Owned<cudnnRNNDescriptor_t, cudnnCreateRNNDescriptor, cudnnDestroyRNNDescriptor>;
using RnnDataDescriptor =
    Owned<cudnnRNNDataDescriptor_t, cudnnCreateRNNDataDescriptor, cudnnDestroyRNNDataDescriptor>;
using DropoutDescriptor =
    Owned<cudnnDropoutDescriptor_t, cudnnCreateDropoutDescriptor, cudnnDestroyDropoutDescriptor>;

/// ONNX's quarter i, o, f, c of cuDNN's gate i, f, c, o.
constexpr int kQuarterOfGate[] = {0, 2, 3, 1};
constexpr int kGates = 4;

cudnnMathType_t math_of(const Lstm& l) {
  if (l.element != gpu::Element::f32) return CUDNN_TENSOR_OP_MATH;
  return l.tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH;
}

void describe_sequences(const RnnDataDescriptor& d, cudnnDataType_t type, const Lstm& l, int size) {
  std::vector<int> lengths(static_cast<std::size_t>(l.B), l.T);
  NNP_CUDA(cudnnSetRNNDataDescriptor(d.get(), type, CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED, l.T, l.B, size,
                                     lengths.data(), nullptr));
}

void* pointer(gpu::Address at) { return reinterpret_cast<void*>(at); }

/// Outlives every launch.
class CudnnLstm {
 public:
  CudnnLstm(const Context& context, const Lstm& l, cudnnRNNAlgo_t algorithm) : context_(context), l_(l) {
    const cudnnDataType_t type = cudnn_type(l.element, "Lstm");
    NNP_CUDA(cudnnSetDropoutDescriptor(dropout_.get(), context.cudnn.get(), 0, nullptr, 0, 0));
    NNP_CUDA(cudnnSetRNNDescriptor_v8(rnn_.get(), algorithm, CUDNN_LSTM, CUDNN_RNN_SINGLE_INP_BIAS,
                                      CUDNN_UNIDIRECTIONAL, CUDNN_LINEAR_INPUT, type, CUDNN_DATA_FLOAT,
                                      math_of(l), l.I, l.H, l.H, 1, dropout_.get(),
                                      CUDNN_RNN_PADDED_IO_DISABLED));
    describe_sequences(x_, type, l, l.I);
    describe_sequences(y_, type, l, l.H);
    const int sizes[] = {1, l.B, l.H}, strides[] = {l.B * l.H, l.H, 1};
    NNP_CUDA(cudnnSetTensorNdDescriptor(state_.get(), type, 3, sizes, strides));
    NNP_CUDA(cudnnGetRNNTempSpaceSizes(context.cudnn.get(), rnn_.get(), CUDNN_FWD_MODE_INFERENCE, x_.get(),
                                       &workspace_bytes_, &reserve_bytes_));
    std::size_t bytes = 0;
    NNP_CUDA(cudnnGetRNNWeightSpaceSize(context.cudnn.get(), rnn_.get(), &bytes));
    weights_ = std::make_unique<Memory>(bytes);
    for (int gate = 0; gate < kGates; ++gate) place_gate(gate);
  }

  void queue() const {
    NNP_CUDA(cudnnRNNForward(context_.cudnn.get(), rnn_.get(), CUDNN_FWD_MODE_INFERENCE, nullptr, x_.get(),
                             pointer(l_.x), y_.get(), pointer(l_.y), state_.get(), pointer(l_.first_h),
                             pointer(l_.last_h), state_.get(), pointer(l_.first_c), pointer(l_.last_c),
                             weights_->bytes(), weights_->get(), workspace_bytes_,
                             context_.workspace_for(workspace_bytes_, "cuDNN"), 0, nullptr));
  }

 private:
  /// w, r and bias of a gate to where cuDNN has them.
  void place_gate(int gate) const {
    const std::size_t size = size_of(l_.element), H = static_cast<std::size_t>(l_.H);
    const auto quarter = static_cast<std::size_t>(kQuarterOfGate[gate]);
    const auto place = [&](bool recurrent) {
      const TensorDescriptor matrix, bias;
      void *matrix_at = nullptr, *bias_at = nullptr;
      NNP_CUDA(cudnnGetRNNWeightParams(context_.cudnn.get(), rnn_.get(), 0, weights_->bytes(),
                                       weights_->get(), gate + (recurrent ? kGates : 0), matrix.get(),
                                       &matrix_at, bias.get(), &bias_at));
      const std::size_t bytes = H * static_cast<std::size_t>(recurrent ? l_.H : l_.I) * size;
      NNP_CUDA(cudaMemcpy(matrix_at, pointer((recurrent ? l_.r : l_.w) + quarter * bytes), bytes,
                          cudaMemcpyDeviceToDevice));
      if (recurrent) return;
      NNP_CUDA(
          cudaMemcpy(bias_at, pointer(l_.bias + quarter * H * size), H * size, cudaMemcpyDeviceToDevice));
    };
    place(false);
    place(true);
  }

  const Context& context_;
  Lstm l_;
  DropoutDescriptor dropout_;
  RnnDescriptor rnn_;
  RnnDataDescriptor x_, y_;
  TensorDescriptor state_;
  std::unique_ptr<Memory> weights_;
  std::size_t workspace_bytes_ = 0, reserve_bytes_ = 0;
};

}  // namespace

Kernel prepare_cudnn(const Context& context, const Lstm& l, cudnnRNNAlgo_t algorithm) {
  const auto lstm = std::make_shared<const CudnnLstm>(context, l, algorithm);
  return {[lstm](cudaStream_t) { lstm->queue(); },
          algorithm == CUDNN_RNN_ALGO_STANDARD ? "cuDNN LSTM" : "cuDNN LSTM, persistent"};
}

}  // namespace nnp::cuda
