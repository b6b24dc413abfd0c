// SPDX-License-Identifier: Apache-2.0
// Accesses per opcode, straight from the operand fields and descriptor words of fields.h.
#include "isa/program/access.h"

#include <algorithm>
#include <initializer_list>
#include <limits>

#include "isa/arch/matrix_shape.h"
#include "isa/instruction/host_runs.h"

namespace nnp::isa {
namespace {

constexpr std::int64_t kParamBytes = 8;  // {int32 bias, float32 scale}
constexpr std::int64_t kTable8Entries = 256, kTable16Entries = 513;
constexpr std::int64_t kGeometryLimit = std::int64_t{1}
                                        << 24;  // keeps products of damaged descriptors inside int64

struct Step {
  std::int64_t count, stride;
};

/// Collects the accesses of one instruction.
class Collector {
 public:
  Collector(const Instruction& instruction, const Descriptor& descriptor, const ArchSpec& arch)
      : instruction_(instruction), descriptor_(descriptor), arch_(arch) {}

  std::vector<Access> run();

 private:
  std::int64_t get(const Field& field) const { return static_cast<std::int64_t>(instruction_.get(field)); }
  std::int64_t word_at(unsigned index) const { return static_cast<std::int32_t>(descriptor_[index]); }
  std::int64_t geometry(unsigned index) const {
    return std::clamp(word_at(index), -kGeometryLimit, kGeometryLimit);
  }
  bool flag(std::uint8_t bit) const { return (instruction_.flags & bit) != 0; }
  std::int64_t type_bytes(unsigned shift) const {
    return element_bytes(static_cast<ElementType>((descriptor_[word::types] >> shift) & 0xFu));
  }

  void interval(Space space, bool write, std::int64_t begin, std::int64_t end);
  void strided(Space space, bool write, std::int64_t base, std::int64_t run,
               std::initializer_list<Step> steps);
  void image_rows(std::int64_t base, std::int64_t m0, std::int64_t m, std::int64_t first_tap_row,
                  std::int64_t last_tap_row, std::int64_t pixel_bytes);

  void host_copy();
  void device_copy();
  void weights();
  void matmul();
  void conv();
  void accumulate();
  void drain();
  void elementwise();
  void pool();
  void move();
  void reduce();

