// SPDX-License-Identifier: Apache-2.0
#include "compiler/codegen/vector/bands.h"

#include <algorithm>
#include <optional>

#include "compiler/ir/quantized.h"
#include "compiler/tiling/pieces.h"

namespace nnp::compiler {
namespace {

/// Bands of `chunk` indices of axis cuttable[level]; single indices of the axes before it.
struct Cut {
  std::size_t level = 0;
  std::int64_t chunk = 0;
  unsigned buffers = 1;
};

class Banding {
 public:
  Banding(const BandSpec& spec, const ir::Graph& graph, const isa::ArchSpec& arch)
      : spec_(spec), graph_(graph), arch_(arch) {
    for (const std::size_t axis : storage_order(spec.frame.size())) {
      if (spec.frame[axis] == 1) continue;
      if (!spec.independent[axis]) break;
      cuttable_.push_back(axis);
    }
  }

  /// From the whole frame to single indices.
  std::vector<Cut> cuts() const {
    std::vector<Cut> all;
    for (std::size_t level = 0; level < cuttable_.size(); ++level)
      for (std::int64_t chunk = spec_.frame[cuttable_[level]]; chunk > (level + 1 < cuttable_.size() ? 1 : 0);
           chunk /= 2)
        all.push_back({level, chunk, 1});
    if (all.empty()) all.push_back({0, 1, 1});
    return all;
  }

  ir::Shape extents(const Cut& cut) const {
    ir::Shape band = spec_.frame;
    for (std::size_t i = 0; i < cuttable_.size(); ++i) {
      if (i < cut.level) band[cuttable_[i]] = 1;
      if (i == cut.level) band[cuttable_[i]] = cut.chunk;
    }
    return band;
  }

  std::int64_t steps(const Cut& cut) const {
    std::int64_t count = 1;
    for (std::size_t i = 0; i < cuttable_.size() && i <= cut.level; ++i)
      count *= i < cut.level ? spec_.frame[cuttable_[i]] : ceil_div(spec_.frame[cuttable_[i]], cut.chunk);
    return count;
  }

  Layout layout(const BandOperand& operand) const { return layout_of(graph_.values[operand.id], arch_); }
  const ir::Shape& shape(const BandOperand& operand) const { return graph_.values[operand.id].shape; }

  /// Whether a band of the operand is one run of bytes: its storage begins with the axes that are cut.
  bool streams(const BandOperand& operand, const Cut& cut) const {
    if (cuttable_.empty()) return false;
    std::vector<int> own;  // its axes in storage order, those of one element left out
    for (const std::size_t axis : storage_order(shape(operand).size()))
      if (shape(operand)[axis] != 1) own.push_back(static_cast<int>(axis));
    for (std::size_t i = 0; i <= cut.level; ++i)
      if (i >= own.size() || operand.axis_of[cuttable_[i]] != own[i] || step_of(operand, cuttable_[i]) != 1)
        return false;
    return true;
  }

  static std::int64_t start_of(const BandOperand& operand, std::size_t axis) {
    return operand.start.empty() ? 0 : operand.start[axis];
  }
  static std::int64_t step_of(const BandOperand& operand, std::size_t axis) {
    return operand.step.empty() ? 1 : operand.step[axis];
  }
  /// Whether the axes of the frame before the cut, and its own, name the axis.
  bool is_cut(std::size_t axis, const Cut& cut) const {
    const auto end =
        cuttable_.begin() + static_cast<std::ptrdiff_t>(std::min(cut.level + 1, cuttable_.size()));
    return std::find(cuttable_.begin(), end, axis) != end;
  }

  std::vector<std::int64_t> strides(const BandOperand& operand) const {
    const Layout at = layout(operand);
    return device_strides(shape(operand), at.element_bytes, at.pixel_bytes);
  }

  /// Bytes of one band of an operand that is not resident, or of all of it.
  Bytes staged(const BandOperand& operand, const Cut& cut) const {
    if (!streams(operand, cut)) return layout(operand).bytes();
    const auto axis = static_cast<std::size_t>(operand.axis_of[cuttable_[cut.level]]);
    // The axis that is cut may be the innermost, whose last pixel is padded.
    const std::int64_t bytes = cut.chunk * strides(operand)[axis];
    return static_cast<Bytes>(bytes);
  }

  Bytes staging(const Cut& cut, const std::function<bool(const BandOperand&)>& resident) const {
    const Bytes word = arch_.buffer_word_bytes;
    Bytes bytes = round_up(spec_.temporaries(extents(cut)), word);
    for (const BandOperand& operand : spec_.operands)
      if (!resident(operand))
        bytes += round_up(staged(operand, cut), word) * (streams(operand, cut) ? cut.buffers : 1);
    return bytes;
  }

  /// Whether a band has the lines of a piece, as far as elements tell that are each walked once.
  bool is_piece(const Cut& cut) const {
    const ir::Shape band = extents(cut);
    Bytes widest = 0;
    for (const BandOperand& operand : spec_.operands)
      widest = std::max<Bytes>(widest, layout(operand).element_bytes);
    return ir::element_count(band) >= least_vector_lines(widest, arch_);
  }

