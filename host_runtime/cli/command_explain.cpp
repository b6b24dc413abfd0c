// SPDX-License-Identifier: Apache-2.0
// nnpsim explain CAUSE: what a cause of waiting means, how long such a wait is, what to try.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host_runtime/cli/commands.h"
#include "host_runtime/cli/exit_code.h"
#include "host_runtime/cli/trace_words.h"

namespace nnp::cli {

int explain(const ExplainOptions& options) {
  const sim::CauseText& text = sim::text(cause_named(options.cause));
  if (options.json)
    fmt::print("{}\n", nlohmann::ordered_json{{"schema", "nnpsim.explain/1"},
                                              {"cause", text.name},
                                              {"definition", text.definition},
                                              {"formula", text.formula},
                                              {"advice", text.advice}}
                           .dump(2));
  else
    fmt::print("{}\n  means    {}\n  lasts    {}\n  try      {}\n", text.name, text.definition, text.formula,
               text.advice);
  return kOk;
}

}  // namespace nnp::cli
