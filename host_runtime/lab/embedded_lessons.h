// SPDX-License-Identifier: Apache-2.0
// The lessons of traces/lessons, which travel inside the program (embed_lessons.cmake writes the source).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "host_runtime/lab/lesson.h"

namespace nnp::lab {

struct EmbeddedFile {
  std::string_view lesson, name, content;
};
/// Sorted by lesson and name.
std::span<const EmbeddedFile> embedded_files();

/// All lessons, in order.
std::vector<Lesson> lessons();

}  // namespace nnp::lab
