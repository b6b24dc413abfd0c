// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/mapping_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "compiler/tiling/sub_batch.h"
#include "models/chips/chip_file.h"

namespace nnp::compiler {
namespace {

constexpr std::size_t kLargestFile = 16 << 20;
constexpr std::int64_t kLargest = std::int64_t{1} << 40;  // of a tensor's elements

constexpr const char* kSubBatch = "sub_batch";

struct Key {
  const char* name;
  const char* meaning;
  void (*set)(MacTiling&, std::int64_t);
  std::int64_t (*get)(const MacTiling&);
};
constexpr Key kKeys[] = {
    {"P", "output lines of a band", [](MacTiling& t, std::int64_t x) { t.band_lines = x; },
     [](const MacTiling& t) { return t.band_lines; }},
    {"M", "output channels of a slice", [](MacTiling& t, std::int64_t x) { t.slice_n = x; },
     [](const MacTiling& t) { return t.slice_n; }},
    {"PQ", "output positions of a matrix instruction", [](MacTiling& t, std::int64_t x) { t.tile_m = x; },
     [](const MacTiling& t) { return t.tile_m; }},
    {"buffers", "bands of input at hand",
     [](MacTiling& t, std::int64_t x) {
       t.input_buffers = static_cast<unsigned>(std::min<std::int64_t>(x, 99));
     },
     [](const MacTiling& t) { return static_cast<std::int64_t>(t.input_buffers); }},
};

std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const Key& key : kKeys) names.emplace_back(key.name);
  return names;
}

std::string or_nearest(const std::string& name, const std::vector<std::string>& names, const char* what) {
  const std::string near = models::nearest_name(name, names);
  return near.empty() ? fmt::format(". {}: {}", what, fmt::join(names, ", "))
                      : fmt::format("; did you mean {}?", near);
}

/// A name as a basic string of TOML.
std::string toml_key(const std::string& name) {
  std::string key = "\"";
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      key += fmt::format("\\u{:04x}", byte);
    else
      key += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  return key + '"';
}

[[noreturn]] void fail(const std::string& path, std::vector<models::Problem> problems) {
  std::ranges::sort(problems);
  std::vector<std::string> lines;
  for (const models::Problem& problem : problems)
    lines.push_back(
        fmt::format("{}:{}:{}: {}", path, problem.place.line, problem.place.column, problem.message));
  throw MappingFileError(fmt::format("{}", fmt::join(lines, "\n")));
}

/// A size from 1 on, or nothing.
const std::int64_t* size_of(const models::Entry& entry) {
  const auto* size = std::get_if<std::int64_t>(&entry.value);
  return size != nullptr && *size >= 1 && *size <= kLargest ? size : nullptr;
}

/// Puts one entry into the file; a fault as text, or none.
std::string take(const models::Entry& entry, MappingFile& file) {
  const std::int64_t* size = size_of(entry);
  if (entry.keys.size() == 1 && entry.keys.front() == kSubBatch) {
    if (size == nullptr)
      return fmt::format("{} is {}; it is a whole number from 1 on", kSubBatch, models::shown(entry.value));
    file.mapping.sub_batch = *size, file.sub_batch = entry.place;
    return "";
  }
  if (entry.keys.size() < 3 || entry.keys.front() != "layer")
    return fmt::format("{} does not stand in a table [layer.\"NAME\"], nor is it {}",
                       models::in_quotes(entry.path), kSubBatch);
  std::string layer = entry.keys[1];  // bare keys may have dots: [layer.layer1.0.conv2]
  for (std::size_t i = 2; i + 1 < entry.keys.size(); ++i) layer += "." + entry.keys[i];
  const std::string& name = entry.keys.back();
  const auto* key = std::ranges::find_if(kKeys, [&](const Key& k) { return name == k.name; });
  if (key == std::end(kKeys))
    return fmt::format("layer {} has no size {}{}", models::in_quotes(layer), models::in_quotes(name),
                       or_nearest(name, key_names(), "Sizes"));
  if (size == nullptr)
    return fmt::format("{} of layer {} is {}; it is a whole number from 1 on", name, models::in_quotes(layer),
                       models::shown(entry.value));
  key->set(file.mapping.mac[layer], *size);
  file.places.try_emplace(layer, entry.place);
  return "";
}

}  // namespace

