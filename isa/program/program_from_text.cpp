// SPDX-License-Identifier: Apache-2.0
// assemble(): one handler a directive, chosen from a table; a faulty line is noted and the next one read.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <span>

#include "isa/program/assembler.h"
#include "isa/program/instruction_text.h"
#include "isa/program/nearest_name.h"
#include "isa/program/program_directives.h"

namespace nnp::isa {
namespace {

constexpr std::size_t kReportedLines =
    200;  // a text that is no assembly at all should not be echoed line by line

template <typename T>
constexpr std::uint64_t largest() {
  return static_cast<std::uint64_t>(std::numeric_limits<T>::max());
}

class Reader {
 public:
  Program take() { return std::move(program_); }

  void read(const Line& line) {
    if (line.head.front() != '.') {
      if (program_.instructions.size() == largest<std::uint32_t>()) {
        throw LineError{line.column,
                        fmt::format("a program holds at most {} instructions", largest<std::uint32_t>())};
      }
      program_.instructions.push_back(instruction_from(line));
      return;
    }
    for (const Directive& directive : directives()) {
      if (line.head == directive.name) return (this->*directive.handle)(line);
    }
    std::vector<std::string_view> names;
    for (const Directive& directive : directives()) names.push_back(directive.name);
    throw LineError{line.column, unknown_name("directive", line.head, names)};
  }

  /// A launch without a stated count ends where the next one starts.
  void close_launch() {
    if (!open_launch_) return;
    Launch& launch = program_.launches.back();
    launch.instruction_count =
        static_cast<std::uint32_t>(program_.instructions.size()) - launch.first_instruction;
    open_launch_ = false;
  }

 private:
  struct Directive {
    std::string_view name;
    void (Reader::*handle)(const Line&);
  };
  static std::span<const Directive> directives();

  static const std::string& string(const Line& line) { return Arguments(line, {""}).string(""); }
  static std::uint64_t number(const Line& line, std::uint64_t high) {
    return Arguments(line, {""}).number("", high);
  }

  void network(const Line& line) { program_.network = string(line); }
  void chip(const Line& line) { program_.chip = string(line); }
  void precision(const Line& line) {
    program_.precision = static_cast<Precision>(Arguments(line, {""}).choice("", kPrecisionNames));
  }
  void batch(const Line& line) {
    program_.batch = static_cast<std::uint32_t>(number(line, largest<std::uint32_t>()));
  }
  void sub_batch(const Line& line) {
    program_.sub_batch = static_cast<std::uint32_t>(number(line, largest<std::uint32_t>()));
  }
  void arch_hash(const Line& line) { program_.arch_hash = number(line, largest<std::uint64_t>()); }
  void instruction_address(const Line& line) {
    program_.instruction_address = number(line, largest<Address>());
  }
  void device_bytes(const Line& line) { program_.device_bytes = number(line, largest<Bytes>()); }
  void host_bytes(const Line& line) { program_.host_bytes = number(line, largest<Bytes>()); }

  void layer(const Line& line) {
    const Arguments arguments(line, {"name", "op", "where", "macs", "weight_bytes", "nodes"});
    LayerInfo layer;
    layer.name = arguments.string("name");
    layer.op = arguments.find("op") != nullptr ? arguments.string("op") : "";
    layer.on_host = arguments.find("where") != nullptr && arguments.choice("where", kWhereNames) == 1;
    layer.macs = arguments.number_or("macs", largest<std::uint64_t>(), 0);
    layer.weight_bytes = arguments.number_or("weight_bytes", largest<Bytes>(), 0);
    if (const LineArgument* nodes = arguments.find("nodes")) {
      for (const LineValue& node : nodes->values) {
        if (!node.quoted) throw LineError{node.column, "names of nodes must stand in double quotes"};
        layer.onnx_nodes.push_back(node.text);
      }
    }
    program_.layers.push_back(std::move(layer));
  }

  void tile(const Line& line) {
    const Arguments arguments(line, {"layer", "m0", "n0", "m", "n"});
    const auto count = [&](std::string_view key) {
      return static_cast<std::uint32_t>(arguments.number(key, largest<std::uint32_t>()));
    };
    const auto layer = static_cast<std::uint16_t>(arguments.number("layer", largest<std::uint16_t>()));
    program_.tiles.push_back({layer, count("m0"), count("n0"), count("m"), count("n")});
  }

