# SPDX-License-Identifier: Apache-2.0
# The simulator laid out by what it does: sim/ is built once to count its branches (collect), runs some networks, and is
# built again by the counts (use). scripts/build-profiled does all of it.
set(NNPSIM_PROFILE "" CACHE STRING "Of sim/: collect counts, use them, or nothing")
set_property(CACHE NNPSIM_PROFILE PROPERTY STRINGS "" collect use)
set(NNPSIM_PROFILE_FOLDER ${CMAKE_BINARY_DIR}/profile)
set(NNPSIM_PROFILE_OPTIONS)
if(NNPSIM_PROFILE AND NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "NNPSIM_PROFILE: these are options of GCC, and the compiler is ${CMAKE_CXX_COMPILER_ID}")
endif()
if(NNPSIM_PROFILE STREQUAL "collect")
  set(NNPSIM_PROFILE_OPTIONS -fprofile-generate -fprofile-dir=${NNPSIM_PROFILE_FOLDER} -Wno-stringop-overread)
  add_link_options(-fprofile-generate)
elseif(NNPSIM_PROFILE STREQUAL "use")
  # Partial: what none of the networks ran is built as ever, not to be small.
  set(NNPSIM_PROFILE_OPTIONS -fprofile-use=${NNPSIM_PROFILE_FOLDER} -fprofile-partial-training -Wno-missing-profile
      -Wno-stringop-overread)  # a false alarm in std::vector
elseif(NNPSIM_PROFILE)
  message(FATAL_ERROR "NNPSIM_PROFILE is \"${NNPSIM_PROFILE}\"; allowed: collect, use")
endif()
