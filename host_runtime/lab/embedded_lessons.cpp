// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/lab/embedded_lessons.h"

namespace nnp::lab {

std::vector<Lesson> lessons() {
  std::vector<Lesson> list;
  const std::span<const EmbeddedFile> files = embedded_files();
  for (std::size_t at = 0; at < files.size();) {
    const std::string_view name = files[at].lesson;
    std::vector<File> own;
    for (; at < files.size() && files[at].lesson == name; ++at)
      own.push_back({std::string(files[at].name), std::string(files[at].content)});
    list.push_back(read_lesson(std::string(name), std::move(own)));
  }
  return list;
}

}  // namespace nnp::lab
