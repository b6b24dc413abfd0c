// SPDX-License-Identifier: Apache-2.0
// The attributes of an ONNX node as plain data, and as the bytes that OnnxAttributes carries.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "compiler/ir/tensor.h"

namespace nnp::ir {

/// A list of strings is one text with commas.
using OnnxAttribute =
    std::variant<std::int64_t, float, std::string, std::vector<std::int64_t>, std::vector<float>, Tensor>;
using OnnxAttributeMap = std::map<std::string, OnnxAttribute>;

std::vector<std::uint8_t> encode_attributes(const OnnxAttributeMap&);
/// Throws std::runtime_error for bytes that encode_attributes did not write.
OnnxAttributeMap decode_attributes(std::span<const std::uint8_t>);

}  // namespace nnp::ir
