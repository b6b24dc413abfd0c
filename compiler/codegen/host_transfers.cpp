// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/host_transfers.h"

#include <algorithm>

#include "compiler/codegen/layer_emitter.h"
#include "compiler/tiling/pieces.h"

namespace nnp::compiler {
namespace {

namespace field = isa::field;

constexpr std::uint32_t kMostStride = 1u << 24;  // of a host transfer: 24 bits
constexpr std::size_t kManyPieces = 128;         // of a launch's inputs: longer than most queues of transfers

bool contains(const std::vector<ir::ValueId>& ids, ir::ValueId id) {
  return std::ranges::find(ids, id) != ids.end();
}

}  // namespace

// In pieces; but where these are many, only those of the first layer: a full queue of transfers keeps all
// that is behind it from being dispatched.
void HostTransfers::inputs(StreamBuilder& builder, const NodeRange& range, std::int64_t part,
                           std::vector<isa::HostTensor>& of_launch) {
  std::vector<ir::ValueId> needed;
  std::size_t pieces = 0, of_first_layer = 0;
  for (std::size_t i = range.first; i < range.last; ++i) {
    for (const ir::ValueId id : graph_.nodes[i].inputs) {
      if (id == ir::kNoValue || graph_.values[id].constant || !made_by_host(id) || contains(needed, id))
        continue;
      needed.push_back(id);
      pieces += piece_ends_of(id, Pieces::many).size();
    }
    if (i == range.first) of_first_layer = needed.size();
  }
  builder.set_layer(static_cast<std::uint16_t>(range.first));
  for (std::size_t i = 0; i < needed.size(); ++i)
    transfer(builder, isa::Opcode::h2d, needed[i], part, of_launch,
             i < of_first_layer || pieces <= kManyPieces ? Pieces::many : Pieces::one);
}

void HostTransfers::outputs(StreamBuilder& builder, std::size_t node, std::int64_t part,
                            std::vector<isa::HostTensor>& of_launch) {
  for (const ir::ValueId id : graph_.nodes[node].outputs)
    if (id != ir::kNoValue && used_by_host(id))
      transfer(builder, isa::Opcode::d2h, id, part, of_launch, Pieces::many);
}

bool HostTransfers::made_by_host(ir::ValueId id) const {
  for (const ir::Node& node : graph_.nodes)
    if (contains(node.outputs, id)) return node.on_host;
  return true;  // a graph input
}

bool HostTransfers::used_by_host(ir::ValueId id) const {
  return contains(graph_.outputs, id) || std::ranges::any_of(graph_.nodes, [id](const ir::Node& node) {
           return node.on_host && contains(node.inputs, id);
         });
}

// Its place in host memory is that of the whole batch.
const isa::HostTensor& HostTransfers::host_tensor(ir::ValueId id, std::vector<isa::HostTensor>& of_launch) {
  const ir::Value& value = graph_.values[id];
  const auto known = std::ranges::find(of_launch, value.name, &isa::HostTensor::value);
  if (known != of_launch.end()) return *known;
  const Layout layout = layout_of(value, arch_);
  const auto packed = static_cast<std::uint32_t>(layout.channels) * layout.element_bytes;
  const bool in_runs = packed < layout.pixel_bytes && layout.pixel_bytes < kMostStride;
  const std::uint32_t host_pixel = in_runs ? packed : layout.pixel_bytes;
  const Bytes bytes = static_cast<Bytes>(layout.pixels) * host_pixel;
  of_launch.push_back(
      {value.name, value.shape, ir::element_type(value.type), host_pixel, host_bytes_, bytes});
  host_bytes_ += round_up<Bytes>(bytes, 64);
  return of_launch.back();
}

// The pixels behind each piece of a transfer: of lines, so that layers start with the first and the host link
// with what is made first.
std::vector<std::int64_t> HostTransfers::piece_ends_of(ir::ValueId id, Pieces pieces) const {
  const ir::Value& value = part_.graph().values[id];
  const Layout layout = layout_of(value, arch_);
  const Bytes pixel =
      std::min<Bytes>(static_cast<Bytes>(layout.channels) * layout.element_bytes, layout.pixel_bytes);
  const std::int64_t line = value.shape.size() == 4 ? std::max<std::int64_t>(1, value.shape[3]) : 1;
  const std::int64_t lines = layout.pixels / line;
  const auto least = static_cast<std::int64_t>(
      ceil_div<Bytes>(kLeastTransferBytes, std::max<Bytes>(1, static_cast<Bytes>(line) * pixel)));
  std::vector<std::int64_t> ends = piece_ends(lines, pieces == Pieces::one ? lines : least);
  for (std::int64_t& end : ends) end *= line;
  return ends;
}

void HostTransfers::transfer(StreamBuilder& builder, isa::Opcode opcode, ir::ValueId id, std::int64_t part,
                             std::vector<isa::HostTensor>& of_launch, Pieces pieces) {
  const Layout layout = layout_of(part_.graph().values[id], arch_);
  const Placement& place = part_.plan().values[id];
  const isa::HostTensor& tensor = host_tensor(id, of_launch);
  const std::uint32_t host_pixel = tensor.pixel_bytes;
  const bool in_runs = host_pixel < layout.pixel_bytes;
  const Address host = tensor.host_address + static_cast<Bytes>(part * layout.pixels) * host_pixel;
  std::int64_t begin = 0;
  for (const std::int64_t end : piece_ends_of(id, pieces)) {
    const Address device = place.address + static_cast<Bytes>(begin) * layout.pixel_bytes;
    builder.emit(isa::Queue::hdma, opcode,
                 {{field::host, static_cast<std::int64_t>(host) + begin * host_pixel},
                  {field::device, static_cast<std::int64_t>(device | (place.in_buffer ? 0 : kSpillBit))},
                  {field::host_bytes, (end - begin) * host_pixel},
                  {field::host_run, in_runs ? host_pixel : 0},
                  {field::host_stride, in_runs ? layout.pixel_bytes : 0}},
                 {}, place.in_buffer ? isa::kFlagToBuffer : std::uint8_t{0});
    begin = end;
  }
}

}  // namespace nnp::compiler
