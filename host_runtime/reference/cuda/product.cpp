// SPDX-License-Identifier: Apache-2.0
// cuBLASLt counts by columns: our row-major d = a w is its D = A B with A = w and B = a, both as they lie in
// memory. Bytes must come as w [N, K].
#include "host_runtime/reference/cuda/product.h"

#include <cmath>
#include <memory>

#include "host_runtime/reference/cuda/kernels.h"
#include "host_runtime/reference/cuda/recording.h"

namespace nnp::cuda {
namespace {

using gpu::Element;
using gpu::Product;

constexpr int kTried = 6;

using Operation = Owned<cublasLtMatmulDesc_t,
                        [](cublasLtMatmulDesc_t* made) {
                          return cublasLtMatmulDescCreate(made, CUBLAS_COMPUTE_32F, CUDA_R_32F);
                        },
                        cublasLtMatmulDescDestroy>;
using Layout =
    Owned<cublasLtMatrixLayout_t,
          [](cublasLtMatrixLayout_t* made) { return cublasLtMatrixLayoutCreate(made, CUDA_R_32F, 1, 1, 1); },
          cublasLtMatrixLayoutDestroy>;
using Preference =
    Owned<cublasLtMatmulPreference_t, cublasLtMatmulPreferenceCreate, cublasLtMatmulPreferenceDestroy>;

cudaDataType_t data_type(Element element) {
  switch (element) {
    case Element::f16:
      return CUDA_R_16F;
    case Element::bf16:
      return CUDA_R_16BF;
    case Element::f32:
      return CUDA_R_32F;
    case Element::s8:
      return CUDA_R_8I;
    default:
      fail("Product", std::string("no product of ") + gpu::to_string(element));
  }
}

template <typename T>
void set(const Operation& operation, cublasLtMatmulDescAttributes_t what, const T& value) {
  NNP_CUDA(cublasLtMatmulDescSetAttribute(operation.get(), what, &value, sizeof value));
}
template <typename T>
void set(const Layout& layout, cublasLtMatrixLayoutAttribute_t what, const T& value) {
  NNP_CUDA(cublasLtMatrixLayoutSetAttribute(layout.get(), what, &value, sizeof value));
}

void shape(const Layout& layout, cudaDataType_t type, int rows, int columns, int batches,
           std::int64_t stride) {
  set(layout, CUBLASLT_MATRIX_LAYOUT_TYPE, static_cast<std::uint32_t>(type));
  set(layout, CUBLASLT_MATRIX_LAYOUT_ROWS, static_cast<std::uint64_t>(rows));
  set(layout, CUBLASLT_MATRIX_LAYOUT_COLS, static_cast<std::uint64_t>(columns));
  set(layout, CUBLASLT_MATRIX_LAYOUT_LD, static_cast<std::int64_t>(rows));
  set(layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, static_cast<std::int32_t>(batches));
  set(layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, stride);
}

/// A product as cuBLASLt sees it; outlives every launch.
struct Description {
  Operation operation;
  Layout w, a, d;
  Product product;
  gpu::Address residual;
  bool codes, relu;

  Description(const Product& p, gpu::Address added)
      : product(p), residual(added), codes(p.element == Element::s8), relu(p.lo == 0 && std::isinf(p.hi)) {
    const cudaDataType_t type = data_type(p.element);
    const cublasComputeType_t compute = codes    ? CUBLAS_COMPUTE_32I
                                        : p.tf32 ? CUBLAS_COMPUTE_32F_FAST_TF32
                                                 : CUBLAS_COMPUTE_32F;
    set(operation, CUBLASLT_MATMUL_DESC_COMPUTE_TYPE, static_cast<std::int32_t>(compute));
    set(operation, CUBLASLT_MATMUL_DESC_SCALE_TYPE,
        static_cast<std::int32_t>(codes ? CUDA_R_32I : CUDA_R_32F));
    const bool turned = codes || p.transposed;
    set(operation, CUBLASLT_MATMUL_DESC_TRANSA,
        static_cast<std::int32_t>(turned ? CUBLAS_OP_T : CUBLAS_OP_N));
    set(operation, CUBLASLT_MATMUL_DESC_TRANSB, static_cast<std::int32_t>(CUBLAS_OP_N));
    if (p.bias) {
      set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE,
          static_cast<std::uint32_t>(relu ? CUBLASLT_EPILOGUE_RELU_BIAS : CUBLASLT_EPILOGUE_BIAS));
      set(operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, reinterpret_cast<const void*>(p.bias));
    } else if (relu) {
      set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE, static_cast<std::uint32_t>(CUBLASLT_EPILOGUE_RELU));
    }
    shape(w, type, turned ? p.K : p.N, turned ? p.N : p.K, p.batches, p.w_stride);
    shape(a, type, p.K, p.M, p.batches, p.a_stride);
    shape(d, codes ? CUDA_R_32I : type, p.N, p.M, p.batches, p.d_stride);
  }
};

