// SPDX-License-Identifier: Apache-2.0
// disassemble(Program): directives, then each launch with its instructions, then the byte images.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "isa/program/assembler.h"
#include "isa/program/instruction_text.h"
#include "isa/program/program_directives.h"

namespace nnp::isa {
namespace {

constexpr std::size_t kBytesPerLine = 48;

class Writer {
 public:
  explicit Writer(const Program& program) : program_(program) {}

  std::string text() {
    header();
    for (const LayerInfo& layer : program_.layers) layer_line(layer);
    for (const TileInfo& tile : program_.tiles) {
      line(".tile layer={} m0={} n0={} m={} n={}", tile.layer, tile.m0, tile.n0, tile.m, tile.n);
    }
    if (launches_partition_the_stream()) {
      for (const Launch& launch : program_.launches) {
        line(".launch");
        launch_lines(launch);
        instructions(launch.first_instruction, launch.instruction_count);
      }
    } else {
      for (const Launch& launch : program_.launches) {
        line(".launch first={} count={}", launch.first_instruction, launch.instruction_count);
        launch_lines(launch);
      }
      instructions(0, program_.instructions.size());
    }
    bytes(".constants", program_.constants);
    bytes(".graph", program_.graph);
    return std::move(out_);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Args>(args)...);
    out_ += '\n';
  }

  void header() {
    line(".network {}", quote(program_.network));
    line(".chip {}", quote(program_.chip));
    line(".precision {}", to_string(program_.precision));
    line(".batch {}", program_.batch);
    if (program_.sub_batch != 0) line(".sub_batch {}", program_.sub_batch);
    line(".arch_hash {:#x}", program_.arch_hash);
    line(".instruction_address {:#x}", program_.instruction_address);
    line(".device_bytes {}", program_.device_bytes);
    line(".host_bytes {}", program_.host_bytes);
  }

  void layer_line(const LayerInfo& layer) {
    std::string nodes;
    for (const std::string& node : layer.onnx_nodes) nodes += (nodes.empty() ? " nodes=" : ",") + quote(node);
    line(".layer name={} op={} where={} macs={} weight_bytes={}{}", quote(layer.name), quote(layer.op),
         kWhereNames[layer.on_host ? 1 : 0], layer.macs, layer.weight_bytes, nodes);
  }

  void launch_lines(const Launch& launch) {
    for (std::size_t counter = 0; counter < kTokenCounters; ++counter) {
      const std::uint16_t initial = launch.initial_tokens[counter];
      if (initial != 0) line(".token counter={} initial={}", counter, initial);
    }
    for (const HostTensor& tensor : launch.inputs) tensor_line(".input", tensor);
    for (const HostTensor& tensor : launch.outputs) tensor_line(".output", tensor);
  }

  void tensor_line(const char* directive, const HostTensor& tensor) {
    const auto type = static_cast<std::size_t>(tensor.type);
    const std::string shape =
        tensor.shape.empty() ? "" : fmt::format(" shape={}", fmt::join(tensor.shape, ","));
    line("{} value={}{} type={} pixel_bytes={} host_address={:#x} bytes={}", directive, quote(tensor.value),
         shape, type < kElementTypeNames.size() ? kElementTypeNames[type] : "unknown", tensor.pixel_bytes,
         tensor.host_address, tensor.bytes);
  }

  bool launches_partition_the_stream() const {
    std::size_t next = 0;
    for (const Launch& launch : program_.launches) {
      if (launch.first_instruction != next) return false;
      next += launch.instruction_count;
    }
    return next == program_.instructions.size();
  }

  void instructions(std::size_t first, std::size_t count) {
    for (std::size_t i = first; i < first + count; ++i) {
      append_text(out_, program_.instructions[i]);
      out_ += '\n';
    }
  }

  void bytes(std::string_view directive, const ByteImage& image) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    for (std::size_t at = 0; at < image.size(); at += kBytesPerLine) {
      out_ += directive;
      out_ += ' ';
      for (std::size_t i = at; i < std::min(at + kBytesPerLine, image.size()); ++i) {
        out_ += kDigits[image[i] >> 4];
        out_ += kDigits[image[i] & 0xF];
      }
      out_ += '\n';
    }
  }

  const Program& program_;
  std::string out_;
};

}  // namespace

std::string disassemble(const Program& program) { return Writer(program).text(); }

}  // namespace nnp::isa