  /// The smallest bands that are pieces, fit, and stream no less than the largest that fit; else those; in
  /// two buffers if there are several. The smallest of all if none fits.
  Cut choose(Bytes room, const std::function<bool(const BandOperand&)>& resident) const {
    std::optional<Cut> best;
    Cut last;
    const auto streaming = [&](const Cut& cut) {
      return std::ranges::count_if(spec_.operands,
                                   [&](const BandOperand& o) { return resident(o) || streams(o, cut); });
    };
    for (Cut cut : cuts()) {
      cut.buffers = steps(cut) > 1 ? 2 : 1;
      if (staging(cut, resident) <= room && (!best || (is_piece(cut) && streaming(cut) >= streaming(*best))))
        best = cut;
      last = cut;
    }
    if (best) return *best;
    last.buffers = 1;
    return last;
  }

  const std::vector<std::size_t>& cuttable() const { return cuttable_; }

 private:
  const BandSpec& spec_;
  const ir::Graph& graph_;
  const isa::ArchSpec& arch_;
  std::vector<std::size_t> cuttable_;  // axes of the frame, outermost in storage first
};

/// Places operands in the buffer and moves their bands.
class BandRunner {
 public:
  BandRunner(LayerEmitter& e, const BandSpec& spec) : e_(e), spec_(spec), banding_(spec, e.graph, e.arch) {}

  void run(const std::function<void(const Band&)>& compute) {
    cut_ = banding_.choose(e_.staging_left(), [this](const BandOperand& o) { return resident(o); });
    const auto steps = static_cast<std::size_t>(banding_.steps(cut_));
    for (const BandOperand& operand : spec_.operands) place(operand);
    const Bytes room = spec_.temporaries(banding_.extents(cut_));
    temporaries_ = room == 0 ? 0 : e_.stage(room);
    for (std::size_t i = 0; i < spec_.operands.size(); ++i) transfer_whole(i, false);
    LayerEmitter::pipeline(
        steps, cut_.buffers == 2, [this](std::size_t step) { transfer(step, false); },
        [&](std::size_t step) {
          compute(band(step));
          transfer(step, true);
        });
    for (std::size_t i = 0; i < spec_.operands.size(); ++i) transfer_whole(i, true);
  }

 private:
  bool resident(const BandOperand& operand) const { return e_.resident(operand.id); }

  void place(const BandOperand& operand) {
    Place place;
    place.resident = resident(operand), place.streams = banding_.streams(operand, cut_);
    place.strides = banding_.strides(operand), place.bytes = banding_.layout(operand).bytes();
    place.home = e_.address(operand.id);
    for (unsigned i = 0; !place.resident && i < (place.streams ? cut_.buffers : 1); ++i)
      place.staged.push_back(e_.stage(banding_.staged(operand, cut_)));
    places_.push_back(std::move(place));
  }

  /// Index of the step's first element.
  std::vector<std::int64_t> start(std::size_t step) const {
    std::vector<std::int64_t> index(spec_.frame.size(), 0);
    auto rest = static_cast<std::int64_t>(step);
    for (std::size_t i = std::min(cut_.level + 1, banding_.cuttable().size()); i-- > 0;) {
      const std::size_t axis = banding_.cuttable()[i];
      const std::int64_t chunk = i == cut_.level ? cut_.chunk : 1;
      const std::int64_t count = ceil_div(spec_.frame[axis], chunk);
      index[axis] = rest % count * chunk;
      rest /= count;
    }
    return index;
  }
  ir::Shape extents(std::size_t step) const {
    ir::Shape band = banding_.extents(cut_);
    const auto first = start(step);
    for (std::size_t axis = 0; axis < band.size(); ++axis)
      band[axis] = std::min(band[axis], spec_.frame[axis] - first[axis]);
    return band;
  }
  /// Bytes from the operand's first element to the band's, along the axes that are cut or all of them.
  std::int64_t offset(std::size_t i, const std::vector<std::int64_t>& first, bool cut_axes_only) const {
    const BandOperand& operand = spec_.operands[i];
    std::int64_t bytes = 0;
    for (std::size_t axis = 0; axis < first.size(); ++axis) {
      if (repeats(operand, axis) || (cut_axes_only && !banding_.is_cut(axis, cut_))) continue;
      const std::int64_t index =
          Banding::start_of(operand, axis) + first[axis] * Banding::step_of(operand, axis);
      bytes += index * places_[i].strides[static_cast<std::size_t>(operand.axis_of[axis])];
    }
    return bytes;
  }
  /// Whether the operand has one element on an axis on which the frame may have more.
  bool repeats(const BandOperand& operand, std::size_t axis) const {
    const int own = operand.axis_of[axis];
    return own < 0 || banding_.shape(operand)[static_cast<std::size_t>(own)] == 1;
  }

