// SPDX-License-Identifier: Apache-2.0
// Reads what `protoc --decode` prints: fields by name, each a scalar or a message.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace nnp::test {

struct TextMessage {
  std::map<std::string, std::vector<std::string>> scalars;
  std::map<std::string, std::vector<TextMessage>> messages;

  bool has(const std::string& field) const { return scalars.contains(field); }
  const std::string& text(const std::string& field) const { return scalars.at(field).at(0); }
  std::uint64_t number(const std::string& field) const { return std::stoull(text(field)); }
  const TextMessage* message(const std::string& field) const {
    const auto found = messages.find(field);
    return found == messages.end() ? nullptr : &found->second.at(0);
  }
};

/// Throws std::runtime_error where the text does not follow the format.
TextMessage parse_text_proto(const std::string& text);

/// The file as protoc reads it with tests/support/perfetto_subset.proto.
TextMessage decode_perfetto(const std::string& path);

}  // namespace nnp::test