  void launch(const Line& line) {
    const Arguments arguments(line, {"first", "count"});
    close_launch();
    Launch launch;
    launch.first_instruction = static_cast<std::uint32_t>(program_.instructions.size());
    open_launch_ = arguments.find("first") == nullptr && arguments.find("count") == nullptr;
    if (!open_launch_) {
      launch.first_instruction =
          static_cast<std::uint32_t>(arguments.number("first", largest<std::uint32_t>()));
      launch.instruction_count =
          static_cast<std::uint32_t>(arguments.number("count", largest<std::uint32_t>()));
    }
    program_.launches.push_back(std::move(launch));
  }

  Launch& current_launch(const Line& line) {
    if (program_.launches.empty())
      throw LineError{line.column, fmt::format("{} before any .launch", line.head)};
    return program_.launches.back();
  }

  void token(const Line& line) {
    const Arguments arguments(line, {"counter", "initial"});
    const std::uint64_t counter = arguments.number("counter", kTokenCounters - 1);
    current_launch(line).initial_tokens[counter] =
        static_cast<std::uint16_t>(arguments.number("initial", largest<std::uint16_t>()));
  }

  void input(const Line& line) { current_launch(line).inputs.push_back(tensor(line)); }
  void output(const Line& line) { current_launch(line).outputs.push_back(tensor(line)); }

  static HostTensor tensor(const Line& line) {
    const Arguments arguments(line, {"value", "shape", "type", "pixel_bytes", "host_address", "bytes"});
    HostTensor tensor;
    tensor.value = arguments.string("value");
    if (const LineArgument* shape = arguments.find("shape")) {
      for (const LineValue& extent : shape->values) {
        tensor.shape.push_back(parse_number(extent, std::numeric_limits<std::int64_t>::min(),
                                            std::numeric_limits<std::int64_t>::max()));
      }
    }
    tensor.type = static_cast<ElementType>(arguments.choice("type", kElementTypeNames));
    tensor.pixel_bytes =
        static_cast<std::uint32_t>(arguments.number("pixel_bytes", largest<std::uint32_t>()));
    tensor.host_address = arguments.number("host_address", largest<Address>());
    tensor.bytes = arguments.number("bytes", largest<Bytes>());
    return tensor;
  }

  void constants(const Line& line) { append_hex(line, program_.constants.edit()); }
  void graph(const Line& line) { append_hex(line, program_.graph.edit()); }

  static void append_hex(const Line& line, std::vector<std::uint8_t>& image) {
    const LineValue& value = Arguments(line, {""}).value("");
    const auto digit = [&value](std::size_t at) {
      const char c = value.text[at];
      if (c >= '0' && c <= '9') return c - '0';
      if (c >= 'a' && c <= 'f') return c - 'a' + 10;
      if (c >= 'A' && c <= 'F') return c - 'A' + 10;
      throw LineError{value.column + at, fmt::format("'{}' is not a hexadecimal digit", c)};
    };
    if (value.quoted || value.text.size() % 2 != 0) {
      throw LineError{value.column, "expected bytes as pairs of hexadecimal digits"};
    }
    for (std::size_t at = 0; at < value.text.size(); at += 2) {
      image.push_back(static_cast<std::uint8_t>(digit(at) * 16 + digit(at + 1)));
    }
  }

  Program program_;
  bool open_launch_ = false;
};

std::span<const Reader::Directive> Reader::directives() {
  static constexpr Directive kDirectives[] = {
      {".network", &Reader::network},
      {".chip", &Reader::chip},
      {".precision", &Reader::precision},
      {".batch", &Reader::batch},
      {".sub_batch", &Reader::sub_batch},
      {".arch_hash", &Reader::arch_hash},
      {".instruction_address", &Reader::instruction_address},
      {".device_bytes", &Reader::device_bytes},
      {".host_bytes", &Reader::host_bytes},
      {".layer", &Reader::layer},
      {".tile", &Reader::tile},
      {".launch", &Reader::launch},
      {".token", &Reader::token},
      {".input", &Reader::input},
      {".output", &Reader::output},
      {".constants", &Reader::constants},
      {".graph", &Reader::graph},
  };
  return kDirectives;
}

}  // namespace

Program assemble(std::string_view text, std::string_view file_name) {
  Reader reader;
  std::string faults;
  std::size_t faulty_lines = 0;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    try {
      if (const auto line = scan_line(text.substr(0, end))) reader.read(*line);
    } catch (const LineError& error) {
      if (++faulty_lines <= kReportedLines) {
        faults += fmt::format("{}{}:{}:{}: {}", faults.empty() ? "" : "\n", file_name, line_number,
                              error.column, error.message);
      }
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  if (faulty_lines > kReportedLines)
    faults += fmt::format("\n{}: {} more faulty lines", file_name, faulty_lines - kReportedLines);
  if (!faults.empty()) throw AssemblyError(faults);
  reader.close_launch();
  return reader.take();
}

}  // namespace nnp::isa
