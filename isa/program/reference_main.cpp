// SPDX-License-Identifier: Apache-2.0
// Prints the reference page of the instruction set.
#include <cstdio>

#include "isa/program/reference_page.h"

int main() {
  const std::string page = nnp::isa::reference_page();
  return std::fwrite(page.data(), 1, page.size(), stdout) == page.size() ? 0 : 1;
}
