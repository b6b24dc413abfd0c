// SPDX-License-Identifier: Apache-2.0
#include "compiler/cost/layer_cost.h"

#include <utility>

#include "compiler/cost/layer_walk.h"
#include "isa/instruction/instruction.h"

namespace nnp::compiler {

LayerCosts::LayerCosts(const models::ChipSpec& chip) : chip_(chip), rates_(chip_rates(chip)) {}

namespace {

/// Each unit's work, summed over the kinds of products; and which has most.
void add_units(LayerCost& cost, const LayerWork& work, const UnitTimes& times, const ChipRates& rates,
               bool stores) {
  double instructions = 0;
  for (const BandWork& band : work.bands) {
    const std::int64_t full = band.positions / band.tile, rest = band.positions % band.tile;
    for (const auto& [m, tiles] : {std::pair{band.tile, full}, {rest, std::int64_t{rest > 0}}}) {
      if (tiles == 0) continue;
      for (const SliceWork& slice : work.slices) {
        const auto steps = static_cast<double>(work.images * band.count * slice.count * tiles);
        for (const ColumnRun& run : slice.runs) {
          const ProductTimes t = times.product(run, m);
          const double products = steps * static_cast<double>(run.count);
          cost.matrix += products * t.passes * t.pass;
          cost.weights += products * t.tiles * t.tile_apart;
          cost.drain += products * t.drain;
          instructions += 3 * products;
        }
        if (stores) cost.stores += steps * times.store(work, slice, m), instructions += steps;
      }
    }
  }
  cost.loads = static_cast<double>(work.read_bytes - work.weight_bytes) / times.load_rate();
  cost.front_end = instructions * rates.instruction;
  cost.memory = times.service(static_cast<double>(cost.read_bytes + cost.write_bytes) +
                              (rates.fetches_from_memory ? instructions * isa::kInstructionBytes : 0));
  double most = -1;
  for (const auto& [name, cycles] : {std::pair{"matrix", cost.matrix},
                                     {"weights", cost.weights},
                                     {"loads", cost.loads},
                                     {"stores", cost.stores},
                                     {"drain", cost.drain},
                                     {"memory", cost.memory},
                                     {"front_end", cost.front_end}})
    if (cycles > most) most = cycles, cost.bound = name;
}

}  // namespace

LayerCost LayerCosts::operator()(const MacProblem& problem, const MacTiling& tiling,
                                 ir::DType activations) const {
  const LayerWork work = layer_work(problem, tiling, chip_.arch);
  LayerCost cost;
  cost.read_bytes = work.read_bytes, cost.write_bytes = work.write_bytes;
  const auto walk = [&](const ChipRates& rates) {
    const UnitTimes times(problem, activations, chip_, rates);
    LayerWalk layer(problem, tiling, chip_, rates, work, times);
    cost.cycles = layer.cycles(), cost.fill = layer.fill();
  };
  walk(rates_);
  constexpr double kFew = 20;  // refreshes, of which it matters how many fall into the run
  if (cost.cycles < kFew * rates_.refresh_every) walk(rates_.within(cost.cycles));
  add_units(cost, work, UnitTimes(problem, activations, chip_, rates_), rates_, !problem.out_resident);
  return cost;
}

LayerCost layer_cost(const MacProblem& problem, const MacTiling& tiling, ir::DType activations,
                     const models::ChipSpec& chip) {
  return LayerCosts(chip)(problem, tiling, activations);
}

}  // namespace nnp::compiler
