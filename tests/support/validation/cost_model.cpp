// SPDX-License-Identifier: Apache-2.0
#include "tests/support/validation/cost_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/validation/markdown.h"

namespace nnp::test {
namespace {

using Json = nlohmann::ordered_json;

/// Of some records.
struct Errors {
  std::size_t count = 0;
  double sum = 0, worst = 0;
  std::string layer;  // the worst one
  void add(const CostRecord& record) {
    ++count, sum += std::abs(record.error());
    if (layer.empty() || std::abs(record.error()) > std::abs(worst))
      worst = record.error(), layer = record.layer;
  }
  std::string mean() const { return fmt::format("{:.1f}", sum / static_cast<double>(count) * 100); }
  std::string most() const { return fmt::format("{:+.1f}", worst * 100); }
};

}  // namespace

const std::vector<std::string>& cost_networks() {
  static const std::vector<std::string> names{"lenet5",    "alexnet",    "vgg16",        "resnet18",
                                              "resnet50",  "squeezenet", "mobilenet_v2", "bert_base",
                                              "gpt2_tiny", "mlp0"};
  return names;
}

const std::vector<std::string>& cost_chips() {
  static const std::vector<std::string> names{"tpu_v1", "hbm128", "gemmini16", "nvdla_full"};
  return names;
}

std::filesystem::path cost_records_file() {
  return std::filesystem::path(NNPSIM_SOURCE_DIR) / "docs/validation/cost-model.json";
}

std::vector<CostRecord> read_cost_records(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) return {};
  try {
    std::ifstream in(file);
    std::vector<CostRecord> records;
    for (const Json& json : Json::parse(in))
      records.push_back({json.at(0), json.at(1), json.at(2), json.at(3) == "chosen", json.at(4), json.at(5)});
    return records;
  } catch (const Json::exception& error) {
    throw std::runtime_error(
        fmt::format("{}: not the records of scripts/cost-table: {}", file.string(), error.what()));
  }
}

void write_cost_records(const std::filesystem::path& file, const std::vector<CostRecord>& records) {
  std::string text = "[\n";
  for (const CostRecord& record : records)
    text += Json::array({record.network, record.chip, record.layer, record.chosen ? "chosen" : "random",
                         std::round(record.predicted), record.cycles})
                .dump() +
            (&record == &records.back() ? "\n" : ",\n");
  text += "]\n";
  std::ofstream out(file, std::ios::binary);
  if (!out.write(text.data(), static_cast<std::streamsize>(text.size())).flush())
    throw std::runtime_error(fmt::format("{}: cannot be written", file.string()));
}

std::string cost_table(const std::vector<CostRecord>& records, bool chosen) {
  std::vector<std::string> header{"network"};
  for (const std::string& chip : cost_chips())
    header.insert(header.end(), {chip + ", layers", "mean error, %", "worst, %", "of layer"});
  Markdown table(header);
  for (const std::string& network : cost_networks()) {
    std::vector<std::string> row{fmt::format("`{}`", network)};
    for (const std::string& chip : cost_chips()) {
      Errors errors;
      for (const CostRecord& record : records)
        if (record.network == network && record.chip == chip && record.chosen == chosen) errors.add(record);
      if (errors.count == 0)
        row.insert(row.end(), {"-", "", "", ""});
      else
        row.insert(row.end(), {fmt::format("{}", errors.count), errors.mean(), errors.most(), errors.layer});
    }
    table.row(row);
  }
  return table.text();
}

std::string cost_summary(const std::vector<CostRecord>& records) {
  Markdown table(
      {"chip", "chosen tilings", "mean error, %", "worst, %", "random tilings", "mean error, %", "worst, %"});
  Errors all[2];
  const auto cells = [](const std::string& name, const Errors* errors) {
    std::vector<std::string> row{name};
    for (int i = 0; i < 2; ++i)
      row.insert(row.end(), {fmt::format("{}", errors[i].count), errors[i].count == 0 ? "" : errors[i].mean(),
                             errors[i].count == 0 ? "" : errors[i].most()});
    return row;
  };
  for (const std::string& chip : cost_chips()) {
    Errors errors[2];
    for (const CostRecord& record : records)
      if (record.chip == chip)
        errors[record.chosen ? 0 : 1].add(record), all[record.chosen ? 0 : 1].add(record);
    table.row(cells(chip, errors));
  }
  table.row(cells("all", all));
  return table.text();
}

std::string cost_model_summary_table() { return cost_summary(read_cost_records(cost_records_file())); }
std::string cost_model_chosen_table() { return cost_table(read_cost_records(cost_records_file()), true); }
std::string cost_model_random_table() { return cost_table(read_cost_records(cost_records_file()), false); }

}  // namespace nnp::test
