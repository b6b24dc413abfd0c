// SPDX-License-Identifier: Apache-2.0
// The directives of a program's text: names shared by the assembler and the disassembler.
//
//   .network "lenet"   .chip "tpu_v1"   .precision int8   .batch 1   .arch_hash 0x...
//   .sub_batch 1                 where the batch goes through the network in parts
//   .instruction_address 0x...   .device_bytes N   .host_bytes N
//   .layer name="conv1" op="Conv" where=chip macs=N weight_bytes=N nodes="a","b"
//   .tile layer=0 m0=0 n0=0 m=4 n=8
//   .launch                      the instructions up to the next .launch; or .launch first=0 count=10
//   .token counter=3 initial=8   of the launch above it, as are:
//   .input value="x" shape=1,3,8,8 type=u8 pixel_bytes=4 host_address=0x0 bytes=256      (.output alike)
//   .constants 00ff...           bytes in hex, appended;   .graph alike
#pragma once

#include <array>
#include <string_view>

namespace nnp::isa {

inline constexpr std::array<std::string_view, 4> kPrecisionNames = {"int8", "int8x16", "bf16", "fp32"};
inline constexpr std::array<std::string_view, kElementTypes> kElementTypeNames = {"u8",  "s8",   "s16",
                                                                                  "s32", "bf16", "f32"};
inline constexpr std::array<std::string_view, 2> kWhereNames = {"chip", "host"};

}  // namespace nnp::isa
