// SPDX-License-Identifier: Apache-2.0
#include "sim/units/dram/request_trace.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

namespace nnp::sim {
namespace {

std::string shown(int c) {
  if (c < 0) return "the end of the file";
  if (c == '\n') return "the end of the line";
  return c > ' ' && c < 127 ? fmt::format("'{}'", static_cast<char>(c)) : fmt::format("byte 0x{:02x}", c);
}

int hex_digit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

RequestTrace::RequestTrace(std::string path, Bytes capacity)
    : path_(std::move(path)), capacity_(capacity), file_(std::fopen(path_.c_str(), "rb")), buffer_(1 << 16) {
  if (file_ == nullptr) throw TraceError(fmt::format("{}: {}", path_, std::strerror(errno)));
}

bool RequestTrace::fill() {
  passed_ += end_;
  at_ = 0;
  end_ = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
  if (end_ == 0 && std::ferror(file_.get()) != 0)
    throw TraceError(fmt::format("{}: {}", path_, std::strerror(errno)));
  return end_ != 0;
}

void RequestTrace::fail(std::uint64_t column, const std::string& what) const {
  throw TraceError(fmt::format("{}:{}:{}: {}", path_, line_, column, what));
}

void RequestTrace::skip_blanks() {
  for (int c = peek(); c == ' ' || c == '\t' || c == '\r'; c = peek()) ++at_;
}

void RequestTrace::skip_rest_of_line() {
  for (int c = peek(); c != '\n' && c != kEnd; c = peek()) ++at_;
}

bool RequestTrace::next(TraceRequest& request) {
  while (true) {
    skip_blanks();
    const int c = peek();
    if (c == kEnd) return false;
    if (c == '#') skip_rest_of_line();
    if (c == '#' || c == '\n') {
      if (peek() == kEnd) return false;
      ++at_, ++line_, line_start_ = passed_ + at_;
      continue;
    }
    if (c != 'R' && c != 'W')
      fail(column(), fmt::format("{} begins no request; write R 0xADDR or W 0xADDR", shown(c)));
    request.write = c == 'W';
    ++at_;
    if (const int blank = peek(); blank != ' ' && blank != '\t')
      fail(column(), fmt::format("{} after {}; a blank and an address 0x... come here", shown(blank),
                                 request.write ? 'W' : 'R'));
    skip_blanks();
    request.address = address();
    skip_blanks();
    if (const int rest = peek(); rest != '\n' && rest != kEnd && rest != '#')
      fail(column(), fmt::format("{} after the address; one request a line", shown(rest)));
    return true;
  }
}

Address RequestTrace::address() {
  const std::uint64_t start = column();
  const int zero = peek();
  if (zero == '0') ++at_;
  const int x = zero == '0' ? peek() : kEnd;
  if (x != 'x' && x != 'X')
    fail(start, fmt::format("{} begins no address; write 0x and hexadecimal digits", shown(zero)));
  ++at_;
  Address value = 0;
  int digits = 0;
  for (int digit = hex_digit(peek()); digit >= 0; digit = hex_digit(peek()), ++digits) {
    if (value >> 60 != 0) fail(start, "the address has more than 64 bits");
    value = value << 4 | static_cast<Address>(digit);
    ++at_;
  }
  if (digits == 0) fail(column(), fmt::format("{} where a hexadecimal digit comes", shown(peek())));
  if (value < capacity_) return value;
  ++folded_;
  return value % capacity_;
}

}  // namespace nnp::sim
