// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/output_file.h"

#include <unistd.h>

#include <system_error>

#include "host_runtime/cli/output_folder.h"

namespace nnp::cli {
namespace fs = std::filesystem;

OutputFile::OutputFile(fs::path path, const char* suffix)
    : path_(std::move(path)), part_(path_.string() + fmt::format(".partial-{}{}", getpid(), suffix)) {
  if (fs::exists(path_) && !fs::is_regular_file(path_))  // a rename would replace a device
    throw FileFault(fmt::format("{}: is not a file", path_.string()));
  require_writable(path_);
}

OutputFile::~OutputFile() {
  std::error_code ignored;
  if (!committed_) fs::remove(part_, ignored);
}

void OutputFile::commit() { fs::rename(part_, path_), committed_ = true; }

}  // namespace nnp::cli
