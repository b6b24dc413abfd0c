// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/reference/cuda/open.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>

namespace nnp::gpu {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLibrary = "libnnpsim_cuda.so";

/// Of an open library; nullptr where it has no such name.
template <typename F>
F* function(void* library, const char* name) {
  return reinterpret_cast<F*>(dlsym(library, name));
}

/// Whether NVIDIA's driver is here and has a device: by its own library, as the CUDA part may be missing.
bool driver_has_device() {
  void* const driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (driver == nullptr) return false;
  auto* const init = function<int(unsigned)>(driver, "cuInit");
  auto* const count = function<int(int*)>(driver, "cuDeviceGetCount");
  int devices = 0;
  return init != nullptr && count != nullptr && init(0) == 0 && count(&devices) == 0 && devices > 0;
}

/// Empty where there is none.
fs::path built_library() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  for (const fs::path& folder : {program.parent_path(), fs::path(NNPSIM_CUDA_FOLDER)})
    if (fs::path library = folder / kLibrary; fs::exists(library, error)) return library;
  return {};
}

/// The library stays loaded: CUDA's own do not take being unloaded.
std::unique_ptr<Gpu> open_library(const fs::path& path, std::string& reason) {
  void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const error = dlerror();
    reason = error == nullptr ? path.string() + ": cannot be loaded" : error;
    return nullptr;
  }
  auto* const interface = function<InterfaceFunction>(library, kInterfaceName);
  auto* const open = function<OpenFunction>(library, kOpenName);
  if (interface == nullptr || open == nullptr) {
    reason = fmt::format("{}: is no CUDA part of nnpsim, it has no {}", path.string(),
                         interface == nullptr ? kInterfaceName : kOpenName);
    return nullptr;
  }
  if (interface() != kInterface) {
    reason = fmt::format("{}: has interface {}, this nnpsim has {}; both must be of one build", path.string(),
                         interface(), kInterface);
    return nullptr;
  }
  char text[1024] = "";
  std::unique_ptr<Gpu> gpu(open(text, sizeof text));
  if (!gpu) reason = *text != '\0' ? text : "no CUDA device";
  return gpu;
}

}  // namespace

std::unique_ptr<Gpu> open_cuda(std::string& reason) {
  reason.clear();
  if (const char* given = std::getenv("NNPSIM_CUDA_LIBRARY"); given != nullptr && *given != '\0') {
    auto gpu = open_library(given, reason);
    if (!gpu && reason != "no CUDA device") reason = "NNPSIM_CUDA_LIBRARY: " + reason;
    return gpu;
  }
  const fs::path library = built_library();
  auto gpu = library.empty() ? nullptr : open_library(library, reason);
  if (gpu) return gpu;
  if (library.empty())
    reason = "this build has no CUDA part (nvcc and cuDNN were not found when it was built)";
  if (!driver_has_device()) reason = "no CUDA device";
  return nullptr;
}

}  // namespace nnp::gpu
