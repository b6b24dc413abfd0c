// SPDX-License-Identifier: Apache-2.0
// The trace file: what is read, and what a bad line is told.
#include <gtest/gtest.h>

#include <fstream>

#include "sim/units/dram/request_trace.h"
#include "tests/support/temporary_folder.h"

namespace nnp::sim::test {
namespace {

class TraceFile : public ::testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = folder.path("trace.txt");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string read(const std::string& text, Bytes capacity = 1ull << 32) {
    const std::string path = write(text);
    std::string out;
    try {
      RequestTrace trace(path, capacity);
      for (TraceRequest request; trace.next(request);)
        out += (request.write ? "W" : "R") + std::to_string(request.address) + " ";
    } catch (const TraceError& error) {
      return std::string(error.what()).substr(path.size());
    }
    return out;
  }
  nnp::test::TemporaryFolder folder;
};

TEST_F(TraceFile, IsOneRequestALine) {
  EXPECT_EQ(read("R 0x0\nW 0x40\nR 0xFf\n"), "R0 W64 R255 ");
  EXPECT_EQ(read("R 0x10"), "R16 ");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("\n# all of it\n\n  R\t 0x8  # why\r\nW 0x9\r\n"), "R8 W9 ");
}

TEST_F(TraceFile, MayBeLongerThanAnyBuffer) {
  std::string text, expected;
  for (int i = 0; i < 40'000; ++i) text += "W 0x0000000000001\n";
  for (int i = 0; i < 40'000; ++i) expected += "W1 ";
  EXPECT_EQ(read(text), expected);
}

TEST_F(TraceFile, FoldsAndCountsAddressesBeyondTheMemory) {
  EXPECT_EQ(read("R 0xff\nR 0x100\nW 0x2ff\n", 256), "R255 R0 W255 ");
  RequestTrace trace(write("R 0xff\nR 0x100\n"), 256);
  for (TraceRequest request; trace.next(request);) {
  }
  EXPECT_EQ(trace.folded(), 1u);
}

TEST_F(TraceFile, SaysWhereALineIsWrong) {
  EXPECT_EQ(read("R 0x0\nX 0x4\n"), ":2:1: 'X' begins no request; write R 0xADDR or W 0xADDR");
  EXPECT_EQ(read("R0x0\n"), ":1:2: '0' after R; a blank and an address 0x... come here");
  EXPECT_EQ(read("W\n"), ":1:2: the end of the line after W; a blank and an address 0x... come here");
  EXPECT_EQ(read("R 64\n"), ":1:3: '6' begins no address; write 0x and hexadecimal digits");
  EXPECT_EQ(read("R 0x\n"), ":1:5: the end of the line where a hexadecimal digit comes");
  EXPECT_EQ(read("R 0x12g\n"), ":1:7: 'g' after the address; one request a line");
  EXPECT_EQ(read("R 0x12345678901234567\n"), ":1:3: the address has more than 64 bits");
  EXPECT_EQ(read(std::string("R 0x0\n\0", 7)),
            ":2:1: byte 0x00 begins no request; write R 0xADDR or W 0xADDR");
  const std::string far = read(std::string(70'000, '\n') + "  Q");
  EXPECT_EQ(far.substr(0, 9), ":70001:3:");
}

TEST_F(TraceFile, ThatIsNotThereSaysSo) { EXPECT_THROW(RequestTrace("no/such/file", 64), TraceError); }

}  // namespace
}  // namespace nnp::sim::test
