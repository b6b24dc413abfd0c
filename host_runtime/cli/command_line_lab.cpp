// SPDX-License-Identifier: Apache-2.0
// The options of `lab`.
#include "host_runtime/cli/option_themes.h"

namespace nnp::cli {

void add_lab_options(CLI::App& app, LabOptions& options) {
  app.add_option("action", options.action,
                 "list; start: a lesson's files in a folder; check: your predictions")
      ->type_name("list|start|check")
      ->required();
  app.add_option("lesson", options.lesson, "its name or number")->type_name("NAME");
  app.add_option("folder", options.folder,
                 "check: the lesson's files as you changed them [this folder, if it has them]")
      ->type_name("DIR");
  app.add_option("-o", options.output, "start: the folder to make [the lesson's name]")->type_name("DIR");
  add_texts(app, "--answer", "KEY=VALUE", "check: a prediction (repeatable) [those of answers.toml]",
            options.answers);
  add_json(app, options.json);
}

}  // namespace nnp::cli
