// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/page_check.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace nnp::test {

void check_page(const std::string& page, const std::string& name, const std::string& table) {
  const std::string path = std::string(NNPSIM_SOURCE_DIR) + "/docs/validation/" + page;
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  const std::string marker = "<!-- table:" + name + " -->\n";
  const std::size_t begin = text.find(marker);
  ASSERT_NE(begin, std::string::npos) << path << " has no " << marker;
  const std::size_t first = begin + marker.size(), end = text.find("<!-- end -->", first);
  ASSERT_NE(end, std::string::npos) << path << ": " << marker << " is not closed";
  if (std::getenv("NNPSIM_UPDATE") != nullptr)
    std::ofstream(path, std::ios::binary) << text.replace(first, end - first, table);
  else
    EXPECT_EQ(text.substr(first, end - first), table) << "NNPSIM_UPDATE=1 writes the table";
}

}  // namespace nnp::test
