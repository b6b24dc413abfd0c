// SPDX-License-Identifier: Apache-2.0
#include "isa/program/tables.h"

#include <fmt/format.h>

#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

#include "isa/instruction/instruction_table.h"

namespace nnp::isa {
namespace {

constexpr Bytes kAddressable = Bytes{1} << 40;  // the address fields of isa/instruction/fields.h

bool indexes_tiles(Opcode opcode) {
  return opcode == Opcode::matmul || opcode == Opcode::conv || opcode == Opcode::drain;
}

/// a * b, or nothing past 64 bits.
std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  if (b != 0 && a > std::numeric_limits<std::uint64_t>::max() / b) return std::nullopt;
  return a * b;
}

bool range_within(std::uint64_t begin, std::uint64_t count, std::uint64_t end) {
  return begin <= end && count <= end - begin;
}

class Checker {
 public:
  Checker(const Program& program, std::size_t limit) : program_(program), limit_(limit) {}

  std::vector<std::string> faults() {
    scalars();
    layers();
    tiles();
    instructions();
    for (std::size_t i = 0; i < program_.launches.size(); ++i) launch(i);
    return std::move(faults_);
  }

 private:
  template <typename... Args>
  void fault(fmt::format_string<Args...> format, Args&&... args) {
    if (faults_.size() < limit_) faults_.push_back(fmt::format(format, std::forward<Args>(args)...));
  }

  void scalars() {
    if (program_.precision > Precision::fp32) {
      fault("precision {} does not exist", static_cast<unsigned>(program_.precision));
    }
    if (program_.batch == 0) fault("batch is 0");
    if (program_.batch != 0 && program_.sub_batch != 0 && program_.batch % program_.sub_batch != 0)
      fault("batch {} is not made of parts of {}", program_.batch, program_.sub_batch);
    for (const auto& [name, bytes] :
         {std::pair{"host", program_.host_bytes}, {"device", program_.device_bytes}})
      if (bytes > kAddressable) fault("{} {} bytes; an address has 40 bits", bytes, name);
    if (program_.constants.size() > program_.device_bytes) {
      fault("{} bytes of constants do not fit {} device bytes", program_.constants.size(),
            program_.device_bytes);
    }
    const std::uint64_t stream_bytes = program_.instructions.size() * kInstructionBytes;
    if (program_.instruction_address < program_.constants.size() ||
        !range_within(program_.instruction_address, stream_bytes, program_.device_bytes)) {
      fault(
          "the stream, {} bytes at {:#x}, does not lie between {} bytes of constants and the end of {} "
          "device bytes",
          stream_bytes, program_.instruction_address, program_.constants.size(), program_.device_bytes);
    }
  }

  void layers() {
    const std::size_t most = std::numeric_limits<std::uint16_t>::max() + std::size_t{1};
    if (program_.layers.size() > most) fault("{} layers: at most {}", program_.layers.size(), most);
    std::unordered_set<std::string_view> names;
    for (const LayerInfo& layer : program_.layers) {
      if (!names.insert(layer.name).second) fault("two layers are named '{}'", layer.name);
    }
  }

  void tiles() {
    for (std::size_t i = 0; i < program_.tiles.size(); ++i) {
      const std::uint16_t layer = program_.tiles[i].layer;
      if (layer >= program_.layers.size()) fault("tile {}: layer {} of {}", i, layer, program_.layers.size());
    }
  }

  void instructions() {
    if (program_.instructions.size() > std::numeric_limits<std::uint32_t>::max())
      fault("more than 2^32 instructions");
    for (std::size_t i = 0; i < program_.instructions.size(); ++i) {
      const Instruction& instruction = program_.instructions[i];
      if (const auto illegal = fault_of(instruction)) {
        fault("instruction {}: {}", i, *illegal);
        continue;
      }
      if (instruction.layer >= program_.layers.size()) {
        fault("instruction {}: layer {} of {}", i, instruction.layer, program_.layers.size());
      }
      if (indexes_tiles(instruction.opcode) && instruction.tag >= program_.tiles.size()) {
        fault("instruction {}: tile {} of {}", i, instruction.tag, program_.tiles.size());
      }
    }
  }

  void launch(std::size_t index) {
    const Launch& launch = program_.launches[index];
    if (!range_within(launch.first_instruction, launch.instruction_count, program_.instructions.size())) {
      fault("launch {}: {} instructions from {} on, of {}", index, launch.instruction_count,
            launch.first_instruction, program_.instructions.size());
    }
    for (const HostTensor& tensor : launch.inputs) host_tensor(index, tensor);
    for (const HostTensor& tensor : launch.outputs) host_tensor(index, tensor);
  }

  void host_tensor(std::size_t launch, const HostTensor& tensor) {
    const auto refuse = [&](const std::string& why) {
      fault("launch {}: tensor '{}' {}", launch, tensor.value, why);
    };
    if (static_cast<unsigned>(tensor.type) >= kElementTypes)
      return refuse(fmt::format("has type {}", static_cast<unsigned>(tensor.type)));
    if (!range_within(tensor.host_address, tensor.bytes, program_.host_bytes)) {
      return refuse(fmt::format("({} bytes at {:#x}) lies outside {} host bytes", tensor.bytes,
                                tensor.host_address, program_.host_bytes));
    }
    const std::size_t rank = tensor.shape.size();
    const std::size_t channel_axis = rank == 4 ? 1 : rank - 1;
    std::optional<std::uint64_t> bytes = tensor.pixel_bytes;
    std::uint64_t channels = 1;
    for (std::size_t axis = 0; axis < rank; ++axis) {
      if (tensor.shape[axis] <= 0)
        return refuse(fmt::format("has extent {} in axis {}", tensor.shape[axis], axis));
      const auto extent = static_cast<std::uint64_t>(tensor.shape[axis]);
      if (axis == channel_axis) {
        channels = extent;
      } else if (bytes) {
        bytes = product(*bytes, extent);
      }
    }
    if (channels > tensor.pixel_bytes / element_bytes(tensor.type)) {
      return refuse(
          fmt::format("does not fit {} channels in {} bytes of a pixel", channels, tensor.pixel_bytes));
    }
    if (!bytes || *bytes > tensor.bytes)
      refuse(fmt::format("does not fit its shape in {} bytes", tensor.bytes));
  }

  const Program& program_;
  std::size_t limit_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> check_tables(const Program& program, std::size_t limit) {
  return Checker(program, limit).faults();
}

}  // namespace nnp::isa
