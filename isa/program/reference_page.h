// SPDX-License-Identifier: Apache-2.0
// docs/guide/isa.md, made from the instruction table: `isa_reference > docs/guide/isa.md`. A test compares
// the two.
#pragma once

#include <string>

namespace nnp::isa {

std::string reference_page();

}  // namespace nnp::isa
