// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/tables.h"

#include "tests/support/validation/arrays.h"
#include "tests/support/validation/cost_model.h"
#include "tests/support/validation/dram.h"
#include "tests/support/validation/gemmini.h"
#include "tests/support/validation/networks.h"
#include "tests/support/validation/nvdla.h"
#include "tests/support/validation/pcie.h"
#include "tests/support/validation/scalesim.h"
#include "tests/support/validation/sram.h"
#include "tests/support/validation/tpu_v1.h"

namespace nnp::test {

const std::vector<ValidationTable>& validation_tables() {
  constexpr bool fast = false, slow = true;
  static const std::vector<ValidationTable> list{
      {"arrays", "arrays_products", arrays_products_table, fast},
      {"arrays", "arrays_folds", arrays_folds_table, fast},
      {"cost-model", "cost_model_summary", cost_model_summary_table, fast},
      {"cost-model", "cost_model_chosen", cost_model_chosen_table, fast},
      {"cost-model", "cost_model_random", cost_model_random_table, fast},
      {"dram", "dram_bandwidth", dram_bandwidth_table, slow},
      {"dram", "dram_random", dram_random_table, slow},
      {"gemmini", "gemmini", gemmini_table, fast},
      {"networks", "networks_zoo", networks_zoo_table, fast},
      {"networks", "networks_pytorch", networks_pytorch_table, fast},
      {"networks", "networks_unsupported", networks_unsupported_table, fast},
      {"nvdla", "nvdla_traffic", nvdla_traffic_table, slow},
      {"nvdla", "nvdla_resnet50", nvdla_resnet50_table, slow},
      {"pcie", "pcie", pcie_table, slow},
      {"scalesim", "scalesim", scalesim_table, slow},
      {"sram", "sram", sram_table, fast},
      {"tpu_v1", "tpu_v1_shares", tpu_v1_shares_table, slow},
      {"tpu_v1", "tpu_v1_faster", tpu_v1_faster_table, slow},
      {"tpu_v1", "tpu_v1_cnns", tpu_v1_cnns_table, slow},
      {"tpu_v1", "tpu_v1_larger_array", tpu_v1_larger_array_table, fast},
  };
  return list;
}

}  // namespace nnp::test