Launch launch_of(const Context& context, std::shared_ptr<const Description> what,
                 const cublasLtMatmulHeuristicResult_t& chosen, std::shared_ptr<const Memory> turned) {
  return [&context, what = std::move(what), algorithm = chosen.algo, bytes = chosen.workspaceSize,
          turned = std::move(turned)](cudaStream_t stream) {
    const Product& p = what->product;
    if (turned) transpose_bytes(turned->address(), p.w, p.K, p.N, p.w_stride == 0 ? 1 : p.batches, stream);
    const float one = 1, none = what->residual ? 1 : 0;
    const std::int32_t whole_one = 1, whole_none = 0;
    const void* alpha = what->codes ? static_cast<const void*>(&whole_one) : &one;
    const void* beta = what->codes ? static_cast<const void*>(&whole_none) : &none;
    auto* d = reinterpret_cast<void*>(p.d);
    NNP_CUDA(cublasLtMatmul(context.cublas.get(), what->operation.get(), alpha,
                            turned ? turned->get() : reinterpret_cast<const void*>(p.w), what->w.get(),
                            reinterpret_cast<const void*>(p.a), what->a.get(), beta,
                            what->residual ? reinterpret_cast<const void*>(what->residual) : d, what->d.get(),
                            d, what->d.get(), &algorithm, context.workspace_for(bytes, "cuBLASLt"), bytes,
                            stream));
    if (std::isinf(p.lo) && std::isinf(p.hi)) return;
    if (what->relu) return;
    Epilogue tail;
    tail.y = p.d, tail.element = p.element, tail.lo = p.lo, tail.hi = p.hi;
    tail.count = static_cast<std::int64_t>(p.batches) * p.M * p.N;
    nnp::cuda::launch(tail, stream);
  };
}

Kernel fastest(const Context& context, const Product& product, gpu::Address residual) {
  const auto what = std::make_shared<const Description>(product, residual);
  std::shared_ptr<const Memory> turned;  // w as [N, K], made anew at each run
  if (what->codes && !product.transposed)
    turned = std::make_shared<const Memory>(
        static_cast<std::size_t>(product.K) * static_cast<std::size_t>(product.N) *
        static_cast<std::size_t>(product.w_stride == 0 ? 1 : product.batches));
  const Preference preference;
  const std::uint64_t most = context.workspace.bytes();
  NNP_CUDA(cublasLtMatmulPreferenceSetAttribute(preference.get(), CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES,
                                                &most, sizeof most));
  // Parts of a sum are added in float32, never rounded to the result's type before.
  const std::uint32_t schemes = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE;
  NNP_CUDA(cublasLtMatmulPreferenceSetAttribute(preference.get(), CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK,
                                                &schemes, sizeof schemes));
  cublasLtMatmulHeuristicResult_t ranked[kTried];
  int count = 0;
  NNP_CUDA(cublasLtMatmulAlgoGetHeuristic(context.cublas.get(), what->operation.get(), what->w.get(),
                                          what->a.get(), what->d.get(), what->d.get(), preference.get(),
                                          kTried, ranked, &count));
  Kernel best;
  double least = INFINITY;
  for (int i = 0; i < count; ++i) {
    if (ranked[i].state != CUBLAS_STATUS_SUCCESS) continue;
    Launch launch = launch_of(context, what, ranked[i], turned);
    const double spent = seconds_of(context, launch);
    if (spent < least) least = spent, best = {std::move(launch), "cuBLASLt"};
  }
  if (!best.launch)
    fail("cuBLASLt", std::string("no algorithm for a product of ") + gpu::to_string(product.element));
  return best;
}

/// The same with rows that begin at multiples of 16 bytes: K filled up by zeros.
class PaddedProduct {
 public:
  PaddedProduct(const Context& context, const Product& p, gpu::Address residual)
      : a_(bytes(p.M, p.K)), w_(bytes(p.N, p.K)) {
    Product whole = p;
    whole.K = whole_row(p.K), whole.a = a_.address(), whole.w = w_.address();
    for (const Memory* memory : {&a_, &w_}) NNP_CUDA(cudaMemset(memory->get(), 0, memory->bytes()));
    left_ = {whole.a, p.a, p.M, p.K, whole.K, p.K};
    right_ = {whole.w, p.w, p.N, p.K, whole.K, p.K};
    product_ = fastest(context, whole, residual);
  }
  void queue(cudaStream_t stream) const {
    launch(left_, stream);
    launch(right_, stream);
    product_.launch(stream);
  }

 private:
  static std::size_t bytes(int rows, int n) {
    return static_cast<std::size_t>(rows) * static_cast<std::size_t>(whole_row(n)) * sizeof(std::uint16_t);
  }
  Memory a_, w_;
  RowsCopy left_, right_;
  Kernel product_;
};

bool gains_by_padding(const Product& p) {
  return gpu::size_of(p.element) == 2 && p.batches == 1 && p.transposed && p.K % kWholeRow != 0;
}

}  // namespace

Kernel prepare(const Context& context, const Product& p, gpu::Address residual) {
  Kernel plain = fastest(context, p, residual);
  if (!gains_by_padding(p)) return plain;
  const auto padded = std::make_shared<const PaddedProduct>(context, p, residual);
  const Launch launch = [padded](cudaStream_t stream) { padded->queue(stream); };
  if (seconds_of(context, launch) >= seconds_of(context, plain.launch)) return plain;
  return {launch, "cuBLASLt, rows padded"};
}

}  // namespace nnp::cuda
