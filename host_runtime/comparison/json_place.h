// SPDX-License-Identifier: Apache-2.0
// A place in a JSON file that knows what it is called, so that a fault can be told as "FILE: rows[2].batch
// ...". Included by readers only: json.hpp is slow to compile.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "host_runtime/comparison/gpu_results.h"

namespace nnp::comparison {

class JsonPlace {
 public:
  using Json = nlohmann::json;
  JsonPlace(const Json& value, std::string file, std::string path = "")
      : value_(&value), file_(std::move(file)), path_(std::move(path)) {}

  [[noreturn]] void fail(const std::string& what) const {
    throw ResultsFileError(file_ + ": " + (path_.empty() ? "" : path_ + " ") + what);
  }
  bool has(const char* key) const {
    return value_->is_object() && value_->contains(key) && !(*value_)[key].is_null();
  }
  JsonPlace at(const char* key) const {
    if (!value_->is_object()) fail("is " + shown() + ", must be an object");
    const std::string path = path_.empty() ? key : path_ + '.' + key;
    if (!value_->contains(key)) JsonPlace(*value_, file_, path).fail("is missing");
    return {(*value_)[key], file_, path};
  }
  std::vector<JsonPlace> elements() const {
    if (!value_->is_array()) fail("is " + shown() + ", must be an array");
    std::vector<JsonPlace> list;
    for (std::size_t i = 0; i < value_->size(); ++i)
      list.emplace_back((*value_)[i], file_, path_ + '[' + std::to_string(i) + ']');
    return list;
  }
  std::string text() const {
    if (!value_->is_string()) fail("is " + shown() + ", must be a text");
    return value_->get<std::string>();
  }
  /// Finite, and at least `lowest`.
  double number(double lowest = 0) const {
    if (!value_->is_number() || !std::isfinite(value_->get<double>()) || value_->get<double>() < lowest)
      fail("is " + shown() + ", must be a number of at least " + Json(lowest).dump());
    return value_->get<double>();
  }
  std::uint64_t whole(std::uint64_t lowest = 0) const {
    const bool fits = value_->is_number_unsigned() && value_->get<std::uint64_t>() >= lowest;
    if (!fits) fail("is " + shown() + ", must be a whole number of at least " + std::to_string(lowest));
    return value_->get<std::uint64_t>();
  }
  /// Absent or null: nothing.
  std::optional<double> number_if(const char* key) const {
    return has(key) ? std::optional(at(key).number()) : std::nullopt;
  }
  std::string text_if(const char* key) const { return has(key) ? at(key).text() : std::string(); }
  std::uint64_t whole_if(const char* key) const { return has(key) ? at(key).whole() : 0; }
  const Json& json() const { return *value_; }

 private:
  std::string shown() const {
    const std::string text = value_->dump(-1, ' ', true, Json::error_handler_t::replace);
    return text.size() <= 40 ? text : text.substr(0, 38) + "..";
  }
  const Json* value_;
  std::string file_, path_;
};

}  // namespace nnp::comparison
