# SPDX-License-Identifier: Apache-2.0
# nnp_room(NAME SOURCES ... LINK ...): a static library nnp::NAME. Includes are written from the repository root
# ("isa/arch/arch_spec.h"); what a room may include is what it links.
function(nnp_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(nnp_${name} STATIC ${ROOM_SOURCES})
  add_library(nnp::${name} ALIAS nnp_${name})
  target_include_directories(nnp_${name} PUBLIC ${PROJECT_SOURCE_DIR})
  target_link_libraries(nnp_${name} PUBLIC ${ROOM_LINK} PRIVATE ${ROOM_PRIVATE})
endfunction()

# nnp_test(NAME SOURCES ... LINK ... LABEL fast|slow): a GoogleTest program; every TEST is a CTest case of that label.
include(GoogleTest)
function(nnp_test name)
  cmake_parse_arguments(TEST "" "LABEL" "SOURCES;LINK" ${ARGN})
  if(NOT TEST_LABEL)
    set(TEST_LABEL fast)
  endif()
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${TEST_LINK} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE NNPSIM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name} PROPERTIES LABELS ${TEST_LABEL} TIMEOUT 300 DISCOVERY_TIMEOUT 60)
endfunction()
