// SPDX-License-Identifier: Apache-2.0
// The bytes of an H2D or D2H on both sides: packed in host memory, run by run a stride apart on the device.
// H2D writes whole strides (the rest of each is zero), D2H reads to the end of the last run.
#pragma once

#include <algorithm>

#include "isa/arch/units.h"
#include "isa/instruction/fields.h"

namespace nnp::isa {

struct HostRuns {
  Bytes bytes = 0;            // packed
  Bytes run = 1, stride = 1;  // 1 <= run <= stride

  static HostRuns of(const Instruction& instruction) {
    const Bytes bytes = instruction.get(field::host_bytes), run = instruction.get(field::host_run);
    if (run == 0) return {bytes, std::max<Bytes>(bytes, 1), std::max<Bytes>(bytes, 1)};
    return {bytes, run, instruction.get(field::host_stride)};
  }

  /// Device bytes that an H2D writes, and that a D2H reads.
  Bytes written() const { return ceil_div(bytes, run) * stride; }
  Bytes read() const { return written() == 0 ? 0 : written() - stride + (bytes - 1) % run + 1; }
  /// Device bytes that are known once the first `packed` bytes are.
  Bytes filled_by(Bytes packed) const {
    return packed == bytes ? written() : packed / run * stride + packed % run;
  }
  /// Packed bytes among the first `device` bytes.
  Bytes packed_in(Bytes device) const {
    return std::min(device / stride * run + std::min(device % stride, run), bytes);
  }
};

}  // namespace nnp::isa
