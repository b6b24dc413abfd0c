// SPDX-License-Identifier: Apache-2.0
// Where the CUDA part is looked for: this program has a folder of its own, into which the tests put one.
#include "host_runtime/reference/cuda/open.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "tests/support/environment_variable.h"

namespace nnp::gpu {
namespace {

namespace fs = std::filesystem;
using test::EnvironmentVariable;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

/// libnnpsim_cuda.so beside this program, gone with this.
struct Beside {
  Beside() : path(fs::read_symlink("/proc/self/exe").parent_path() / "libnnpsim_cuda.so") {
    fs::remove(path);
  }
  ~Beside() { fs::remove(path); }
  fs::path path;
};

std::string device_or_reason() {
  std::string reason = "left from before";
  const std::unique_ptr<Gpu> gpu = open_cuda(reason);
  if (!gpu) return reason;
  EXPECT_EQ(reason, "");
  return gpu->device().name;
}

// One test for all that lies beside the program: tests may run at the same time, and a library stays loaded.
TEST(OpenCuda, TakesTheLibraryBesideTheProgramUnlessTheVariableNamesAnother) {
  const Beside beside;
  std::ofstream(beside.path) << "no library";
  {
    const EnvironmentVariable unset("NNPSIM_CUDA_LIBRARY", "");
    // Where there is no device, that is the reason, whatever the library is like.
    EXPECT_THAT(device_or_reason(), AnyOf(HasSubstr(beside.path.string()), "no CUDA device"));
    fs::remove(beside.path);
    fs::copy_file(NNPSIM_FAKE_CUDA_LIBRARY, beside.path);
    EXPECT_EQ(device_or_reason(), "Fake GPU");
  }
  const EnvironmentVariable named("NNPSIM_CUDA_LIBRARY", "/nonexistent/library.so");
  EXPECT_THAT(device_or_reason(), StartsWith("NNPSIM_CUDA_LIBRARY: /nonexistent/library.so: "));
}

TEST(OpenCuda, TakesTheLibraryThatTheVariableNames) {
  const EnvironmentVariable named("NNPSIM_CUDA_LIBRARY", NNPSIM_FAKE_CUDA_LIBRARY);
  EXPECT_EQ(device_or_reason(), "Fake GPU");
}

TEST(OpenCuda, HandsOnTheReasonOfTheLibrary) {
  const EnvironmentVariable named("NNPSIM_CUDA_LIBRARY", NNPSIM_FAKE_CUDA_LIBRARY),
      without("NNPSIM_FAKE_CUDA", "no device");
  EXPECT_EQ(device_or_reason(), "no CUDA device");
}

}  // namespace
}  // namespace nnp::gpu
