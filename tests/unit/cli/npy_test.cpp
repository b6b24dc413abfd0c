// SPDX-License-Identifier: Apache-2.0
// .npy files against NumPy's format description (numpy.lib.format, version 1.0).
#include "host_runtime/cli/npy.h"

#include <gtest/gtest.h>

#include "host_runtime/cli/errors.h"
#include "host_runtime/cli/sha256.h"
#include "tests/support/temporary_folder.h"

namespace nnp::cli {
namespace {

using test::read_bytes;
using test::TemporaryFolder;

/// A file of this version, dictionary and data.
std::string npy(char version, const std::string& dictionary, const std::string& data) {
  std::string text = "\x93NUMPY";
  text += version;
  text += '\0';
  text += static_cast<char>(dictionary.size() & 0xFF);
  text += static_cast<char>(dictionary.size() >> 8);
  if (version > 1) text += std::string(2, '\0');
  return text + dictionary + data;
}

TEST(Npy, AnArrayComesBackWithTypeShapeAndValues) {
  const TemporaryFolder folder;
  const std::vector<float> floats{1.5f, -2, 0, 1e30f, -0.0f, 7};
  const std::vector<std::int64_t> ids{-5, std::int64_t{1} << 40};
  write_npy(ir::Tensor::of<float>({2, 3}, floats), folder.path("f.npy"));
  write_npy(ir::Tensor::of<std::int64_t>({2}, ids), folder.path("i.npy"));
  const ir::Tensor f = read_npy(folder.path("f.npy")), i = read_npy(folder.path("i.npy"));
  EXPECT_EQ(f.shape(), (ir::Shape{2, 3}));
  EXPECT_TRUE(std::equal(floats.begin(), floats.end(), f.data<float>().begin()));
  EXPECT_EQ(i.shape(), (ir::Shape{2}));
  EXPECT_EQ(i.type(), ir::DType::i64);
  EXPECT_TRUE(std::equal(ids.begin(), ids.end(), i.data<std::int64_t>().begin()));
}

TEST(Npy, DataBeginAtAMultipleOf64BytesAndShapesArePythonTuples) {
  const TemporaryFolder folder;
  for (const ir::Shape& shape :
       {ir::Shape{}, ir::Shape{7}, ir::Shape{1, 2, 3, 4, 5, 6, 7}, ir::Shape{100000, 1}}) {
    write_npy(ir::Tensor(ir::DType::u8, shape), folder.path("a.npy"));
    const std::string bytes = read_bytes(folder.path("a.npy"));
    const std::size_t begin = bytes.size() - static_cast<std::size_t>(ir::element_count(shape));
    EXPECT_EQ(begin % 64, 0u) << shape.size();
    EXPECT_EQ(bytes[begin - 1], '\n');
    EXPECT_EQ(read_npy(folder.path("a.npy")).shape(), shape);
  }
  write_npy(ir::Tensor(ir::DType::s16, {7}), folder.path("a.npy"));
  EXPECT_NE(
      read_bytes(folder.path("a.npy")).find("{'descr': '<i2', 'fortran_order': False, 'shape': (7,), }"),
      std::string::npos);
}

TEST(Npy, NarrowNumbersWidenAndDoublesNarrow) {
  const TemporaryFolder folder;
  const std::string bytes = "{'descr': '|i1', 'fortran_order': False, 'shape': (2,), }\n";
  const ir::Tensor narrow = read_npy(folder.file("a.npy", npy(1, bytes, "\xff\x05")));
  EXPECT_EQ(narrow.data<std::int64_t>()[0], -1);
  EXPECT_EQ(narrow.data<std::int64_t>()[1], 5);
  const double half = 0.5;
  const std::string doubles =
      "{'shape': (1,), 'descr': '<f8', 'fortran_order': False}\n";  // any order of keys
  EXPECT_EQ(read_npy(folder.file("b.npy", npy(2, doubles, {reinterpret_cast<const char*>(&half), 8})))
                .data<float>()[0],
            0.5f);
}

TEST(Npy, WhatCannotBeTakenIsRefusedWithItsPath) {
  const TemporaryFolder folder;
  const std::string cases[] = {
      npy(1, "{'descr': '>f4', 'fortran_order': False, 'shape': (1,), }\n", "abcd"),  // big-endian
      npy(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (1,), }\n", "abcd"),   // columns first
      npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n", "abcd"),  // one value short
      npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (2000000000, 2000000000), }\n", "abcd"),
      npy(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }\n", "abcd"),
      npy(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n", "abcd"),
      npy(9, "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n", "abcd"),
  };
  for (const std::string& bytes : cases) {
    try {
      read_npy(folder.file("bad.npy", bytes));
      ADD_FAILURE() << "taken: " << bytes;
    } catch (const FileFault& fault) {
      EXPECT_NE(std::string(fault.what()).find("bad.npy: "), std::string::npos);
    }
  }
}

TEST(Sha256, IsThatOfTheStandard) {
  const std::string abc = "abc";  // FIPS 180-2, appendix B.1
  EXPECT_EQ(sha256({reinterpret_cast<const std::uint8_t*>(abc.data()), 3}),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace nnp::cli
