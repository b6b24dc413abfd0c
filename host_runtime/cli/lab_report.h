// SPDX-License-Identifier: Apache-2.0
// What `lab` says, as text and as JSON (schema nnpsim.lab/1).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "host_runtime/lab/check.h"
#include "host_runtime/lab/lesson.h"

namespace nnp::cli {

std::string lab_list_text(const std::vector<lab::Lesson>&);
std::string lab_list_json(const std::vector<lab::Lesson>&);
std::string lab_start_text(const lab::Lesson&, const std::filesystem::path& folder);
std::string lab_start_json(const lab::Lesson&, const std::filesystem::path& folder);
std::string lab_check_text(const lab::Lesson&, const std::vector<lab::Judged>&);
/// An empty folder: the lesson's own files were run.
std::string lab_check_json(const lab::Lesson&, const std::filesystem::path& folder,
                           const std::vector<lab::Judged>&);

}  // namespace nnp::cli
