# SPDX-License-Identifier: Apache-2.0
# Every library that is not ours, found once, named once. Nothing is vendored; scripts/install-deps names the packages.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_library(NNPSIM_LIBDEFLATE deflate)  # checksums of programs, several times as fast as zlib's; zlib's without it
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Protobuf REQUIRED)
find_package(dnnl REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET tomlplusplus)

# Debian's libsystemc exports only the C++17 symbol of its API check: whoever includes SystemC says so, C++20 or not.
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
add_library(nnp_systemc INTERFACE)
target_link_libraries(nnp_systemc INTERFACE PkgConfig::SYSTEMC)
target_compile_definitions(nnp_systemc INTERFACE SC_CPLUSPLUS=201703L)
add_library(nnp::systemc ALIAS nnp_systemc)

# ONNX ships no CMake package on Debian.
find_path(ONNX_INCLUDE_DIR onnx/onnx_pb.h REQUIRED)
find_library(ONNX_LIBRARY onnx REQUIRED)
find_library(ONNX_PROTO_LIBRARY onnx_proto REQUIRED)
add_library(nnp_onnx INTERFACE)
target_include_directories(nnp_onnx SYSTEM INTERFACE ${ONNX_INCLUDE_DIR})
target_compile_definitions(nnp_onnx INTERFACE ONNX_NAMESPACE=onnx ONNX_ML=1)
target_link_libraries(nnp_onnx INTERFACE ${ONNX_LIBRARY} ${ONNX_PROTO_LIBRARY} protobuf::libprotobuf)
add_library(nnp::onnx ALIAS nnp_onnx)

find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
add_library(nnp_cli11 INTERFACE)
target_include_directories(nnp_cli11 SYSTEM INTERFACE ${CLI11_INCLUDE_DIR})
add_library(nnp::cli11 ALIAS nnp_cli11)

# Verilator translates the SystemVerilog array of sim/rtl; without it there is none, unless a folder of the user's
# own brings an array.
find_package(verilator 5.006 QUIET)
set(NNPSIM_RTL_ARRAY ${PROJECT_SOURCE_DIR}/sim/rtl CACHE PATH "Folder of the array that core.array.kind = \"rtl\" runs")
if(verilator_FOUND)
  option(NNPSIM_RTL "Plug the array of NNPSIM_RTL_ARRAY into the chip" ON)
else()
  option(NNPSIM_RTL "Plug the array of NNPSIM_RTL_ARRAY into the chip (sim/rtl needs Verilator 5.006)" OFF)
endif()
if(NNPSIM_RTL AND NOT verilator_FOUND AND NNPSIM_RTL_ARRAY STREQUAL "${PROJECT_SOURCE_DIR}/sim/rtl")
  message(FATAL_ERROR "NNPSIM_RTL: Verilator 5.006 or later was not found (Debian 12: package verilator)")
endif()
