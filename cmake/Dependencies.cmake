# SPDX-License-Identifier: Apache-2.0
# Every library that is not ours, found once, named once. Nothing is vendored; scripts/install-deps names the packages.
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(Boost REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
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

# Verilator translates the SystemVerilog array of tests/rtl; without it that room is not there.
find_package(verilator 5.006 QUIET)
if(verilator_FOUND)
  option(NNPSIM_RTL "Build tests/rtl: an RTL array beside the register-level one" ON)
else()
  option(NNPSIM_RTL "Build tests/rtl: an RTL array beside the register-level one (needs Verilator 5.006)" OFF)
endif()
if(NNPSIM_RTL AND NOT verilator_FOUND)
  message(FATAL_ERROR "NNPSIM_RTL: Verilator 5.006 or later was not found (Debian 12: package verilator)")
endif()
