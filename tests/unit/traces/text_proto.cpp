// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/traces/text_proto.h"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

#include "tests/support/temporary_folder.h"

namespace nnp::test {
namespace {

class Parser {
 public:
  explicit Parser(const std::string& text) : text_(text) {}
  TextMessage message(bool inside) {
    TextMessage result;
    for (skip_space(); at_ < text_.size() && text_[at_] != '}'; skip_space()) {
      const std::string field = word(": {\n");
      skip_space();
      if (next() == ':') {
        ++at_;
        skip_space();
        result.scalars[field].push_back(next() == '"' ? quoted() : word("\n"));
      } else if (next() == '{') {
        ++at_;
        result.messages[field].push_back(message(true));
      } else {
        throw std::runtime_error(fmt::format("no value of {} at byte {}", field, at_));
      }
    }
    if (inside != (at_ < text_.size())) throw std::runtime_error("braces do not match");
    if (inside) ++at_;
    return result;
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void skip_space() {
    while (next() == ' ' || next() == '\n') ++at_;
  }
  std::string word(const char* until) {
    const std::size_t end = text_.find_first_of(until, at_);
    const std::string found = text_.substr(at_, end - at_);
    at_ = end == std::string::npos ? text_.size() : end;
    return found;
  }
  std::string quoted() {
    std::string value;
    for (++at_; next() != '"' && next() != '\0'; ++at_) {
      if (next() != '\\') {
        value += next();
      } else if (++at_; next() >= '0' && next() <= '7') {
        value += static_cast<char>(std::stoi(text_.substr(at_, 3), nullptr, 8));
        at_ += 2;
      } else {
        value += next() == 'n' ? '\n' : next() == 't' ? '\t' : next();
      }
    }
    ++at_;
    return value;
  }
  const std::string& text_;
  std::size_t at_ = 0;
};

}  // namespace

TextMessage parse_text_proto(const std::string& text) { return Parser(text).message(false); }

TextMessage decode_perfetto(const std::string& path) {
  const TemporaryFolder folder;
  const std::string command = fmt::format(
      "'{}' --decode=perfetto.protos.Trace --proto_path='{}/tests/support' perfetto_subset.proto <'{}' >'{}'",
      NNPSIM_PROTOC, NNPSIM_SOURCE_DIR, path, folder.path("text"));
  if (std::system(command.c_str()) != 0) throw std::runtime_error("protoc cannot read it: " + command);
  return parse_text_proto(read_bytes(folder.path("text")));
}

}  // namespace nnp::test
