// SPDX-License-Identifier: Apache-2.0
// What a network did on a chip, kept as data beside its page (docs/validation/networks.json, a run a line),
// so that measuring some networks again leaves the others' rows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace nnp::test {

using Count = std::map<std::string, std::uint64_t>;

struct NetworkRecord {
  std::string source;  // "zoo" or "pytorch"
  std::string network, chip, precision;
  std::uint64_t cycles = 0;
  Count on_chip, on_host;                     // layers, by operator
  std::map<std::string, std::string> checks;  // reference: status
  std::optional<double> sqnr_db;              // of the outputs against the float network
  std::optional<double> pytorch_db;           // against what PyTorch computed from the same input
  std::string refused;                        // the program's words; empty: it ran
  int exit = 0;                               // of the program; 2: the network cannot run there, cli.md
};

/// Not refused, every check passed.
bool passed(const NetworkRecord&);
/// Ended otherwise than in a passed run or a refusal that cli.md allows.
bool failed(const NetworkRecord&);

/// Empty where the file is not there. Throws std::runtime_error naming the file.
std::vector<NetworkRecord> read_records(const std::filesystem::path&);
/// Sorted by source, network and chip. Throws std::runtime_error naming the file.
void write_records(const std::filesystem::path&, std::vector<NetworkRecord>);
/// Takes the place of the one of the same source, network and chip, or is added.
void put_record(std::vector<NetworkRecord>&, NetworkRecord);

}  // namespace nnp::test
