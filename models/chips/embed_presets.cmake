# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=FILE.cpp -DCHIPS="a.toml;b.toml" -P embed_presets.cmake: writes each file's text as a raw string literal.
set(rows "")
list(SORT CHIPS)
foreach(chip IN LISTS CHIPS)
  get_filename_component(name ${chip} NAME_WE)
  file(READ ${chip} text)
  string(APPEND rows "    {\"${name}\", R\"__toml__(${text})__toml__\"},\n")
endforeach()
file(WRITE ${OUTPUT}
"// Generated from models/chips/*.toml by models/chips/embed_presets.cmake.
#include \"models/chips/embedded_presets.h\"

namespace nnp::models {

std::span<const EmbeddedPreset> embedded_presets() {
  static constexpr EmbeddedPreset kPresets[] = {
${rows}  };
  return kPresets;
}

}  // namespace nnp::models
")
