// SPDX-License-Identifier: Apache-2.0
// Every measured table of docs/validation: which page it is in, and the function that makes it.
#pragma once

#include <string>
#include <vector>

namespace nnp::test {

struct ValidationTable {
  const char* page;  // docs/validation/<page>.md
  const char* name;  // of its marker, <!-- table:name -->
  std::string (*make)();
  bool slow;  // takes more than some seconds
};
const std::vector<ValidationTable>& validation_tables();

}  // namespace nnp::test