MappingFile parse_mapping(const std::string& text, const std::string& path) {
  std::vector<models::Entry> entries;
  std::vector<models::Problem> problems;
  models::read_toml(text, entries, problems, kLargestFile);
  MappingFile file;
  file.path = path;
  for (const models::Entry& entry : entries)
    if (std::string fault = take(entry, file); !fault.empty())
      problems.push_back({entry.place, std::move(fault)});
  const bool sound = problems.empty();  // else a size may be missing for being wrong
  for (const auto& [layer, tiling] : file.mapping.mac)
    for (const Key& key : kKeys)
      if (sound && key.get(tiling) == 0)
        problems.push_back(
            {file.places.at(layer),
             fmt::format("layer {} has no {} ({})", models::in_quotes(layer), key.name, key.meaning)});
  if (file.mapping == Mapping{} && problems.empty()) problems.push_back({{}, "names no layer"});
  if (!problems.empty()) fail(path, std::move(problems));
  return file;
}

void require_legal(const MappingFile& file, const ir::Graph& graph, std::uint32_t batch,
                   const isa::ArchSpec& arch) {
  const std::int64_t sub_batch = file.mapping.sub_batch;
  if (sub_batch != 0 && batch % sub_batch != 0)
    fail(file.path,
         {{file.sub_batch, fmt::format("{} is {}; it divides the batch, {}", kSubBatch, sub_batch, batch)}});
  if (sub_batch != 0 && sub_batch != batch)
    if (const std::string fault = fault_of_parts(graph, batch); !fault.empty())
      fail(file.path, {{file.sub_batch, fmt::format("{} is {}, but {}", kSubBatch, sub_batch, fault)}});
  const PlacedPart part(graph, arch, batch, sub_batch);
  std::vector<models::Problem> problems;
  std::vector<std::string> names;
  for (const ir::Node& node : part.graph().nodes)
    if (mac_problem(part.graph(), node, part.plan(), arch)) names.push_back(node.name);
  for (const auto& [layer, tiling] : file.mapping.mac) {
    const models::Place place = file.places.at(layer);
    const auto node = std::ranges::find(part.graph().nodes, layer, &ir::Node::name);
    const auto problem =
        node == part.graph().nodes.end() ? std::nullopt : mac_problem(part.graph(), *node, part.plan(), arch);
    if (!problem)
      problems.push_back({place, fmt::format("no Conv, Gemm or MatMul on the chip is called {}{}",
                                             models::in_quotes(layer), or_nearest(layer, names, "Layers"))});
    else if (const std::string fault = fault_of(*problem, tiling, arch); !fault.empty())
      problems.push_back({place, fmt::format("layer {} ({}): {}", models::in_quotes(layer),
                                             shape_words(problem->shape), fault)});
  }
  if (!problems.empty()) fail(file.path, std::move(problems));
}

std::string mapping_text(const Mapping& mapping, const std::string& title, const PlacedPart& part,
                         const isa::ArchSpec& arch) {
  std::string text = fmt::format(
      "# {}\n# Sizes of tiles. P, Q: lines and columns of the output, M: its channels, C: channels of the "
      "input,\n"
      "# R x S: the filter, N: images. nnpsim run --mapping reads it; layers that are not named are "
      "searched.\n",
      title);
  if (mapping.sub_batch != 0)
    text += fmt::format("\n{:20} # inferences that go through the network together; sizes are theirs\n",
                        fmt::format("{} = {}", kSubBatch, mapping.sub_batch));
  for (const ir::Node& node : part.graph().nodes) {
    const auto found = mapping.mac.find(node.name);
    const auto problem = mac_problem(part.graph(), node, part.plan(), arch);
    if (found == mapping.mac.end() || !problem) continue;
    text += fmt::format("\n[layer.{}]  # {} {}\n", toml_key(node.name), ir::operator_name(node),
                        shape_words(problem->shape));
    for (const std::string& line : loop_nest(problem->shape, found->second, arch))
      text += fmt::format("# {}\n", line);
    for (const Key& key : kKeys)
      text +=
          fmt::format("{:20} # {}\n", fmt::format("{} = {}", key.name, key.get(found->second)), key.meaning);
  }
  return text;
}

}  // namespace nnp::compiler
