// SPDX-License-Identifier: Apache-2.0
// Changes to a protobuf message field by field, whatever its type: by reflection.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <vector>

#include "tests/fuzz/support/fuzz.h"

namespace nnp::fuzz {

/// One change somewhere in the message: a number becomes an odd one, a text another text of the message or
/// one of `words`, bytes are damaged, a field goes, an element of a list goes, doubles, moves or comes from a
/// list of the same type elsewhere.
void mutate(Random&, google::protobuf::Message&, const std::vector<std::string>& words);

}  // namespace nnp::fuzz
