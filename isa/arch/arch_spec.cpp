// SPDX-License-Identifier: Apache-2.0
// The canonical text of an ArchSpec and its FNV-1a hash (Fowler, Noll, Vo: 64-bit offset basis and prime).
#include "isa/arch/arch_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace nnp::isa {
namespace {

constexpr std::uint64_t kFnvOffsetBasis = 0xcbf29ce484222325;
constexpr std::uint64_t kFnvPrime = 0x100000001b3;

/// One line a field. Precisions are a set: their order and repetitions do not count.
std::string canonical_text(const ArchSpec& arch) {
  std::string text;
  const auto line = [&text](const char* name, const auto& value) {
    fmt::format_to(std::back_inserter(text), "{}={}\n", name, value);
  };
  line("array_kind", to_string(arch.array_kind));
  line("array_rows", arch.array_rows);
  line("array_cols", arch.array_cols);
  line("most_rows", arch.most_rows);
  line("weight_fetch", to_string(arch.weight_fetch));
  line("weight_align_bytes", arch.weight_align_bytes);
  line("weight_fifo_tiles", arch.weight_fifo_tiles);
  line("accumulator_rows", arch.accumulator_rows);
  line("unified_buffer_bytes", arch.unified_buffer_bytes);
  line("buffer_word_bytes", arch.buffer_word_bytes);
  line("residency", to_string(arch.residency));
  line("channel_align_bytes", arch.channel_align_bytes);
  line("device_memory_bytes", arch.device_memory_bytes);
  std::vector<Precision> precisions = arch.precisions;
  std::sort(precisions.begin(), precisions.end());
  precisions.erase(std::unique(precisions.begin(), precisions.end()), precisions.end());
  for (const Precision precision : precisions) line("precision", to_string(precision));
  return text;
}

}  // namespace

std::uint64_t hash(const ArchSpec& arch) {
  std::uint64_t value = kFnvOffsetBasis;
  for (const char c : canonical_text(arch)) value = (value ^ static_cast<unsigned char>(c)) * kFnvPrime;
  return value;
}

const char* to_string(Precision precision) {
  switch (precision) {
    case Precision::int8:
      return "int8";
    case Precision::int8x16:
      return "int8x16";
    case Precision::bf16:
      return "bf16";
    case Precision::fp32:
      return "fp32";
  }
  return "unknown";
}

const char* to_string(ArrayKind kind) {
  switch (kind) {
    case ArrayKind::weight_stationary:
      return "weight_stationary";
    case ArrayKind::output_stationary:
      return "output_stationary";
    case ArrayKind::input_stationary:
      return "input_stationary";
    case ArrayKind::adder_tree:
      return "adder_tree";
  }
  return "unknown";
}

const char* to_string(WeightFetch fetch) {
  switch (fetch) {
    case WeightFetch::padded:
      return "padded";
    case WeightFetch::exact:
      return "exact";
  }
  return "unknown";
}

const char* to_string(Residency residency) {
  switch (residency) {
    case Residency::network:
      return "network";
    case Residency::layer:
      return "layer";
  }
  return "unknown";
}

}  // namespace nnp::isa
