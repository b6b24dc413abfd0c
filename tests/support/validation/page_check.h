// SPDX-License-Identifier: Apache-2.0
// A page of docs/validation says what was measured: `table` stands between `<!-- table:NAME -->` and `<!--
// end -->`.
#pragma once

#include <string>

namespace nnp::test {

/// A gtest failure where the page says something else; with NNPSIM_UPDATE=1 the page is written instead.
void check_page(const std::string& page, const std::string& name, const std::string& table);

}  // namespace nnp::test
