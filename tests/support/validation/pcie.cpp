// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/pcie.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host_runtime/cli/figures.h"
#include "tests/support/validation/markdown.h"

namespace nnp::test {
namespace {

using cli::count_text;

/// One kind of throughput of all generations.
std::vector<PcieCase> all_generations(std::vector<PcieCase> (*cases_of)(std::uint32_t)) {
  std::vector<PcieCase> all;
  for (std::uint32_t generation = 1; generation <= 6; ++generation)
    for (PcieCase& each : cases_of(generation)) all.push_back(std::move(each));
  return all;
}

std::size_t late(PcieSingle (*single)(std::uint64_t)) {
  std::size_t different = 0;
  for (std::uint64_t seed = 0; seed < kPcieSingles; ++seed) {
    const PcieSingle one = single(seed);
    different += one.seen != one.law;
  }
  return different;
}

}  // namespace

double PcieCase::error() const { return std::abs(measured / law - 1); }

const PcieCase& worst(const std::vector<PcieCase>& cases) {
  return *std::max_element(cases.begin(), cases.end(),
                           [](const PcieCase& a, const PcieCase& b) { return a.error() < b.error(); });
}

std::string pcie_table() {
  Markdown table({"what", "cases", "how many", "largest error"});
  const auto throughput = [&](const char* what, const char* cases, const std::vector<PcieCase>& measured) {
    table.row(
        {what, cases, count_text(measured.size()), fmt::format("{:.3f} %", worst(measured).error() * 100)});
  };
  const auto exact = [&](const char* what, const char* cases, std::uint64_t count, std::size_t different) {
    table.row({what, cases, count_text(count), fmt::format("{} differ", count_text(different))});
  };
  throughput("H2D, lanes limit",
             "6 generations x 5 widths x payloads 128, 256, 1024, 4096 x read requests 128, 512, 4096",
             all_generations(pcie_reads));
  throughput("D2H, lanes limit", "6 generations x 5 widths x payloads 128, 256, 1024, 4096",
             all_generations(pcie_writes));
  throughput("H2D, 1, 2, 8 or 64 reads in flight", "6 generations x 3 widths x 3 read requests",
             all_generations(pcie_few_reads));
  throughput("D2H, 1, 4 or 16 posted headers", "generations 1, 3, 6", pcie_few_posted_headers());
  throughput("each class of credits, link alone",
             "posted and completion headers and data, non-posted headers", pcie_credits());
  exact("one read: the clock edge", "random links, three clocks", kPcieSingles, late(pcie_single_read));
  exact("one write: the clock edge", "random links", kPcieSingles, late(pcie_single_write));
  std::size_t different = 0;
  for (std::uint64_t seed = 0; seed < kPcieAligned; ++seed) different += !pcie_aligned(seed).equal();
  exact("packets and bytes on the wire", "random links, aligned", kPcieAligned, different);
  return table.text();
}

}  // namespace nnp::test
