// SPDX-License-Identifier: Apache-2.0
// reference_pages FOLDER: writes the generated pages of docs/reference there.
#include <fmt/format.h>

#include <fstream>

#include "host_runtime/cli/reference_pages.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: reference_pages FOLDER\n");
    return 2;
  }
  for (const auto& [name, text] : nnp::cli::reference_pages()) {
    const std::string path = fmt::format("{}/{}.md", argv[1], name);
    std::ofstream out(path, std::ios::binary);
    if (!(out << text).flush()) {
      fmt::print(stderr, "{}: cannot be written\n", path);
      return 3;
    }
  }
  return 0;
}
