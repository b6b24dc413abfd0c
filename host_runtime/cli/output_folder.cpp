// SPDX-License-Identifier: Apache-2.0
#include "host_runtime/cli/output_folder.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

#include "host_runtime/cli/errors.h"

namespace nnp::cli {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void refuse(const fs::path& path, const std::string& why) {
  throw FileFault(fmt::format("{}: {}", path.string(), why));
}

}  // namespace

OutputFolder::OutputFolder(fs::path target) : target_(std::move(target)) {
  std::error_code error;
  if (!target_.has_filename()) target_ = target_.parent_path();  // "DIR/"
  target_existed_ = fs::exists(target_, error);
  if (target_existed_ && !fs::is_directory(target_, error)) refuse(target_, "not a folder");
  const std::string suffix = fmt::format("partial-{}", getpid());
  if (target_existed_)
    staging_ = target_ / ("." + suffix);
  else
    make_parents(), staging_ = target_.string() + "." + suffix;
  if (!fs::create_directory(staging_, error) || error) {
    const std::string why =
        fmt::format("cannot be written: {}", error ? error.message() : "a leftover folder is in the way");
    for (auto made = made_.rbegin(); made != made_.rend(); ++made) fs::remove(*made, error);
    refuse(target_, why);
  }
}

OutputFolder::~OutputFolder() {
  if (committed_) return;
  std::error_code ignored;
  fs::remove_all(staging_, ignored);
  for (auto made = made_.rbegin(); made != made_.rend(); ++made)
    fs::remove(*made, ignored);  // only where still empty
}

void OutputFolder::make_parents() {
  std::error_code error;
  std::vector<fs::path> missing;
  for (fs::path parent = fs::absolute(target_).parent_path();
       !fs::exists(parent, error) && parent.has_relative_path(); parent = parent.parent_path())
    missing.push_back(parent);
  for (auto folder = missing.rbegin(); folder != missing.rend(); ++folder) {
    if (!fs::create_directory(*folder, error) || error)
      break;  // making the folder itself will fail and say why
    made_.push_back(*folder);
  }
}

void OutputFolder::write_text(const std::string& file_name, const std::string& text) const {
  std::ofstream file(staging_ / file_name, std::ios::binary);
  file << text;
  file.close();
  if (!file) refuse(staging_ / file_name, "cannot be written");
}

void OutputFolder::commit(const std::string& last) {
  if (!target_existed_) {
    fs::rename(staging_, target_);
  } else {
    for (const fs::directory_entry& entry : fs::directory_iterator(staging_))
      if (entry.path().filename() != last) fs::rename(entry.path(), target_ / entry.path().filename());
    fs::rename(staging_ / last, target_ / last);
    fs::remove(staging_);
  }
  committed_ = true;
}

void require_writable(const fs::path& file) {
  std::error_code error;
  if (fs::is_directory(file, error)) refuse(file, "is a folder");
  fs::path probe = file;
  probe += fmt::format(".probe-{}", getpid());
  const bool made = std::ofstream(probe).is_open();
  fs::remove(probe, error);
  if (!made) refuse(file, "cannot be written");
}

void replace_file(const fs::path& file, const std::string& bytes) {
  fs::path partial = file;
  partial += fmt::format(".partial-{}", getpid());
  std::ofstream out(partial, std::ios::binary);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  std::error_code error;
  if (out) {
    fs::rename(partial, file, error);
    if (!error) return;
  }
  std::error_code ignored;
  fs::remove(partial, ignored);
  refuse(file,
         error ? fmt::format("cannot be replaced: {}", error.message()) : "cannot be written to its end");
}

}  // namespace nnp::cli