  const Instruction& instruction_;
  const Descriptor& descriptor_;
  const ArchSpec& arch_;
  std::vector<Access> found_;
};

/// An interval that starts below address 0 is moved to the top of the address space, where no memory is.
void Collector::interval(Space space, bool write, std::int64_t begin, std::int64_t end) {
  if (end <= begin) return;
  const Address top = std::numeric_limits<Address>::max();
  found_.push_back({space, write, static_cast<Address>(begin), begin < 0 ? top : static_cast<Address>(end)});
}

/// The interval that bounds base + sum of i * stride for all i < count of each step, `run` units at each
/// place.
void Collector::strided(Space space, bool write, std::int64_t base, std::int64_t run,
                        std::initializer_list<Step> steps) {
  if (run == 0) return;
  std::int64_t begin = base, end = base + run;
  for (const Step& step : steps) {
    if (step.count == 0) return;
    const std::int64_t reach = (step.count - 1) * step.stride;
    (reach < 0 ? begin : end) += reach;
  }
  interval(space, write, begin, end);
}

/// The stored input rows, whole, that taps first_tap_row..last_tap_row of outputs m0..m0 + m - 1 touch inside
/// the image, or, with flag images, of all images from the first to the last.
void Collector::image_rows(std::int64_t base, std::int64_t m0, std::int64_t m, std::int64_t first_tap_row,
                           std::int64_t last_tap_row, std::int64_t pixel_bytes) {
  const std::int64_t out_w = geometry(word::out_w), in_w = geometry(word::in_w);
  if (m == 0 || out_w <= 0 || in_w <= 0 || last_tap_row < first_tap_row) return;
  const bool images = instruction_.opcode == Opcode::conv && flag(kFlagImages);
  const std::int64_t in_h = geometry(word::in_h), out_h = images ? geometry(word::out_h) : 0;
  if (images && out_h <= 0) return;
  const auto input_row = [&](std::int64_t position, std::int64_t tap_row, std::int64_t least,
                             std::int64_t most) {
    const std::int64_t image = images ? position / out_w / out_h : 0;
    const std::int64_t row = (position / out_w - image * out_h) * geometry(word::stride_h) -
                             geometry(word::pad_top) + tap_row * geometry(word::dilation_h);
    return image * in_h + std::clamp(row, least, std::max(least, most));
  };
  const std::int64_t top = input_row(m0, first_tap_row, 0, in_h);
  const std::int64_t bottom = input_row(m0 + m - 1, last_tap_row, -1, in_h - 1);
  if (bottom < top) return;
  const std::int64_t first = base + (top - word_at(word::first_row)) * word_at(word::row_stride);
  strided(Space::buffer, false, first, pixel_bytes,
          {{in_w, word_at(word::pixel_stride)}, {bottom - top + 1, word_at(word::row_stride)}});
}

void Collector::host_copy() {
  const bool to_host = instruction_.opcode == Opcode::d2h;
  const Space device = flag(kFlagToBuffer) ? Space::buffer : Space::device_memory;
  const HostRuns runs = HostRuns::of(instruction_);
  strided(Space::host_memory, to_host, get(field::host), static_cast<std::int64_t>(runs.bytes), {});
  strided(device, !to_host, get(field::device),
          static_cast<std::int64_t>(to_host ? runs.read() : runs.written()), {});
}

void Collector::device_copy() {
  const bool to_device = instruction_.opcode == Opcode::store;
  const std::int64_t x = get(field::run_bytes), y = get(field::run_y), z = get(field::run_z);
  strided(Space::device_memory, to_device, get(field::dram), x,
          {{y, word_at(word::dram_stride_y)}, {z, word_at(word::dram_stride_z)}});
  strided(Space::buffer, !to_device, get(field::buffer), x,
          {{y, word_at(word::buffer_stride_y)}, {z, word_at(word::buffer_stride_z)}});
}

void Collector::weights() {
  const std::int64_t k = get(field::w_k), n = get(field::w_n);
  const std::int64_t element = weight_bytes(instruction_.flags);
  const bool transposed = flag(kFlagTransposed);
  if (transposed || flag(kFlagRows)) {
    strided(Space::device_memory, false, get(field::w_dram), (transposed ? k : n) * element,
            {{transposed ? n : k, word_at(word::w_stride)}});
    return;
  }
  const bool tiled = arch_.array_rows != 0 && arch_.array_cols != 0 && n != 0;
  const WeightLayout layout{WeightLayout::Order::tiles, weight_bytes(instruction_.flags), 0};
  const std::int64_t bytes =
      tiled ? static_cast<std::int64_t>(
                  WeightStrip(arch_, static_cast<std::uint64_t>(k), static_cast<std::uint64_t>(n), layout)
                      .bytes())
            : k * n * element;
  const Address end = static_cast<Address>(get(field::w_dram) + bytes);
  const auto rest = flag(kFlagBlock) && bytes != 0 ? static_cast<std::int64_t>(rest_of_block(end, arch_)) : 0;
  strided(Space::device_memory, false, get(field::w_dram), bytes + rest, {});
}

void Collector::accumulate() {
  const std::int64_t acc = get(field::mx_acc);
  const auto rows = static_cast<std::int64_t>(
      accumulator_rows_of(instruction_.get(field::mx_m), instruction_.get(field::mx_n), arch_));
  if (flag(kFlagAccumulate)) strided(Space::accumulators, false, acc, rows, {});
  strided(Space::accumulators, true, acc, rows, {});
}

void Collector::matmul() {
  const std::int64_t row_bytes = get(field::mx_k) * activation_bytes(instruction_.flags);
  strided(Space::buffer, false, get(field::mx_a), row_bytes, {{get(field::mx_m), word_at(word::a_stride)}});
  accumulate();
}

void Collector::conv() {
  const std::int64_t in_c = geometry(word::in_c), taps_a_row = geometry(word::kernel_w) * in_c;
  const std::int64_t k = get(field::mx_k), k_start = get(field::mx_k_start);
  if (k != 0 && in_c > 0 && taps_a_row > 0) {
    const std::int64_t last = std::min((k_start + k - 1) / taps_a_row, geometry(word::kernel_h) - 1);
    image_rows(get(field::mx_a), get(field::mx_m0), get(field::mx_m), k_start / taps_a_row, last,
               in_c * activation_bytes(instruction_.flags));
  }
  accumulate();
}

void Collector::drain() {
  const std::int64_t m = get(field::dr_m), n = get(field::dr_n);
  const std::int64_t bytes = element_bytes(static_cast<ElementType>(descriptor_[word::dst_type] & 0xFu));
  strided(Space::accumulators, false, get(field::dr_acc), m, {});
  if (m != 0) strided(Space::buffer, false, get(field::dr_params), n * kParamBytes, {});
  strided(Space::buffer, true, get(field::dr_dst), n * bytes, {{m, word_at(word::dst_stride)}});
}

void Collector::elementwise() {
  const std::int64_t x = get(field::vx_x), y = get(field::vx_y);
  const std::int64_t src0_bytes = type_bytes(0), src1_bytes = type_bytes(4), dst_bytes = type_bytes(8);
  const bool combine = instruction_.opcode == Opcode::combine, table = instruction_.opcode == Opcode::lut;
  const std::int64_t x0 = combine && flag(kFlagScalar0) ? std::min<std::int64_t>(x, 1) : x,
                     x1 = combine && flag(kFlagScalar1) ? std::min<std::int64_t>(x, 1) : x;
  strided(Space::buffer, false, get(field::vx_src0), x0 * src0_bytes, {{y, word_at(word::src0_stride)}});
  if (!table && instruction_.opcode != Opcode::apply) {
    strided(Space::buffer, false, get(field::vx_src1), x1 * src1_bytes, {{y, word_at(word::src1_stride)}});
  } else if (table && x != 0 && y != 0) {
    const std::int64_t entries = src0_bytes == 1 ? kTable8Entries * dst_bytes : kTable16Entries * 2;
    strided(Space::buffer, false, get(field::vx_src1), entries, {});
  }
  strided(Space::buffer, true, get(field::vx_dst), x * dst_bytes, {{y, word_at(word::vx_dst_stride)}});
}

void Collector::pool() {
  const std::int64_t channels = get(field::vx_x), m = get(field::vx_y);
  image_rows(get(field::vx_src0), get(field::vx_src1), m, 0, geometry(word::kernel_h) - 1,
             channels * type_bytes(0));
  strided(Space::buffer, true, get(field::vx_dst), channels * type_bytes(8),
          {{m, word_at(word::out_pixel_stride)}});
}

void Collector::move() {
  const std::int64_t x = get(field::vx_x), y = get(field::vx_y), z = get(field::vx_z);
  strided(Space::buffer, false, get(field::vx_src0), x,
          {{y, word_at(word::src_stride_y)}, {z, word_at(word::src_stride_z)}});
  strided(Space::buffer, true, get(field::vx_dst), x,
          {{y, word_at(word::dst_stride_y)}, {z, word_at(word::dst_stride_z)}});
}

void Collector::reduce() {
  const std::int64_t x = get(field::vx_x), y = get(field::vx_y);
  strided(Space::buffer, false, get(field::vx_src0), x * type_bytes(0), {{y, word_at(word::src0_stride)}});
  if (x == 0 || y == 0) return;
  if (flag(kFlagColumns))
    strided(Space::buffer, true, get(field::vx_dst), x * type_bytes(8), {});
  else
    strided(Space::buffer, true, get(field::vx_dst), type_bytes(8), {{y, word_at(word::vx_dst_stride)}});
}

std::vector<Access> Collector::run() {
  switch (instruction_.opcode) {
    case Opcode::h2d:
    case Opcode::d2h:
      host_copy();
      break;
    case Opcode::load:
    case Opcode::store:
      device_copy();
      break;
    case Opcode::wload:
      weights();
      break;
    case Opcode::matmul:
      matmul();
      break;
    case Opcode::conv:
      conv();
      break;
    case Opcode::drain:
      drain();
      break;
    case Opcode::add:
    case Opcode::mul:
    case Opcode::lut:
    case Opcode::apply:
    case Opcode::combine:
      elementwise();
      break;
    case Opcode::pool:
      pool();
      break;
    case Opcode::move:
      move();
      break;
    case Opcode::reduce:
      reduce();
      break;
    case Opcode::sync:
    case Opcode::mark:
    case Opcode::irq:
    case Opcode::halt:
    case Opcode::cfg:
    case Opcode::wait:
    case Opcode::signal:
      break;
  }
  return std::move(found_);
}

}  // namespace

std::vector<Access> accesses(const Instruction& instruction, const Descriptor& descriptor,
                             const ArchSpec& arch) {
  return Collector(instruction, descriptor, arch).run();
}

}  // namespace nnp::isa
