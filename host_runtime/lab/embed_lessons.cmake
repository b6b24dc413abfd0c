# SPDX-License-Identifier: Apache-2.0
# cmake -DOUTPUT=FILE.cpp -DFOLDER=traces/lessons "-DFILES=01-x/lesson.md;..." -P embed_lessons.cmake: each file's text as a raw
# string literal. The files are the lessons' own: texts without NUL.
set(rows "")
list(SORT FILES)
foreach(file IN LISTS FILES)
  get_filename_component(lesson ${file} DIRECTORY)
  get_filename_component(name ${file} NAME)
  file(READ ${FOLDER}/${file} text)
  string(APPEND rows "    {\"${lesson}\", \"${name}\", R\"__lesson__(${text})__lesson__\"},\n")
endforeach()
file(WRITE ${OUTPUT}
"// Generated from traces/lessons by host_runtime/lab/embed_lessons.cmake.
#include \"host_runtime/lab/embedded_lessons.h\"

namespace nnp::lab {

std::span<const EmbeddedFile> embedded_files() {
  static constexpr EmbeddedFile kFiles[] = {
${rows}  };
  return kFiles;
}

}  // namespace nnp::lab
")
