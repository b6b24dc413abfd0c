// SPDX-License-Identifier: Apache-2.0
// A file that gets its name when it is whole; until then and on any failure there is a temporary one.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {

class OutputFile {
 public:
  /// `suffix`: what the temporary name ends in. Throws FileFault where no file can be made.
  explicit OutputFile(std::filesystem::path path, const char* suffix = "");
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  const std::filesystem::path& part() const { return part_; }
  void commit();

 private:
  std::filesystem::path path_, part_;
  bool committed_ = false;
};

/// `told` is the name that a message shows. Throws FileFault when not all could be written.
template <typename Write>
void write_stream(const std::filesystem::path& path, const std::string& told, Write&& write) {
  std::ofstream stream(path, std::ios::binary);
  write(stream);
  stream.close();
  if (!stream) throw FileFault(fmt::format("{}: cannot be written", told));
}

}  // namespace nnp::cli