  void transfer(std::size_t step, bool results) {
    const auto first = start(step);
    const ir::Shape band = extents(step);
    for (std::size_t i = 0; i < spec_.operands.size(); ++i) {
      const BandOperand& operand = spec_.operands[i];
      const Place& place = places_[i];
      if (operand.result != results || place.resident || !place.streams) continue;
      const std::size_t axis = banding_.cuttable()[cut_.level];
      const auto bytes =
          static_cast<Bytes>(band[axis] * place.strides[static_cast<std::size_t>(operand.axis_of[axis])]);
      move(place.home + static_cast<Address>(offset(i, first, true)),
           place.staged[step % place.staged.size()], bytes, results);
    }
  }
  void transfer_whole(std::size_t i, bool results) {
    const Place& place = places_[i];
    if (spec_.operands[i].result != results || place.resident || place.streams) return;
    move(place.home, place.staged[0], place.bytes, results);
  }
  void move(Address dram, Address buffer, Bytes bytes, bool store) {
    store ? e_.store(buffer, dram, bytes) : e_.load(dram, buffer, bytes);
  }

  Band band(std::size_t step) const {
    Band result{extents(step), start(step), {}, temporaries_};
    for (std::size_t i = 0; i < spec_.operands.size(); ++i) {
      const BandOperand& operand = spec_.operands[i];
      const Place& place = places_[i];
      View view = element_view(e_.graph, e_.node, operand.id, operand.result);
      const std::int64_t from = offset(i, result.start, false);
      if (place.resident)
        view.address = place.home + static_cast<Address>(from);
      else if (place.streams)
        view.address = place.staged[step % place.staged.size()] +
                       static_cast<Address>(from - offset(i, result.start, true));
      else
        view.address = place.staged[0] + static_cast<Address>(from);
      for (std::size_t axis = 0; axis < spec_.frame.size(); ++axis) {
        const bool one = repeats(operand, axis);
        const auto own = static_cast<std::size_t>(operand.axis_of[axis]);
        const std::int64_t whole = one                    ? 1
                                   : operand.step.empty() ? banding_.shape(operand)[own]
                                                          : spec_.frame[axis];
        view.extents.push_back(one ? 1 : spec_.independent[axis] ? result.extents[axis] : whole);
        view.strides.push_back(one ? 0 : place.strides[own] * Banding::step_of(operand, axis));
      }
      result.views.push_back(std::move(view));
    }
    return result;
  }

  struct Place {
    bool resident = false, streams = false;
    Address home = 0;  // in the buffer where resident, else in device memory
    Bytes bytes = 0;
    std::vector<Address> staged;
    std::vector<std::int64_t> strides;  // of the operand's axes
  };
  LayerEmitter& e_;
  const BandSpec& spec_;
  Banding banding_;
  Cut cut_;
  std::vector<Place> places_;
  Address temporaries_ = 0;
};

}  // namespace

std::vector<int> aligned_axes(std::size_t rank, const ir::Shape& frame) {
  std::vector<int> axes(frame.size());
  for (std::size_t axis = 0; axis < frame.size(); ++axis)
    axes[axis] = static_cast<int>(axis + rank) - static_cast<int>(frame.size());
  for (int& axis : axes) axis = std::max(axis, -1);
  return axes;
}

std::vector<int> same_axes(std::size_t rank) {
  std::vector<int> axes(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) axes[axis] = static_cast<int>(axis);
  return axes;
}

StagingNeed band_staging(const BandSpec& spec, const ir::Graph& graph, const isa::ArchSpec& arch) {
  const Banding banding(spec, graph, arch);
  const auto is_constant = [&](const BandOperand& o) { return graph.values[o.id].constant.has_value(); };
  const auto all_resident = [&](const BandOperand& o) { return !is_constant(o); };
  const auto none_resident = [](const BandOperand&) { return false; };
  const Bytes slack = (spec.operands.size() * 2 + 1) * arch.buffer_word_bytes;
  const auto cuts = banding.cuts();
  const Bytes fair = arch.unified_buffer_bytes / 16;
  return {banding.staging(banding.choose(fair, all_resident), all_resident) + slack,
          banding.staging(cuts.back(), none_resident) + slack,
          banding.staging(banding.choose(8 * fair, none_resident), none_resident) + slack};
}

void for_each_band(LayerEmitter& e, const BandSpec& spec, const std::function<void(const Band&)>& compute) {
  BandRunner(e, spec).run(compute);
}

View element_view(const ir::Graph& graph, const ir::Node& node, ir::ValueId id, bool result) {
  const ir::Value& value = graph.values[id];
  View view;
  view.type = ir::element_type(value.type);
  if (value.quant) view.scaled = {value.quant->scale.front(), value.quant->zero_point};
  if (!result) return view;
  if (ir::is_quantized(value.type))
    view.codes = ir::output_range(graph, node);
  else
    view.reals = {node.clamp.lo, node.clamp.hi};
  return view;
}

}  // namespace nnp::compiler
