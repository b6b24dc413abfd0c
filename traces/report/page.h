// SPDX-License-Identifier: Apache-2.0
// The explorer's page, without a run in it.
#pragma once

#include <string_view>

namespace nnp::traces {

/// The bytes of traces/explorer/dist/explorer.html.
std::string_view explorer_page();

}  // namespace nnp::traces
