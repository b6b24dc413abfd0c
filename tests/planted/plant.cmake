# SPDX-License-Identifier: Apache-2.0
# cmake -DPLANT=NAME.plant -DSOURCE_DIR=DIR -DOUTPUT=FILE.cpp -P plant.cmake: a copy of the source file that the plant names, with its
# fault in it. The text that it replaces must be there exactly once, so a plant cannot rot unseen.
file(READ ${PLANT} text)
get_filename_component(name ${PLANT} NAME_WE)
set(old_mark "--- instead of\n")
set(new_mark "--- stands\n")
string(FIND "${text}" "${old_mark}" old_at)
string(FIND "${text}" "${new_mark}" new_at)
string(SUBSTRING "${text}" 0 ${old_at} head)
if(old_at EQUAL -1 OR new_at LESS old_at OR NOT head MATCHES "\nfile ([^\n]+)\nfound by ([^\n]+)\n$")
  message(FATAL_ERROR "${PLANT}: wanted `file PATH`, `found by OBSERVATION`, `--- instead of`, text, `--- stands`, text")
endif()
set(file ${CMAKE_MATCH_1})
set(observation ${CMAKE_MATCH_2})
string(LENGTH "${old_mark}" mark_length)
math(EXPR old_begin "${old_at} + ${mark_length}")
math(EXPR old_length "${new_at} - ${old_begin} - 1")
string(SUBSTRING "${text}" ${old_begin} ${old_length} old)
string(LENGTH "${new_mark}" mark_length)
math(EXPR new_begin "${new_at} + ${mark_length}")
string(SUBSTRING "${text}" ${new_begin} -1 new)
string(REGEX REPLACE "\n$" "" new "${new}")

file(READ ${SOURCE_DIR}/${file} source)
string(FIND "${source}" "${old}" first)
string(FIND "${source}" "${old}" last REVERSE)
if(first EQUAL -1)
  message(FATAL_ERROR "${PLANT}: ${file} no longer has the text that the fault replaces:\n${old}")
elseif(NOT first EQUAL last)
  message(FATAL_ERROR "${PLANT}: ${file} has the text that the fault replaces more than once:\n${old}")
endif()
string(REPLACE "${old}" "${new}" source "${source}")
file(WRITE ${OUTPUT} "${source}
namespace nnp::test {
const char* planted_fault() { return \"${name}\"; }
const char* planted_observation() { return \"${observation}\"; }
}  // namespace nnp::test
")
