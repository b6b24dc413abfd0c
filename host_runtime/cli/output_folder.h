// SPDX-License-Identifier: Apache-2.0
// --output DIR. Files are written into a temporary folder that is made before the simulation starts (so a bad
// path fails early), and moved to DIR once all are whole; without commit() nothing stays.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace nnp::cli {

class OutputFolder {
 public:
  /// Throws FileFault when the folder cannot be made or written. Parents are made as needed.
  explicit OutputFolder(std::filesystem::path target);
  ~OutputFolder();
  OutputFolder(const OutputFolder&) = delete;
  OutputFolder& operator=(const OutputFolder&) = delete;

  /// Where to write files until commit().
  const std::filesystem::path& staging() const { return staging_; }
  void write_text(const std::string& file_name, const std::string& text) const;
  /// A new target appears whole; in one that exists files of the same names are replaced and `last` arrives
  /// last.
  void commit(const std::string& last);

 private:
  void make_parents();
  std::filesystem::path target_, staging_;
  std::vector<std::filesystem::path> made_;  // folders that were not there, outermost first
  bool target_existed_ = false, committed_ = false;
};

/// Throws FileFault unless a file can be made at this path; leaves nothing there.
void require_writable(const std::filesystem::path& file);

/// Writes beside `file` and moves there once all is written: the file appears whole or stays as it was.
/// Throws FileFault.
void replace_file(const std::filesystem::path& file, const std::string& bytes);

}  // namespace nnp::cli
